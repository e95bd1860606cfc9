with source as (

    select * from {{ source('kostra', 'kostra_programme_by_group') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    municipality_code,
    cast(year as integer) as year,
    period,
    period_kind,
    period_start,
    group_code,
    group_name_nb,
    breakdown,
    breakdown_name_nb,
    breakdown_code,
    breakdown_code_name_nb,
    cast(participants_persons as bigint) as participants_persons,
    participants_status,
    cast(benefit_months_count as bigint) as benefit_months_count,
    benefit_months_status,
    cast(benefit_nok as bigint) as benefit_nok,
    benefit_status,
    cast(threshold_persons as integer) as threshold_persons
from source
