with source as (

    select * from {{ source('published', 'published_norwegian_training_cost_per_hour') }}

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
    scope,
    cast(cost_per_hour_nok as bigint) as cost_per_hour_nok
from source
