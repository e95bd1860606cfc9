-- What the persons who carry a grant would cost if cost and grant stood as in the committee's forecasts.
-- Years after the committee's last forecast year use its last coverage.
with forecast as (

    select * from {{ ref('grant_forecast') }}
    where component = 'total'

),

coverage as (

    select * from {{ ref('cost_coverage') }}
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
    cast(round(forecast.amount_nok / coverage.coverage_pct * 100, 0) as double) as cost_nok,
    cast(round(forecast.amount_nok / coverage.coverage_pct * 100, 0) - forecast.amount_nok as double) as uncovered_nok,
    forecast.is_demo
from forecast
inner join coverage_years
    on forecast.year = coverage_years.year
inner join coverage
    on coverage_years.coverage_year = coverage.year
