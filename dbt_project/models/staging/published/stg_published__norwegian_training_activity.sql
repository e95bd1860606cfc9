with source as (

    select * from {{ source('published', 'published_norwegian_training_activity') }}

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
    scope,
    cast(participant_persons as bigint) as participant_persons,
    cast(teaching_hours as bigint) as teaching_hours
from source
