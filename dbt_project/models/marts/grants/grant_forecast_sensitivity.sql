-- The same income held against cost as the committee's three courses have it. Courses are not mixed.
with sensitivity as (

    {{ grant_forecast_sensitivity(totals=ref('grant_forecast'), coverage=ref('cost_coverage')) | indent(4) }}

)

select
    sensitivity.scenario_id,
    sensitivity.region_code,
    sensitivity.year,
    sensitivity.sensitivity,
    sensitivity.coverage_year,
    sensitivity.coverage_pct,
    sensitivity.grant_nok,
    sensitivity.cost_nok,
    sensitivity.uncovered_nok,
    scenarios.is_demo
from sensitivity
inner join {{ ref('int_grants__forecast_scenario') }} as scenarios
    on sensitivity.scenario_id = scenarios.scenario_id and sensitivity.region_code = scenarios.region_code
