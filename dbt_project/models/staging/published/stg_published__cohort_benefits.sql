with source as (

    select * from {{ source('published', 'published_cohort_benefits') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    cast(settlement_year as integer) as settlement_year,
    cast(grant_year_n as integer) as grant_year_n,
    benefit,
    cast(is_total as boolean) as is_total,
    cast(amount_nok as bigint) as amount_nok
from source
