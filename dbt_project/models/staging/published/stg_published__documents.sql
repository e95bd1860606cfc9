with source as (

    select * from {{ source('published', 'published_documents') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    title_nb,
    publisher_nb,
    cast(year as integer) as year,
    cast(precedence as integer) as precedence
from source
