-- Every cell of the releases in use with the interval its true value lies in.
-- An open cell is its own interval; a rounded one keeps the printed value inside its bounds; a hidden one gets the bounds its
-- dataset's rule states for its unit and year; where nothing is known the bound is null. Zero is never put in for a hidden or
-- missing cell.
-- A table: ten models read the cells, and each would join them again by the text of dataset and release.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed() }}"
    )
}}

with series as (

    select
        series_id,
        unit,
        is_additive,
        is_non_negative
    from {{ ref('int_series') }}

)

select
    observations.series_id,
    observations.dataset_id,
    observations.release_id,
    observations.region_level,
    observations.region_code,
    observations.geography,
    observations.period_start,
    observations.year,
    observations.value,
    case
        when rounded.series_id is not null then rounded.value_low
        when observations.value_status = 'ok' then observations.value
        when rules.low is not null then rules.low
        when series.is_additive and series.is_non_negative then 0
    end as value_low,
    case
        when rounded.series_id is not null then rounded.value_high
        when observations.value_status = 'ok' then observations.value
        else rules.high
    end as value_high,
    case when rounded.series_id is not null then 'rounded' else observations.value_status end as value_status
from {{ ref('int_observation__staged') }} as observations
inner join series
    on observations.series_id = series.series_id
left join {{ ref('int_observation__rounded') }} as rounded
    on
        observations.series_id = rounded.series_id
        and observations.release_id = rounded.release_id
        and observations.region_level = rounded.region_level
        and observations.region_code = rounded.region_code
        and observations.geography = rounded.geography
        and observations.period_start = rounded.period_start
left join {{ source('landing', 'hidden_rule') }} as rules
    on
        observations.dataset_id = rules.dataset_id
        and observations.value_status = rules.status
        and series.unit = rules.unit
        and observations.year between rules.from_year and rules.to_year
where true {{ only_changed('observations.dataset_id') }}
