with source as (

    select * from {{ source('published', 'published_cost_areas') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    cost_area,
    statistic,
    cast(is_total as boolean) as is_total,
    cast(amount_nok as bigint) as amount_nok
from source
