-- Cells that upstream prints under a code not in force that year, where the place's own codes have no figure: one row per
-- series, area of today and period. A later code covers all parts of its area; earlier ones are added where they make up the
-- whole and can be added, or stand alone where they bear its name. A cell without a figure stands in for no cell only.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed() }}"
    )
}}

with codes as (

    select distinct
        published_code,
        year,
        region_code,
        carrier_code as part_code,
        covered_parts,
        valid_from,
        is_later,
        is_namesake,
        sibling_count
    from {{ ref('int_region__code_out_of_force') }}

),

cells as (

    select
        cells.series_id,
        cells.dataset_id,
        cells.release_id,
        cells.period_start,
        cells.value,
        cells.value_low,
        cells.value_high,
        cells.value_status,
        {{ has_bounds('cells.value_status') }} as has_figure,
        series.is_additive,
        codes.*
    from {{ ref('int_observation__municipality') }} as cells
    inner join codes
        on cells.published_code = codes.published_code and cells.geography_year = codes.year
    inner join {{ ref('int_series') }} as series
        on cells.series_id = series.series_id
    where not cells.is_joined {{ only_changed('cells.dataset_id') }}

),

asked as (

    select distinct
        dataset_id,
        year,
        region_code
    from cells

),

own_cells as (

    select
        own.series_id,
        parts.region_code,
        own.period_start,
        -- counted by what both sides of the join say: of one side alone DuckDB would group all cells before it finds the few
        count(case when {{ has_bounds('own.value_status') }} then asked.year end) > 0 as has_figure
    from {{ ref('int_observation__municipality') }} as own
    inner join {{ ref('int_region__code_year') }} as code_year
        on own.published_code = code_year.published_code and own.geography_year = code_year.year
    inner join {{ ref('int_region__part') }} as parts
        on code_year.part_code = parts.part_code and code_year.year = parts.year and parts.region_level = 'municipality'
    inner join asked
        on own.dataset_id = asked.dataset_id and parts.region_code = asked.region_code and own.geography_year = asked.year
    where not own.is_joined
    group by own.series_id, parts.region_code, own.period_start

),

standing_in as (

    select
        cells.*,
        row_number() over (
            partition by cells.series_id, cells.region_code, cells.period_start
            order by
                case when cells.has_figure then 0 else 1 end,
                case when cells.is_later then 0 else 1 end,
                cells.valid_from,
                cells.published_code
        ) as choice
    from cells
    left join own_cells
        on
            cells.series_id = own_cells.series_id
            and cells.region_code = own_cells.region_code
            and cells.period_start = own_cells.period_start
    where
        (own_cells.series_id is null or (cells.has_figure and not own_cells.has_figure))
        and (cells.is_later or cells.is_additive or cells.is_namesake)

),

-- the first of several later codes of one place; of earlier ones all
chosen as (

    select standing_in.*
    from standing_in
    inner join standing_in as first_of
        on
            standing_in.series_id = first_of.series_id
            and standing_in.region_code = first_of.region_code
            and standing_in.period_start = first_of.period_start
            and first_of.choice = 1
    where standing_in.choice = 1 or (not first_of.is_later and standing_in.has_figure)

)

select
    series_id,
    dataset_id,
    release_id,
    min(published_code) as published_code,
    region_code,
    part_code,
    cast(max(covered_parts) as integer) as covered_parts,
    period_start,
    year,
    case when count(value) = count(*) then sum(value) end as value,
    case when count(value_low) = count(*) then sum(value_low) end as value_low,
    case when count(value_high) = count(*) then sum(value_high) end as value_high,
    case
        when count(value) = count(*) and sum(value_low) = sum(value_high) then 'ok'
        when count(value) = count(*) then 'rounded'
        when max(case when has_figure then 1 else 0 end) = 1 then 'suppressed'
        else 'missing'
    end as value_status
from chosen
group by series_id, dataset_id, release_id, region_code, part_code, period_start, year
having max(case when is_namesake then 1 else 0 end) = 1 or count(*) = max(sibling_count)
