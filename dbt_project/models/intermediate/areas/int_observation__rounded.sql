-- The cells that a publisher has rounded, with the interval their true value lies in (the rule stands in the dataset's spec).
-- A printed inner cell stands for what the rule says. A total is the sum of its inner cells' intervals; an inner cell that is
-- not printed may have been rounded either way. Where upstream's parts miss the printed total, what rounding may have moved
-- them by is laid around the total.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed() }}"
    )
}}

with rules as (

    select * from {{ source('landing', 'rounding_rule') }}

),

-- where a rule holds, and how far rounding may move one cell down and up
scopes as (

    select
        dataset_id,
        unit,
        measure,
        region_level,
        from_year,
        to_year,
        max(case when by_year then 1 else 0 end) = 1 as is_by_year,
        min(low) as least,
        max(high) as most,
        max(printed) as most_printed,
        max(printed - low) as most_down,
        max(high - printed) as most_up
    from rules
    group by dataset_id, unit, measure, region_level, from_year, to_year

),

cells as (

    select
        observations.*,
        scopes.unit,
        scopes.measure,
        scopes.from_year,
        scopes.is_by_year,
        scopes.least,
        scopes.most,
        scopes.most_printed,
        scopes.most_down,
        scopes.most_up
    from {{ ref('int_observation__staged') }} as observations
    inner join {{ ref('int_series') }} as series
        on observations.series_id = series.series_id
    inner join scopes
        on
            observations.dataset_id = scopes.dataset_id
            and series.unit = scopes.unit
            and scopes.measure in ('all', series.measure)
            and observations.region_level = scopes.region_level
            and observations.year between scopes.from_year and scopes.to_year
    where observations.value_status = 'ok' {{ only_changed('observations.dataset_id') }}

),

inner_cells as (

    select
        cells.*,
        rules.printed is not null as is_rounded,
        coalesce(rules.low, cells.value) as low,
        coalesce(rules.high, cells.value) as high
    from cells
    inner join {{ ref('int_series__inner') }} as own
        on cells.series_id = own.series_id and cells.series_id = own.inner_series_id and cells.region_level = own.region_level
    left join rules
        on
            cells.dataset_id = rules.dataset_id
            and cells.unit = rules.unit
            and cells.measure = rules.measure
            and cells.region_level = rules.region_level
            and cells.from_year = rules.from_year
            and cells.value = rules.printed

),

-- a rule that holds in some years only is tried on the figures: counts that it would have changed are then printed
years_rounded as (

    select
        dataset_id,
        unit,
        measure,
        region_level,
        year
    from inner_cells
    group by dataset_id, unit, measure, region_level, year
    having
        max(case when is_by_year then 1 else 0 end) = 0
        or 2 * count(case when value between least and most and not is_rounded then 1 end)
        <= count(case when value = most_printed then 1 end)

),

summed as (

    select
        cells.series_id,
        cells.dataset_id,
        cells.release_id,
        cells.region_level,
        cells.region_code,
        cells.geography,
        cells.period_start,
        cells.value,
        cells.most_down,
        cells.most_up,
        series_inner.part_count - count(inner_cells.value) as absent_count,
        coalesce(sum(inner_cells.low), 0) as low,
        coalesce(sum(inner_cells.high), 0) as high,
        coalesce(sum(inner_cells.value), 0) as printed
    from cells
    inner join years_rounded
        on
            cells.dataset_id = years_rounded.dataset_id
            and cells.unit = years_rounded.unit
            and cells.measure = years_rounded.measure
            and cells.region_level = years_rounded.region_level
            and cells.year = years_rounded.year
    inner join {{ ref('int_series__inner') }} as series_inner
        on cells.series_id = series_inner.series_id and cells.region_level = series_inner.region_level
    left join inner_cells
        on
            series_inner.inner_series_id = inner_cells.series_id
            and cells.release_id = inner_cells.release_id
            and cells.region_level = inner_cells.region_level
            and cells.region_code = inner_cells.region_code
            and cells.geography = inner_cells.geography
            and cells.period_start = inner_cells.period_start
    group by
        cells.series_id, cells.dataset_id, cells.release_id, cells.region_level, cells.region_code, cells.geography,
        cells.period_start, cells.value, cells.most_down, cells.most_up, series_inner.part_count

),

bounded as (

    select
        series_id,
        dataset_id,
        release_id,
        region_level,
        region_code,
        geography,
        period_start,
        case
            when absent_count = 0 and value between low and high then low
            else greatest(least(low, value), value - (printed - low) - most_down * absent_count)
        end as value_low,
        case
            when absent_count = 0 and value between low and high then high
            else value + (high - printed) + most_up * absent_count
        end as value_high
    from summed

)

select * from bounded
where value_low < value_high
