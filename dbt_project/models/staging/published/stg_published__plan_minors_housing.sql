with source as (

    select * from {{ source('published', 'published_plan_minors_housing') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    cast(as_of_date as date) as as_of_date,
    municipality_code,
    municipality_name,
    housing_type,
    cast(is_total as boolean) as is_total,
    cast(persons as bigint) as persons
from source
