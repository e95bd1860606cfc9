-- The detail summed by year and component, with the assumptions of its scenario on every row.
with totals as (

    {{ grant_forecast_totals(
        detail=ref('grant_forecast_detail'),
        assumption=ref('int_grants__forecast_scenario')
    ) | indent(4) }}

)

select
    totals.scenario_id,
    totals.region_code,
    totals.year,
    totals.component,
    scenarios.settle_persons as settle_persons_per_year,
    totals.persons,
    totals.amount_nok,
    totals.amount_low_nok,
    totals.amount_high_nok,
    cast(scenarios.legacy_years_known as integer) as legacy_years_known,
    scenarios.is_demo
from totals
inner join {{ ref('int_grants__forecast_scenario') }} as scenarios
    on totals.scenario_id = scenarios.scenario_id and totals.region_code = scenarios.region_code
