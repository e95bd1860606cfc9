-- The figure of every indicator, area and year, with bounds, status and basis. Words are numbers from here on (macros/figures.sql).
-- A share is recomputed from numerator and denominator where upstream has no share for the very area; it is never averaged.
-- Its bounds are those of the extreme cases: least over most, and most over least (the reverse below zero).
-- Upstream's own share of rounded counts has the bounds of those counts; one that its counts contradict is called so.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed_indicators() }}"
    )
}}

-- each side reads the cells for itself: shared by all, ten million cells would be laid aside before the first is used
with as_given as (

    select * from {{ ref('int_indicator__cell') }}
    where role = 'value' {{ only_changed_indicators() }}

),

upstream as (

    select * from {{ ref('int_indicator__cell') }}
    where role = 'published' {{ only_changed_indicators() }}

),

numerators as (

    select * from {{ ref('int_indicator__cell') }}
    where role = 'numerator' {{ only_changed_indicators() }}

),

denominators as (

    select * from {{ ref('int_indicator__cell') }}
    where role = 'denominator' {{ only_changed_indicators() }}

),

indicators as (

    select * from {{ source('landing', 'indicator') }}

),

shares as (

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
    inner join indicators
        on numerators.indicator_number = indicators.indicator_number
    left join denominators
        on
            numerators.indicator_number = denominators.indicator_number
            and numerators.region_code = denominators.region_code
            and numerators.region_level = denominators.region_level
            and numerators.year = denominators.year
            and numerators.match_number = denominators.match_number

),

recomputed as (

    select
        indicator_number,
        breakdown_id,
        release_number,
        region_code,
        region_level,
        year,
        scale,
        case when value_status in ('ok', 'rounded', 'contradicted') then scale * numerator / nullif(denominator, 0) end as value,
        case
            when value_status in ('ok', 'rounded', 'contradicted', 'interval', 'suppressed') and denominator_high > 0
                then scale * numerator_low / case when numerator_low < 0 then nullif(denominator_low, 0) else denominator_high end
        end as value_low,
        case
            when value_status not in ('ok', 'rounded', 'contradicted', 'interval', 'suppressed') then null
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
    from shares

),

-- upstream's own share wins where it has a figure for the very area, and where it hides one
combined as (

    select
        coalesce(upstream.indicator_number, recomputed.indicator_number) as indicator_number,
        coalesce(upstream.breakdown_id, recomputed.breakdown_id) as breakdown_id,
        coalesce(upstream.region_code, recomputed.region_code) as region_code,
        coalesce(upstream.region_level, recomputed.region_level) as region_level,
        coalesce(upstream.year, recomputed.year) as year,
        upstream.indicator_number is not null
        and (recomputed.indicator_number is null or {{ has_bounds('upstream.value_status') }}) as is_upstream,
        -- bounds from the counts, unless the counts are open: then they would show the very share that is hidden
        coalesce(upstream.value_status = 'suppressed' and recomputed.value_low < recomputed.value_high, false) as is_hidden_share,
        upstream.value_status = 'ok'
        and recomputed.value_low < recomputed.value_high and recomputed.hidden_count = 0 as is_rounded_share,
        upstream.value_status = 'ok' and (
            upstream.value < recomputed.value_low - {{ share_tolerance('recomputed.scale') }}
            or upstream.value > recomputed.value_high + {{ share_tolerance('recomputed.scale') }}
        ) as is_contradicted,
        upstream.release_number as upstream_release_number,
        upstream.value as upstream_value,
        upstream.value_low as upstream_low,
        upstream.value_high as upstream_high,
        upstream.value_status as upstream_status,
        upstream.geography_basis as upstream_basis,
        upstream.reason as upstream_reason,
        upstream.hidden_count as upstream_hidden_count,
        recomputed.release_number,
        recomputed.value,
        recomputed.value_low,
        recomputed.value_high,
        recomputed.value_status,
        recomputed.numerator,
        recomputed.denominator,
        recomputed.geography_basis,
        recomputed.reason,
        recomputed.hidden_count
    from upstream
    full outer join recomputed
        on
            upstream.indicator_number = recomputed.indicator_number
            and upstream.breakdown_id = recomputed.breakdown_id
            and upstream.region_code = recomputed.region_code
            and upstream.region_level = recomputed.region_level
            and upstream.year = recomputed.year

),

chosen as (

    select
        indicator_number,
        breakdown_id,
        region_code,
        region_level,
        year,
        case when is_upstream then upstream_value else value end as value,
        case
            when is_rounded_share or is_contradicted then least(upstream_value, value_low)
            when is_upstream and not is_hidden_share then upstream_low
            else value_low
        end as value_low,
        case
            when is_rounded_share or is_contradicted then greatest(upstream_value, value_high)
            when is_upstream and not is_hidden_share then upstream_high
            else value_high
        end as value_high,
        case
            when is_contradicted then 'contradicted'
            when is_rounded_share then 'rounded'
            when is_upstream then upstream_status
            else value_status
        end as value_status,
        -- beside a share that upstream hides or shows, no counts that would give away what it hides
        case when not is_upstream or upstream_value is not null then numerator end as numerator,
        case when not is_upstream or (upstream_value is not null and numerator is not null) then denominator end as denominator,
        case when is_upstream then upstream_basis else geography_basis end as geography_basis,
        case when is_upstream then upstream_reason else reason end as reason,
        coalesce(case when is_upstream then upstream_hidden_count else hidden_count end, 0) as hidden_count,
        case when is_upstream then upstream_release_number else release_number end as release_number
    from combined

),

-- what upstream gives for counties or the country alone is asked for in every municipality all the same
municipalities as (

    select code from {{ ref('stg_klass__municipalities') }}
    where valid_to is null

),

without_municipalities as (

    select
        indicator_number,
        breakdown_id,
        year,
        coalesce({{ the_same("case when role <> 'numerator' then release_number end") }}, {{ the_same('release_number') }})
            as release_number
    from {{ ref('int_indicator__cell') }}
    where role in ('value', 'published', 'numerator') {{ only_changed_indicators() }}
    group by indicator_number, breakdown_id, year
    having max(case when region_level = 'municipality' then 1 else 0 end) = 0

),

figures as (

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
        numerator,
        denominator,
        geography_basis,
        reason,
        hidden_count,
        release_number
    from chosen

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
    from as_given

    union all

    select
        without_municipalities.indicator_number,
        without_municipalities.breakdown_id,
        municipalities.code as region_code,
        'municipality' as region_level,
        without_municipalities.year,
        cast(null as double) as value,
        cast(null as double) as value_low,
        cast(null as double) as value_high,
        'unavailable' as value_status,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        'unavailable' as geography_basis,
        'not_published_for_municipalities' as reason,
        0 as hidden_count,
        without_municipalities.release_number
    from without_municipalities
    cross join municipalities

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
