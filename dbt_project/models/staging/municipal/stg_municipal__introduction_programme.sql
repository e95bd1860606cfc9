with source as (

    select * from {{ source('municipal', 'municipal_introduction_programme') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    municipality_code,
    cast(as_of_date as date) as as_of_date,
    protection_status,
    cast(participant_persons as bigint) as participant_persons
from source
