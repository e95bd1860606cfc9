-- Which cohort carries which grant year in which calendar year: grant year n is calendar year settlement_year + n - 1.
with rates as (

    select * from {{ ref('fct_grant_rate') }}
    where grant_scheme = 'integration_grant'

),

grant_years as (

    select distinct grant_year_n from rates

),

years as (

    {{ years_between(2014, 2040) }}

)

select
    years.year as settlement_year,
    grant_years.grant_year_n,
    years.year + grant_years.grant_year_n - 1 as year
from years
cross join grant_years
