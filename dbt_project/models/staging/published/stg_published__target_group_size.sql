with source as (

    select * from {{ source('published', 'published_target_group_size') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    item,
    geography,
    data_owner,
    cast(persons as bigint) as persons
from source
