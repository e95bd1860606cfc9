with source as (

    select * from {{ source('published', 'published_supplementary_grant_rates') }}

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
    payment_type,
    cast(max_years as integer) as max_years,
    cast(age_from as integer) as age_from,
    cast(age_to as integer) as age_to,
    applies_to_category,
    disability_grant,
    proration,
    cast(amount_nok as bigint) as amount_nok
from source
