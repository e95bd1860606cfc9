-- Years (of one level) of a side of an indicator that a dataset declared to go before has a figure for.
{{ config(materialized='ephemeral') }}

select distinct
    indicator_series.indicator_number,
    indicator_series.role,
    figures.region_level,
    figures.year
from {{ ref('int_indicator__series') }} as indicator_series
inner join {{ ref('int_region__observation_today') }} as figures
    on indicator_series.series_id = figures.series_id
where indicator_series.goes_before and figures.value_low is not null
