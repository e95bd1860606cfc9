{# The rules of the grant forecast, in one place: the marts `grant_forecast*` and `integrering forecast` both render these
   macros (the command line without dbt, so nothing but plain Jinja may stand here).

   plan:       scenario_id, region_code, component, settlement_year, settlement_month, category, age, disability_grant,
               persons, persons_low, persons_high        (age = age at the end of the settlement year)
   assumption: scenario_id, region_code, from_year, to_year, fixed_rate_year, index_pct, attrition_pct,
               reunification_pct, reunification_after_years
   rate:       the mart fct_grant_rate

   Rules: a person carries grant year n in calendar year settlement_year + n - 1. The rate year is the calendar year, or
   the latest one known before it, indexed by index_pct a year. A one-off supplement falls in the settlement year. A grant
   with ages holds while the age of that calendar year lies within them. Only a grant whose proration says so is cut by
   the months left of the settlement year, and only where the plan states the month. #}

{% macro grant_forecast_detail(plan, assumption, rate) %}
with plan as (

    select * from {{ plan }}

),

assumption as (

    select * from {{ assumption }}

),

rate as (

    select * from {{ rate }}
    where is_used and rate_level = 'single'

),

offsets as (
    {% for n in range(21) %}
    select {{ n }} as years_since{{ ' union all' if not loop.last }}
    {%- endfor %}

),

-- people who come later to someone of a cohort start a grant period of their own
cohort as (

    select
        scenario_id, region_code, component, settlement_year, settlement_month, category, age, disability_grant,
        persons, persons_low, persons_high
    from plan

    union all

    select
        plan.scenario_id,
        plan.region_code,
        'family_reunification' as component,
        plan.settlement_year + assumption.reunification_after_years as settlement_year,
        cast(null as integer) as settlement_month,
        'adult_or_child_in_family' as category,
        cast(null as integer) as age,
        cast(null as varchar(1)) as disability_grant,
        plan.persons * assumption.reunification_pct / 100.0 as persons,
        plan.persons_low * assumption.reunification_pct / 100.0 as persons_low,
        plan.persons_high * assumption.reunification_pct / 100.0 as persons_high
    from plan
    inner join assumption
        on plan.scenario_id = assumption.scenario_id and plan.region_code = assumption.region_code
    where
        assumption.reunification_pct > 0
        and plan.settlement_year + assumption.reunification_after_years
        between assumption.from_year and assumption.to_year

),

cohort_year as (

    select
        cohort.*,
        offsets.years_since,
        offsets.years_since + 1 as grant_year_n,
        cohort.settlement_year + offsets.years_since as year,
        cohort.age + offsets.years_since as age_in_year,
        power(1 - assumption.attrition_pct / 100.0, offsets.years_since) as share_left,
        assumption.fixed_rate_year,
        assumption.index_pct
    from cohort
    inner join assumption
        on cohort.scenario_id = assumption.scenario_id and cohort.region_code = assumption.region_code
    inner join offsets
        on cohort.settlement_year + offsets.years_since between assumption.from_year and assumption.to_year

),

rate_years as (

    select distinct grant_name, rate_year from rate

),

wanted_years as (

    select distinct year, coalesce(fixed_rate_year, year) as last_rate_year from cohort_year

),

rate_choice as (

    select
        wanted_years.year,
        wanted_years.last_rate_year,
        rate_years.grant_name,
        max(rate_years.rate_year) as rate_year
    from wanted_years
    inner join rate_years
        on rate_years.rate_year <= wanted_years.last_rate_year
    group by wanted_years.year, wanted_years.last_rate_year, rate_years.grant_name

),

paid as (

    select
        cohort_year.scenario_id,
        cohort_year.region_code,
        cohort_year.year,
        cohort_year.component,
        rate.grant_name,
        cohort_year.settlement_year,
        cohort_year.grant_year_n,
        cohort_year.category,
        rate.rate_year,
        rate.amount_nok
        * power(1 + cohort_year.index_pct / 100.0, greatest(cohort_year.year - rate.rate_year, 0))
        * case
            when rate.proration = 'months_left' and cohort_year.years_since = 0
                then (13 - coalesce(cohort_year.settlement_month, 1)) / 12.0
            else 1.0
        end as rate_nok,
        cohort_year.persons * cohort_year.share_left as persons,
        cohort_year.persons_low * cohort_year.share_left as persons_low,
        cohort_year.persons_high * cohort_year.share_left as persons_high
    from cohort_year
    inner join rate_choice
        on
            cohort_year.year = rate_choice.year
            and coalesce(cohort_year.fixed_rate_year, cohort_year.year) = rate_choice.last_rate_year
    inner join rate
        on
            rate_choice.grant_name = rate.grant_name
            and rate_choice.rate_year = rate.rate_year
            and (rate.category = 'all' or rate.category = cohort_year.category)
            and (rate.grant_year_n is null or rate.grant_year_n = cohort_year.grant_year_n)
            and (rate.payment_type <> 'one_off' or cohort_year.years_since = 0)
            and (rate.max_years is null or cohort_year.years_since < rate.max_years)
            and (rate.age_from is null or cohort_year.age_in_year >= rate.age_from)
            and (rate.age_to is null or cohort_year.age_in_year <= rate.age_to)
            and (rate.disability_grant is null or rate.disability_grant = cohort_year.disability_grant)
    where rate.is_per_person

)

select
    scenario_id,
    region_code,
    year,
    component,
    grant_name,
    settlement_year,
    grant_year_n,
    category,
    rate_year,
    cast(rate_nok as double) as rate_nok,
    case when count(persons) = count(*) then cast(sum(cast(persons as decimal(18, 6))) as double) end as persons,
    cast(sum(cast(persons_low as decimal(18, 6))) as double) as persons_low,
    case
        when count(persons_high) = count(*) then cast(sum(cast(persons_high as decimal(18, 6))) as double)
    end as persons_high,
    case
        when count(persons) = count(*) then cast(round(sum(cast(persons * rate_nok as decimal(18, 3))), 0) as double)
    end as amount_nok,
    cast(round(sum(cast(persons_low * rate_nok as decimal(18, 3))), 0) as double) as amount_low_nok,
    case
        when count(persons_high) = count(*)
            then cast(round(sum(cast(persons_high * rate_nok as decimal(18, 3))), 0) as double)
    end as amount_high_nok
from paid
group by
    scenario_id, region_code, year, component, grant_name, settlement_year, grant_year_n, category, rate_year, rate_nok
{% endmacro %}

{# Sums by year and component; a year or component without anyone in it is a row of 0, not a missing row. #}
{% macro grant_forecast_totals(detail, assumption) %}
with detail as (

    select * from {{ detail }}

),

assumption as (

    select * from {{ assumption }}

),

offsets as (
    {% for n in range(31) %}
    select {{ n }} as years_since{{ ' union all' if not loop.last }}
    {%- endfor %}

),

components as (

    select 'legacy' as component
    union all
    select 'new' as component
    union all
    select 'family_reunification' as component
    union all
    select 'total' as component

),

scaffold as (

    select
        assumption.scenario_id,
        assumption.region_code,
        assumption.from_year + offsets.years_since as year,
        components.component
    from assumption
    inner join offsets
        on assumption.from_year + offsets.years_since <= assumption.to_year
    cross join components

),

counted as (

    select
        scaffold.scenario_id,
        scaffold.region_code,
        scaffold.year,
        scaffold.component,
        count(detail.scenario_id) as parts,
        count(detail.amount_nok) as known_parts,
        count(detail.amount_high_nok) as bounded_parts,
        sum(case when detail.grant_name = 'integration_grant' then detail.persons end) as persons,
        sum(detail.amount_nok) as amount_nok,
        sum(detail.amount_low_nok) as amount_low_nok,
        sum(detail.amount_high_nok) as amount_high_nok
    from scaffold
    left join detail
        on
            scaffold.scenario_id = detail.scenario_id
            and scaffold.region_code = detail.region_code
            and scaffold.year = detail.year
            and (scaffold.component = 'total' or scaffold.component = detail.component)
    group by scaffold.scenario_id, scaffold.region_code, scaffold.year, scaffold.component

)

select
    scenario_id,
    region_code,
    year,
    component,
    case when known_parts = parts then cast(round(coalesce(persons, 0), 3) as double) end as persons,
    case when known_parts = parts then cast(coalesce(amount_nok, 0) as double) end as amount_nok,
    cast(coalesce(amount_low_nok, 0) as double) as amount_low_nok,
    case when bounded_parts = parts then cast(coalesce(amount_high_nok, 0) as double) end as amount_high_nok
from counted
{% endmacro %}

{# What the persons who carry a grant would cost if cost and grant stood as in the committee's three forecasts. Years after
   the committee's last forecast year use its last coverage. coverage: the mart cost_coverage #}
{% macro grant_forecast_sensitivity(totals, coverage) %}
with forecast as (

    select * from {{ totals }}
    where component = 'total'

),

coverage as (

    select * from {{ coverage }}
    where sensitivity in ('low', 'main', 'high')

),

coverage_years as (

    select
        forecast.year,
        max(coverage.year) as coverage_year
    from (select distinct year from forecast) as forecast
    inner join coverage
        on coverage.year <= forecast.year
    group by forecast.year

)

select
    forecast.scenario_id,
    forecast.region_code,
    forecast.year,
    coverage.sensitivity,
    coverage.year as coverage_year,
    coverage.coverage_pct,
    forecast.amount_nok as grant_nok,
    cast(round(forecast.amount_nok / nullif(coverage.coverage_pct, 0) * 100, 0) as double) as cost_nok,
    cast(round(forecast.amount_nok / nullif(coverage.coverage_pct, 0) * 100, 0) - forecast.amount_nok as double) as uncovered_nok
from forecast
inner join coverage_years
    on forecast.year = coverage_years.year
inner join coverage
    on coverage_years.coverage_year = coverage.year
{% endmacro %}
