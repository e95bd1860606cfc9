-- Shares recomputed from numerator and denominator, never averaged. The bounds are those of the extreme cases: least over most, and
-- most over least (the reverse below zero); a part of a whole is at most the whole. A share of an unknown count is not known.
{{ config(materialized='ephemeral') }}

-- each side reads the cells for itself: shared by all, ten million cells would be laid aside before the first is used
with numerators as (

    select * from {{ ref('int_indicator__cell') }}
    where role = 'numerator' {{ only_changed_indicators() }}

),

denominators as (

    select * from {{ ref('int_indicator__cell') }}
    where role = 'denominator' {{ only_changed_indicators() }}

),

counts as (

    select
        numerators.indicator_number,
        numerators.breakdown_id,
        numerators.release_number,
        numerators.region_code,
        numerators.region_level,
        numerators.year,
        indicators.scale,
        indicators.is_part_of_whole,
        numerators.value as numerator,
        denominators.value as denominator,
        numerators.value_low as numerator_low,
        numerators.value_high as numerator_high,
        denominators.value_low as denominator_low,
        denominators.value_high as denominator_high,
        case
            when denominators.value_status is null then 'missing'
            when 'unavailable' in (numerators.value_status, denominators.value_status) then 'unavailable'
            when 'missing' in (numerators.value_status, denominators.value_status) then 'missing'
            when 'not_applicable' in (numerators.value_status, denominators.value_status) then 'missing'
            when 'not_finite' in (numerators.value_status, denominators.value_status) then 'missing'
            when 'incomplete' in (numerators.value_status, denominators.value_status) then 'incomplete'
            when denominators.value_high = 0 then 'not_applicable'
            when indicators.is_part_of_whole and numerators.value_low > denominators.value_high then 'contradicted'
            when numerators.value is not null and denominators.value <> 0
                then case when 'rounded' in (numerators.value_status, denominators.value_status) then 'rounded' else 'ok' end
            when numerators.value_status = 'suppressed' then 'suppressed'
            else 'interval'
        end as value_status,
        coalesce(numerators.reason, denominators.reason, case when denominators.value_status is null then 'no_denominator' end)
            as reason,
        numerators.hidden_count + coalesce(denominators.hidden_count, 0) as hidden_count
    from numerators
    inner join {{ source('landing', 'indicator') }} as indicators
        on numerators.indicator_number = indicators.indicator_number
    left join denominators
        on
            numerators.indicator_number = denominators.indicator_number
            and numerators.region_code = denominators.region_code
            and numerators.region_level = denominators.region_level
            and numerators.year = denominators.year
            and numerators.match_number = denominators.match_number

)

select
    indicator_number,
    breakdown_id,
    release_number,
    region_code,
    region_level,
    year,
    scale,
    case when {{ has_figure('value_status') }} then scale * numerator / nullif(denominator, 0) end as value,
    case
        when ({{ has_bounds('value_status') }} or value_status = 'interval') and denominator_high > 0
            then scale * numerator_low / case when numerator_low < 0 then nullif(denominator_low, 0) else denominator_high end
    end as value_low,
    case
        when not ({{ has_bounds('value_status') }} or value_status = 'interval') then null
        when is_part_of_whole and value_status <> 'contradicted' and (denominator_low = 0 or numerator_high > denominator_low) then scale
        when numerator_high < 0 and denominator_high > 0 then scale * numerator_high / nullif(denominator_high, 0)
        when denominator_low > 0 then scale * numerator_high / nullif(denominator_low, 0)
    end as value_high,
    value_status,
    numerator,
    denominator,
    case when value_status = 'unavailable' then 'unavailable' else 'recomputed' end as geography_basis,
    reason,
    hidden_count
from counts
