-- Who carries grants in each scenario: those settled before the first forecast year, and those the scenario settles.
with scenarios as (

    select * from {{ ref('int_grants__forecast_scenario') }}

),

cohorts as (

    select * from {{ ref('settled_cohort') }}
    where is_used

),

years as (

    {{ years_between(2014, 2040) }}

)

-- a year that no source knows is at least nobody and has no upper bound: never nobody
select
    scenarios.scenario_id,
    scenarios.region_code,
    'legacy' as component,
    years.year as settlement_year,
    cast(null as integer) as settlement_month,
    'adult_or_child_in_family' as category,
    cast(null as integer) as age,
    cast(null as varchar(1)) as disability_grant,
    cohorts.settled_persons as persons,
    coalesce(cohorts.settled_persons_low, 0) as persons_low,
    cohorts.settled_persons_high as persons_high
from scenarios
inner join years
    on years.year between scenarios.from_year - 4 and scenarios.from_year - 1
left join cohorts
    on scenarios.region_code = cohorts.region_code and years.year = cohorts.settlement_year

union all

select
    scenarios.scenario_id,
    scenarios.region_code,
    'new' as component,
    years.year as settlement_year,
    cast(null as integer) as settlement_month,
    'adult_or_child_in_family' as category,
    cast(null as integer) as age,
    cast(null as varchar(1)) as disability_grant,
    scenarios.settle_persons as persons,
    scenarios.settle_persons as persons_low,
    scenarios.settle_persons as persons_high
from scenarios
inner join years
    on years.year between scenarios.from_year and scenarios.to_year
where scenarios.settle_persons > 0

union all

select
    scenarios.scenario_id,
    scenarios.region_code,
    'new' as component,
    planned.year as settlement_year,
    planned.month as settlement_month,
    planned.category,
    planned.age,
    cast(null as varchar(1)) as disability_grant,
    cast(planned.planned_persons as double) as persons,
    cast(planned.planned_persons as double) as persons_low,
    cast(planned.planned_persons as double) as persons_high
from scenarios
inner join {{ source('municipal', 'municipal_settlement_plan') }} as planned
    on
        scenarios.scenario_id = 'plan_' || planned.plan
        and scenarios.region_code = planned.municipality_code
        and planned.year between scenarios.from_year and scenarios.to_year
