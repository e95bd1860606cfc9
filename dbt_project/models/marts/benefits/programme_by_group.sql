-- The qualification programme by group and month from the municipality's own files.
with own as (

    select * from {{ source('kostra', 'kostra_programme_by_group') }}

),

whole as (

    select * from own
    where group_code = 'all'

)

select
    cast(own.municipality_code as {{ dbt.type_string() }}) as municipality_code,
    own.year,
    cast(own.period as {{ dbt.type_string() }}) as period,
    cast(own.period_kind as {{ dbt.type_string() }}) as period_kind,
    own.period_start,
    {{ texts([
        'group_code', 'group_name_nb', 'breakdown', 'breakdown_name_nb', 'breakdown_code',
        'breakdown_code_name_nb'
    ], 'own') }},
    own.participants_persons,
    cast(own.participants_status as {{ dbt.type_string() }}) as participants_status,
    own.benefit_months_count,
    cast(own.benefit_months_status as {{ dbt.type_string() }}) as benefit_months_status,
    own.benefit_nok,
    cast(own.benefit_status as {{ dbt.type_string() }}) as benefit_status,
    cast(own.benefit_nok as double) / nullif(own.participants_persons, 0) as benefit_per_participant_nok,
    100e0 * cast(own.participants_persons as double) / nullif(whole.participants_persons, 0) as share_of_participants_pct,
    own.threshold_persons,
    cast(own.dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(own.release_id as {{ dbt.type_string() }}) as release_id,
    own.source_row,
    own.is_demo
from own
left join whole
    on
        own.municipality_code = whole.municipality_code
        and own.period = whole.period
        and own.breakdown = whole.breakdown
        and own.breakdown_code = whole.breakdown_code
