with source as (

    select * from {{ source('published', 'published_forecast_scenarios') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    scenario,
    compared_with,
    cast(difference_pct as double) as difference_pct
from source
