with source as (

    select * from {{ source('published', 'published_norwegian_training_grant_rates') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    "grant" as grant_name,
    rate_level,
    cast(grant_year_n as integer) as grant_year_n,
    row_type,
    cast(amount_nok as bigint) as amount_nok
from source
