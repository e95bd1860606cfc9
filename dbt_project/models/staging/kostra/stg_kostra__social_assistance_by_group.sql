with source as (

    select * from {{ source('kostra', 'kostra_social_assistance_by_group') }}

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
    cast(recipients_persons as bigint) as recipients_persons,
    recipients_status,
    cast(benefit_months_count as bigint) as benefit_months_count,
    benefit_months_status,
    cast(grant_nok as bigint) as grant_nok,
    grant_status,
    cast(loan_nok as bigint) as loan_nok,
    loan_status,
    cast(settled_persons as bigint) as settled_persons,
    settled_status,
    cast(threshold_persons as integer) as threshold_persons
from source
