with source as (

    select * from {{ source('published', 'published_plan_settlement_decisions') }}

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
    item,
    cast(decision_sequence as integer) as decision_sequence,
    cast(persons as bigint) as persons
from source
