with source as (

    select * from {{ source('kostra', 'kostra_file_receipt') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    municipality_code,
    attachment,
    cast(year as integer) as year,
    layout,
    cast(lines_count as bigint) as lines_count,
    sha256,
    cast(threshold_persons as integer) as threshold_persons
from source
