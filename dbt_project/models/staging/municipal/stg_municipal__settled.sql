with source as (

    select * from {{ source('municipal', 'municipal_settled') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    municipality_code,
    cast(year as integer) as year,
    cast(month as integer) as month,
    category,
    cast(settled_persons as bigint) as settled_persons
from source
