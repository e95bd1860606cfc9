-- Social assistance by group and month from the municipality's own files, beside what is public.
-- Every derived figure is made of published figures only: where a part is hidden, so is what follows from it.
with own as (

    select * from {{ source('kostra', 'kostra_social_assistance_by_group') }}

),

whole as (

    select * from own
    where group_code = 'all'

),

public_totals as (

    select * from {{ ref('int_benefits__public_totals') }}

),

regions as (

    select * from {{ ref('dim_region') }}
    where region_level = 'municipality'

),

committee as (

    select
        year,
        settlement_year,
        max(amount_nok) as amount_nok
    from {{ source('published', 'published_cohort_benefits') }}
    where benefit = 'social_assistance' and not is_total and settlement_year is not null
    group by year, settlement_year

),

paid as (

    select
        own.*,
        own.grant_nok + own.loan_nok as paid_nok,
        whole.recipients_persons as all_recipients_persons,
        whole.grant_nok + whole.loan_nok as all_paid_nok
    from own
    left join whole
        on
            own.municipality_code = whole.municipality_code
            and own.period = whole.period
            and own.breakdown = whole.breakdown
            and own.breakdown_code = whole.breakdown_code

)

select
    cast(paid.municipality_code as {{ dbt.type_string() }}) as municipality_code,
    cast(regions.region_name as {{ dbt.type_string() }}) as municipality_name,
    paid.year,
    cast(paid.period as {{ dbt.type_string() }}) as period,
    cast(paid.period_kind as {{ dbt.type_string() }}) as period_kind,
    paid.period_start,
    {{ texts([
        'group_code', 'group_name_nb', 'breakdown', 'breakdown_name_nb', 'breakdown_code',
        'breakdown_code_name_nb'
    ], 'paid') }},
    paid.recipients_persons,
    cast(paid.recipients_status as {{ dbt.type_string() }}) as recipients_status,
    paid.benefit_months_count,
    cast(paid.benefit_months_status as {{ dbt.type_string() }}) as benefit_months_status,
    paid.grant_nok,
    cast(paid.grant_status as {{ dbt.type_string() }}) as grant_status,
    paid.loan_nok,
    cast(paid.loan_status as {{ dbt.type_string() }}) as loan_status,
    paid.paid_nok,
    cast(paid.paid_nok as double) / nullif(paid.recipients_persons, 0) as paid_per_recipient_nok,
    100e0 * cast(paid.recipients_persons as double) / nullif(paid.all_recipients_persons, 0) as share_of_recipients_pct,
    100e0 * cast(paid.paid_nok as double) / nullif(paid.all_paid_nok, 0) as share_of_paid_pct,
    paid.settled_persons,
    cast(paid.settled_status as {{ dbt.type_string() }}) as settled_status,
    cast(paid.paid_nok as double) / nullif(paid.settled_persons, 0) as paid_per_settled_nok,
    cast(committee.amount_nok as bigint) as committee_per_settled_nok,
    cast(case when paid.group_code = 'all' then paid.paid_nok end as double)
    / nullif(own_public.population_persons, 0) as paid_per_inhabitant_nok,
    own_public.ssb_recipients_persons as ssb_municipality_recipients_persons,
    own_public.ssb_paid_nok as ssb_municipality_paid_nok,
    own_public.ssb_recipients_per_1000 as ssb_municipality_recipients_per_1000,
    county_public.ssb_recipients_per_1000 as ssb_county_recipients_per_1000,
    country_public.ssb_recipients_per_1000 as ssb_country_recipients_per_1000,
    own_public.ssb_paid_nok / nullif(own_public.population_persons, 0) as ssb_municipality_paid_per_inhabitant_nok,
    county_public.ssb_paid_nok / nullif(county_public.population_persons, 0) as ssb_county_paid_per_inhabitant_nok,
    country_public.ssb_paid_nok / nullif(country_public.population_persons, 0) as ssb_country_paid_per_inhabitant_nok,
    paid.threshold_persons,
    cast(paid.dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(paid.release_id as {{ dbt.type_string() }}) as release_id,
    paid.source_row,
    paid.is_demo
from paid
left join regions
    on paid.municipality_code = regions.region_code
left join public_totals as own_public
    on
        paid.municipality_code = own_public.region_code
        and paid.year = own_public.year
        and own_public.region_level = 'municipality'
        and paid.period_kind = 'year'
left join public_totals as county_public
    on
        regions.county_code = county_public.region_code
        and paid.year = county_public.year
        and county_public.region_level = 'county'
        and paid.period_kind = 'year'
left join public_totals as country_public
    on paid.year = country_public.year and country_public.region_level = 'country' and paid.period_kind = 'year'
left join committee
    on
        paid.breakdown = 'settlement_year'
        and paid.year = committee.year
        and paid.breakdown_code = cast(committee.settlement_year as {{ dbt.type_string() }})
