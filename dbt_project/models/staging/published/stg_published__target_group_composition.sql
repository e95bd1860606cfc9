with source as (

    select * from {{ source('published', 'published_target_group_composition') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    dimension,
    category,
    category_nb,
    population,
    cast(persons as bigint) as persons,
    cast(share_pct as double) as share_pct
from source
