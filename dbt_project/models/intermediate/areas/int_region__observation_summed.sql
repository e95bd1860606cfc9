-- Sums of municipality cells over the areas of today that upstream does not give as one cell.
-- Bounds add up through the sum. A sum of figures that upstream has rounded keeps the sum of what is printed. A part that a split may have sent elsewhere counts from nothing to all of it. Where a part
-- has no cell at all there is no sum; where a cell is there but missing, only the lower bound is known.
-- Shares, rates and medians are never added: such a row has no figure and says why. Where upstream gives cells of its own
-- joined series beside those of the codes of the year, each kind is a sum by itself: they are never added to each other.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed() }}"
    )
}}

with areas as (

    select
        year,
        part_code,
        region_code,
        region_level,
        is_exact,
        part_count
    from {{ ref('int_region__part') }}
    where not is_sole
    union all
    -- places outside every municipality belong to the country alone; they are not among its expected parts
    select
        code_year.year,
        code_year.part_code,
        '00' as region_code,
        'country' as region_level,
        true as is_exact,
        cast(null as integer) as part_count
    from {{ ref('int_region__code_year') }} as code_year
    where code_year.is_special

),

series as (

    select
        series_id,
        dataset_id,
        is_additive,
        is_non_negative
    from {{ ref('int_series') }}

),

releases as (

    select * from {{ ref('int_release__number') }}

),

in_area as (

    select
        placed.*,
        areas.region_code,
        areas.region_level,
        areas.is_exact,
        areas.part_count
    from {{ ref('int_observation__placed') }} as placed
    inner join areas
        on placed.part_code = areas.part_code and placed.geography_year = areas.year
    where true {{ only_changed('placed.dataset_id') }}

),

summed as (

    select
        in_area.series_id,
        in_area.region_code,
        in_area.region_level,
        in_area.period_start,
        in_area.is_joined,
        {{ the_same('releases.release_number') }} as release_number,
        {{ exact_sum('case when in_area.is_exact then in_area.value_low when series.is_non_negative then 0 end') }} as low_sum,
        {{ exact_sum('in_area.value_high') }} as high_sum,
        {{ exact_sum('in_area.value') }} as value_sum,
        count(case when in_area.is_exact then in_area.value end) as value_count,
        count(case when in_area.is_exact or series.is_non_negative then in_area.value_low end) as low_count,
        count(in_area.value_high) as high_count,
        count(*) as cell_count,
        sum(case when in_area.part_count is not null then in_area.covered_parts else 0 end) as present_parts,
        max(in_area.part_count) as part_count,
        count(case when in_area.value_status = 'suppressed' then 1 end) as hidden_count,
        count(case when not {{ has_bounds('in_area.value_status') }} then 1 end) as missing_count,
        count(case when not in_area.is_exact then 1 end) as split_count
    from in_area
    inner join series
        on in_area.series_id = series.series_id
    inner join releases
        on in_area.release_id = releases.release_id
    group by in_area.series_id, in_area.region_code, in_area.region_level, in_area.period_start, in_area.is_joined

)

select
    summed.series_id,
    series.dataset_id,
    releases.release_id,
    summed.region_code,
    summed.region_level,
    summed.period_start,
    {{ year_of('summed.period_start') }} as year,
    summed.is_joined,
    case
        when
            series.is_additive and present_parts = part_count
            and low_count = cell_count and high_count = cell_count and low_sum = high_sum
            then low_sum
        when series.is_additive and present_parts = part_count and value_count = cell_count then value_sum
    end as value,
    case when series.is_additive and present_parts = part_count and low_count = cell_count then low_sum end as value_low,
    case when series.is_additive and present_parts = part_count and high_count = cell_count then high_sum end as value_high,
    case
        when not series.is_additive or present_parts < part_count or part_count is null then 'unavailable'
        when missing_count = cell_count then 'missing'
        when low_count < cell_count or high_count < cell_count then 'incomplete'
        when low_sum < high_sum and value_count = cell_count then 'rounded'
        when low_sum < high_sum then 'interval'
        else 'ok'
    end as value_status,
    case
        when not series.is_additive then 'not_additive'
        when present_parts < part_count or part_count is null then 'parts_absent'
        when missing_count > 0 then 'parts_missing'
        when split_count > 0 and low_sum < high_sum then 'split_without_weights'
        when hidden_count > 0 then 'hidden_parts'
        when low_sum < high_sum then 'rounded_parts'
    end as reason,
    cast(hidden_count as integer) as hidden_count
from summed
inner join series
    on summed.series_id = series.series_id
left join releases
    on summed.release_number = releases.release_number
