with source as (

    select * from {{ source('municipal', 'municipal_grant_rates') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    cast(rate_year as integer) as rate_year,
    "grant" as grant_name,
    cast(grant_year_n as integer) as grant_year_n,
    category,
    cast(amount_nok as bigint) as amount_nok,
    source_document,
    cast(document_date as date) as document_date
from source
