with source as (

    select * from {{ source('municipal', 'municipal_grants_received') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    municipality_code,
    cast(year as integer) as year,
    grant_type,
    cast(amount_nok as bigint) as amount_nok
from source
