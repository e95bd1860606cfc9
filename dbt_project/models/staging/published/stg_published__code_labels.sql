with source as (

    select * from {{ source('published', 'published_code_labels') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    column_name,
    code,
    label_nb
from source
