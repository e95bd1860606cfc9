with source as (

    select * from {{ source('published', 'published_reported_statistics') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    municipality_code,
    item,
    unit,
    cast(is_approximate as boolean) as is_approximate,
    cast(value as double) as value,
    note_nb
from source
