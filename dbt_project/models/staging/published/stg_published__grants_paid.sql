with source as (

    select * from {{ source('published', 'published_grants_paid') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    region_code,
    grant_type,
    cast(amount_nok as double) as amount_nok
from source
