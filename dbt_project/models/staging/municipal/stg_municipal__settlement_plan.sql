with source as (

    select * from {{ source('municipal', 'municipal_settlement_plan') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    municipality_code,
    plan,
    cast(year as integer) as year,
    cast(month as integer) as month,
    category,
    cast(age as integer) as age,
    cast(planned_persons as bigint) as planned_persons
from source
