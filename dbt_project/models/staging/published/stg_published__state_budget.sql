with source as (

    select * from {{ source('published', 'published_state_budget') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    grant_item,
    stage,
    cast(amount_nok as bigint) as amount_nok
from source
