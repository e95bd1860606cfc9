with source as (

    select * from {{ source('municipal', 'municipal_nav_grant_use') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    municipality_code,
    cast(year as integer) as year,
    entry,
    cast(amount_nok as bigint) as amount_nok
from source
