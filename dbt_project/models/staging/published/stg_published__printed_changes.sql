with source as (

    select * from {{ source('published', 'published_printed_changes') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(from_year as integer) as from_year,
    cast(year as integer) as year,
    target_group,
    municipality_code,
    municipality_name,
    item,
    measure,
    change_unit,
    cast(change_value as double) as change_value
from source
