with source as (

    select * from {{ source('published', 'published_grants_received') }}

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
    municipality_name,
    cast(grants_nok as bigint) as grants_nok,
    cast(settled_persons as bigint) as settled_persons
from source
