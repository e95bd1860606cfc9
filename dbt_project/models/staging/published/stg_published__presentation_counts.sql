with source as (

    select * from {{ source('published', 'published_presentation_counts') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    cast(as_of_date as date) as as_of_date,
    municipality_code,
    municipality_name,
    item,
    unit,
    cast(value as double) as value,
    note_nb
from source
