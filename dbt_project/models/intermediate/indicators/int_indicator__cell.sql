-- Figures of the series on the geography of today, by indicator and side.
-- Where an indicator is yearly and its dataset monthly, the indicator's reference month is taken.
-- (Each place names the figures anew: as one relation for both they would be laid aside whole before the first is used.)
-- Where two datasets give a side, a year (of one level) comes whole from the one that is declared to go before, if it has it.
{{ config(materialized='view') }}

with indicators as (

    select
        indicator_number,
        reference_month
    from {{ source('landing', 'indicator') }}

)

select
    indicator_series.indicator_number,
    indicator_series.role,
    indicator_series.breakdown_id,
    indicator_series.match_number,
    releases.release_number,
    figures.region_code,
    figures.region_level,
    figures.year,
    figures.value,
    figures.value_low,
    figures.value_high,
    figures.value_status,
    figures.geography_basis,
    figures.reason,
    figures.hidden_count
from {{ ref('int_indicator__series') }} as indicator_series
inner join indicators
    on indicator_series.indicator_number = indicators.indicator_number
inner join {{ ref('int_region__observation_today') }} as figures
    on indicator_series.series_id = figures.series_id
left join {{ ref('int_release__number') }} as releases
    on figures.release_id = releases.release_id
left join {{ ref('int_indicator__year_served_before') }} as years_before
    on
        indicator_series.indicator_number = years_before.indicator_number
        and indicator_series.role = years_before.role
        and figures.region_level = years_before.region_level
        and figures.year = years_before.year
where
    indicator_series.goes_before = (years_before.indicator_number is not null)
    and (
        indicators.reference_month is null
        or indicators.reference_month = cast(extract(month from figures.period_start) as integer)
    )
