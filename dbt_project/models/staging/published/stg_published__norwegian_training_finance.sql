with source as (

    select * from {{ source('published', 'published_norwegian_training_finance') }}

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
    cast(cost_nok as bigint) as cost_nok,
    cast(income_nok as bigint) as income_nok,
    cast(result_nok as bigint) as result_nok
from source
