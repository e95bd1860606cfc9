with source as (

    select * from {{ source('published', 'published_deflators') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    index_name,
    application,
    cast(is_approximate as boolean) as is_approximate,
    cast(change_pct as double) as change_pct
from source
