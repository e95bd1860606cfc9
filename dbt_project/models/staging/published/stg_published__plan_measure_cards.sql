with source as (

    select * from {{ source('published', 'published_plan_measure_cards') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    measure_id,
    imdi_card,
    why_nb
from source
