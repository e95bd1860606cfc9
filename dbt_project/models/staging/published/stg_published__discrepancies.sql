with source as (

    select * from {{ source('published', 'published_discrepancies') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    discrepancy_id,
    document as source_document,
    source_table,
    kind,
    concerns_dataset_id,
    title_nb,
    printed,
    expected,
    note_nb
from source
