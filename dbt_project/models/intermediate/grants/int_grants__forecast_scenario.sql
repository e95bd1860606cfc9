-- The scenarios that every release shows: nobody, as many as last year, the number of the council's presentation, IMDi's
-- newest request and the newest decision of the municipality, and each plan from the drop folder. From next year.
with cohorts as (

    select * from {{ ref('settled_cohort') }}
    where is_used

),

settlement as (

    select * from {{ ref('fct_settlement') }}
    where region_level = 'municipality'

),

presented as (

    select * from {{ source('published', 'published_presentation_counts') }}
    where item = 'grant_forecast_scenario_high_settled_per_year'

),

horizon as (

    select
        {{ last_year() }} as from_year,
        {{ last_year() }} + 4 as to_year

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

-- invented numbers come after real ones, as in the command line
newest as (

    select
        'settle_request' as scenario_id,
        region_code,
        cast(requested_persons as double) as settle_persons,
        row_number() over (partition by region_code order by case when is_demo then 1 else 0 end, year desc) as newness
    from settlement
    where requested_persons is not null

    union all

    select
        'settle_decision' as scenario_id,
        region_code,
        cast(decided_persons as double) as settle_persons,
        row_number() over (partition by region_code order by case when is_demo then 1 else 0 end, year desc) as newness
    from settlement
    where decided_persons is not null

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

    select
        newest.scenario_id,
        newest.region_code,
        newest.settle_persons
    from newest
    where newest.newness = 1

    union all

    select distinct
        'plan_' || plan as scenario_id,
        municipality_code as region_code,
        cast(null as double) as settle_persons
    from {{ source('municipal', 'municipal_settlement_plan') }}

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
