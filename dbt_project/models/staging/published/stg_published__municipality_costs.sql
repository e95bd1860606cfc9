with source as (

    select * from {{ source('published', 'published_municipality_costs') }}

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
    cast(target_group_persons as double) as target_group_persons,
    cast(total_cost_nok as bigint) as total_cost_nok,
    cast(average_cost_nok as bigint) as average_cost_nok
from source
