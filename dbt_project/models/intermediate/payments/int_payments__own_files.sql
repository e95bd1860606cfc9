-- Kroner by group from the municipality's own files, in the shape of the other sources: social assistance (one main recipient a
-- household), the qualification programme, and the introduction benefit of the accounts, which is not divided by group.
{%- set groups = {
    'refugee_within_5_years': 'refugees_within_5_years',
    'refugee_beyond_5_years': 'refugees_beyond_5_years',
    'other': 'not_on_settled_list',
    'not_matchable': 'not_matchable',
    'all': 'all',
} %}
with population as (

    select * from {{ ref('int_benefits__public_totals') }}
    where region_level = 'municipality'

),

assistance as (

    select
        municipality_code as region_code,
        year,
        'social_assistance' as scheme,
        group_code,
        'household' as counted_unit,
        cast(settled_persons as double) as settled,
        cast(recipients_persons as double) as recipients,
        recipients_status,
        cast(grant_nok + loan_nok as double) as paid_nok,
        case when grant_status = 'ok' then loan_status else grant_status end as paid_status,
        {{ landed_in() }}
    from {{ source('kostra', 'kostra_social_assistance_by_group') }}
    where period_kind = 'year' and breakdown = 'none'

),

programme as (

    select
        municipality_code as region_code,
        year,
        'qualification_benefit' as scheme,
        group_code,
        'person' as counted_unit,
        cast(null as double) as settled,
        cast(participants_persons as double) as recipients,
        participants_status as recipients_status,
        cast(benefit_nok as double) as paid_nok,
        benefit_status as paid_status,
        {{ landed_in() }}
    from {{ source('kostra', 'kostra_programme_by_group') }}
    where period_kind = 'year' and breakdown = 'none'

),

introduction as (

    select
        own.municipality_code as region_code,
        own.year,
        'introduction_benefit' as scheme,
        'all' as group_code,
        'person' as counted_unit,
        cast(null as double) as settled,
        public_figures.participants_persons as recipients,
        case when public_figures.participants_persons is null then 'missing' else 'ok' end as recipients_status,
        cast(own.benefit_nok as double) as paid_nok,
        case when own.benefit_nok is null then 'missing' else 'ok' end as paid_status,
        {{ landed_in('own') }}
    from {{ source('kostra', 'kostra_accounts_expenditure') }} as own
    left join {{ ref('int_benefits__public_expenditure') }} as public_figures
        on
            own.municipality_code = public_figures.region_code
            and own.year = public_figures.year
            and own.function_code = public_figures.function_code
    where own.function_code = '275' and own.quarter = 0 and own.accounts_form_code = '0A'

),

united as (

    select * from assistance
    union all
    select * from programme
    union all
    select * from introduction

)

select
    united.region_code,
    united.year,
    united.scheme,
    {{ recoded('united.group_code', groups) }} as group_code,
    united.counted_unit,
    case when united.group_code = 'all' then population.population_persons else united.settled end as residents,
    united.recipients,
    united.recipients_status,
    united.paid_nok,
    united.paid_status,
    {{ landed_in('united') }}
from united
left join population
    on united.region_code = population.region_code and united.year + 1 = population.year
