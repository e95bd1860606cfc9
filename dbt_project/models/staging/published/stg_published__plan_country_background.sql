with source as (

    select * from {{ source('published', 'published_plan_country_background') }}

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
    country_background,
    cast(is_total as boolean) as is_total,
    cast(persons as bigint) as persons
from source
