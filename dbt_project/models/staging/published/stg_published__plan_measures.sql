with source as (

    select * from {{ source('published', 'published_plan_measures') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    measure_id,
    measure_nb,
    evidence_item
from source
