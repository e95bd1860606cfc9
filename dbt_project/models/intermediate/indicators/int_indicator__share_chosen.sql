-- Upstream's own share for the very area beside the one recomputed from its counts (int_indicator__share), and which of them stands:
--   recomputed    upstream has no share here that it shows or hides: the share of its counts
--   contradicted  upstream shows a share that its counts do not make: its share, with bounds wide enough for both
--   rounded       its counts are rounded: its share, with the bounds of the counts
--   hidden        upstream hides the share and its counts are no single figures: no share, with the bounds of the counts
--   printed       upstream's share as it is; one that is hidden while the counts are open stays without bounds
-- Beside a share that upstream hides there are no counts, which would give away what it hides.
{{ config(materialized='ephemeral') }}

with upstream as (

    select * from {{ ref('int_indicator__cell') }}
    where role = 'published' {{ only_changed_indicators() }}

),

beside as (

    select
        coalesce(upstream.indicator_number, recomputed.indicator_number) as indicator_number,
        coalesce(upstream.breakdown_id, recomputed.breakdown_id) as breakdown_id,
        coalesce(upstream.region_code, recomputed.region_code) as region_code,
        coalesce(upstream.region_level, recomputed.region_level) as region_level,
        coalesce(upstream.year, recomputed.year) as year,
        case
            when upstream.indicator_number is null then 'recomputed'
            when recomputed.indicator_number is not null and not {{ has_bounds('upstream.value_status') }} then 'recomputed'
            when
                upstream.value_status = 'ok' and (
                    upstream.value < recomputed.value_low - {{ share_tolerance('recomputed.scale') }}
                    or upstream.value > recomputed.value_high + {{ share_tolerance('recomputed.scale') }}
                ) then 'contradicted'
            when upstream.value_status = 'ok' and recomputed.value_low < recomputed.value_high and recomputed.hidden_count = 0 then 'rounded'
            when upstream.value_status = 'suppressed' and recomputed.value_low < recomputed.value_high then 'hidden'
            else 'printed'
        end as stands,
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
    full outer join {{ ref('int_indicator__share') }} as recomputed
        on
            upstream.indicator_number = recomputed.indicator_number
            and upstream.breakdown_id = recomputed.breakdown_id
            and upstream.region_code = recomputed.region_code
            and upstream.region_level = recomputed.region_level
            and upstream.year = recomputed.year

)

select
    indicator_number,
    breakdown_id,
    region_code,
    region_level,
    year,
    case when stands = 'recomputed' then value else upstream_value end as value,
    case stands
        when 'printed' then upstream_low
        when 'recomputed' then value_low
        when 'hidden' then value_low
        else least(upstream_value, value_low)
    end as value_low,
    case stands
        when 'printed' then upstream_high
        when 'recomputed' then value_high
        when 'hidden' then value_high
        else greatest(upstream_value, value_high)
    end as value_high,
    case stands
        when 'recomputed' then value_status
        when 'contradicted' then 'contradicted'
        when 'rounded' then 'rounded'
        else upstream_status
    end as value_status,
    case when stands = 'recomputed' or upstream_value is not null then numerator end as numerator,
    case when stands = 'recomputed' or (upstream_value is not null and numerator is not null) then denominator end as denominator,
    case when stands = 'recomputed' then geography_basis else upstream_basis end as geography_basis,
    case when stands = 'recomputed' then reason else upstream_reason end as reason,
    coalesce(case when stands = 'recomputed' then hidden_count else upstream_hidden_count end, 0) as hidden_count,
    case when stands = 'recomputed' then release_number else upstream_release_number end as release_number
from beside
