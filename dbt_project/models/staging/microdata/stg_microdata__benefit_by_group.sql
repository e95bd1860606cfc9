with source as (

    select * from {{ source('microdata', 'microdata_benefit_by_group') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    region_code,
    cast(year as integer) as year,
    scheme,
    measure,
    breakdown,
    group_code,
    age_group,
    value,
    value_status,
    cast(databank_version as integer) as databank_version,
    script_id
from source
