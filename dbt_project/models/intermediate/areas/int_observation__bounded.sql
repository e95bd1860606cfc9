-- Every cell of the releases in use with the interval its true value lies in.
-- An open cell is its own interval; a hidden one gets the bounds its dataset's rule states for its unit and year;
-- where nothing is known the bound is null. Zero is never put in for a hidden or missing cell.
{{ config(materialized='view') }}

with observations as (

    select * from {{ ref('stg_imdi__observations') }}
    union all
    select * from {{ ref('stg_ssb__observations') }}
    union all
    select * from {{ ref('stg_nav__observations') }}

),

series_number as (

    select * from {{ ref('int_series__number') }}

),

series as (

    select
        series_id,
        unit,
        is_additive,
        is_non_negative
    from {{ ref('int_series') }}

),

rules as (

    select * from {{ source('landing', 'hidden_rule') }}

)

select
    series_number.series_id,
    observations.dataset_id,
    observations.release_id,
    observations.region_level,
    observations.region_code,
    observations.period_start,
    {{ year_of('observations.period_start') }} as year,
    observations.value,
    case
        when observations.value_status = 'ok' then observations.value
        when rules.low is not null then rules.low
        when series.is_additive and series.is_non_negative then 0
    end as value_low,
    case when observations.value_status = 'ok' then observations.value else rules.high end as value_high,
    observations.value_status
from observations
inner join series_number
    on
        observations.dataset_id = series_number.dataset_id
        and observations.release_id = series_number.release_id
        and observations.series_number = series_number.series_number
inner join series
    on series_number.series_id = series.series_id
left join rules
    on
        observations.dataset_id = rules.dataset_id
        and observations.value_status = rules.status
        and series.unit = rules.unit
        and {{ year_of('observations.period_start') }} between rules.from_year and rules.to_year
