-- Persons times rate for each grant, cohort and category. The same template answers the command line, with other assumptions.
{{ grant_forecast_detail(
    plan=ref('int_grants__forecast_plan'),
    assumption=ref('int_grants__forecast_scenario'),
    rate=ref('fct_grant_rate')
) }}
