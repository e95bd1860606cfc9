with source as (

    select * from {{ source('published', 'published_plan_population') }}

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
    cast(population_persons as bigint) as population_persons,
    cast(immigrant_background_persons as bigint) as immigrant_background_persons
from source
