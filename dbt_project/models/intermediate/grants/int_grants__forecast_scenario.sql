-- The scenarios that every release shows: nobody, as many as last year, the number of the council's presentation,
-- and each plan from the drop folder. The first forecast year is the one after the latest known rate year.
with cohorts as (

    select * from {{ ref('settled_cohort') }}
    where is_used

),

rates as (

    select * from {{ ref('fct_grant_rate') }}
    where grant_scheme = 'integration_grant' and is_used

),

presented as (

    select * from {{ ref('stg_published__presentation_counts') }}
    where item = 'grant_forecast_scenario_high_settled_per_year'

),

planned as (

    select * from {{ ref('stg_municipal__settlement_plan') }}

),

horizon as (

    select
        max(rate_year) + 1 as from_year,
        max(rate_year) + 5 as to_year
    from rates

),

latest as (

    select
        region_code,
        max(settlement_year) as settlement_year
    from cohorts
    where is_whole_year and settled_persons is not null
    group by region_code

),

-- how much of the four years before is known: a year without a figure counts as nobody and must be said
known as (

    select
        cohorts.region_code,
        count(distinct case
            when cohorts.settlement_year between horizon.from_year - 4 and horizon.from_year - 1
                then cohorts.settlement_year
        end) as legacy_years_known,
        max(case when cohorts.is_demo then 1 else 0 end) = 1 as is_demo
    from cohorts
    cross join horizon
    group by cohorts.region_code

),

scenarios as (

    select distinct
        'settle_none' as scenario_id,
        region_code,
        cast(0 as double) as settle_persons
    from cohorts

    union all

    select
        'settle_as_latest' as scenario_id,
        cohorts.region_code,
        cohorts.settled_persons as settle_persons
    from cohorts
    inner join latest
        on cohorts.region_code = latest.region_code and cohorts.settlement_year = latest.settlement_year

    union all

    select
        'settle_' || cast(cast(value as integer) as varchar(10)) as scenario_id,
        municipality_code as region_code,
        value as settle_persons
    from presented

    union all

    select distinct
        'plan_' || plan as scenario_id,
        municipality_code as region_code,
        cast(null as double) as settle_persons
    from planned

)

select
    scenarios.scenario_id,
    scenarios.region_code,
    scenarios.settle_persons,
    horizon.from_year,
    horizon.to_year,
    cast(null as integer) as fixed_rate_year,
    cast(0 as double) as index_pct,
    cast(0 as double) as attrition_pct,
    cast(0 as double) as reunification_pct,
    1 as reunification_after_years,
    coalesce(known.legacy_years_known, 0) as legacy_years_known,
    coalesce(known.is_demo, false) as is_demo
from scenarios
cross join horizon
left join known
    on scenarios.region_code = known.region_code
