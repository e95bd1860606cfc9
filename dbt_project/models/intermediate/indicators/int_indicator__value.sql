-- The figure of every indicator, area and year, with bounds, status and basis: shares, what upstream gives as it is, and the areas it
-- gives nothing for. Each branch says its own rule. Words are numbers from here on (macros/figures.sql).
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed_indicators() }}"
    )
}}

with figures as (

    select * from {{ ref('int_indicator__share_chosen') }}
    union all
    select * from {{ ref('int_indicator__not_for_municipalities') }}
    union all
    select
        indicator_number,
        breakdown_id,
        region_code,
        region_level,
        year,
        value,
        value_low,
        value_high,
        value_status,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        geography_basis,
        reason,
        hidden_count,
        release_number
    from {{ ref('int_indicator__cell') }}
    where role = 'value' {{ only_changed_indicators() }}

)

select
    figures.indicator_number,
    figures.breakdown_id,
    figures.region_code,
    figures.region_level,
    figures.year,
    figures.value,
    figures.value_low,
    figures.value_high,
    figures.numerator,
    figures.denominator,
    {{ state_number('figures.value_status', 'figures.geography_basis', 'figures.reason') }} as state_number,
    cast(figures.hidden_count as integer) as hidden_count,
    releases.release_key
from figures
left join {{ ref('int_release__number') }} as releases
    on figures.release_number = releases.release_number
