with source as (

    select * from {{ source('published', 'published_cohort_sizes') }}

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
    scope,
    cast(is_forecast as boolean) as is_forecast,
    cast(is_approximate as boolean) as is_approximate,
    cast(persons as bigint) as persons
from source
