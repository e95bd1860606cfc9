-- Municipality cells of places that more than one cell may stand for (the others: int_observation__regular), each under the code that
-- was in force in its year, one cell per place and series.
-- Where upstream lists one place under two codes in one year, the code in force wins unless only the other has a figure;
-- the two are never added. A figure under a code that denotes no place of that year stands in where the place's own codes
-- have none (int_observation__out_of_force); else it is left out and reported.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed() }}"
    )
}}

with ranked as (

    select
        cells.*,
        places.part_code,
        places.area_code,
        row_number() over (
            partition by cells.series_id, places.part_code, cells.period_start, cells.is_joined
            order by
                case when {{ has_bounds('cells.value_status') }} then 0 else 1 end,
                case when places.is_own_year then 0 else 1 end,
                cells.published_code
        ) as choice
    from {{ ref('int_observation__municipality') }} as cells
    inner join {{ ref('int_observation__listed_place') }} as places
        on
            cells.dataset_id = places.dataset_id
            and cells.published_code = places.published_code
            and cells.year = places.year
            and cells.geography_year = places.geography_year
            and cells.is_joined = places.is_joined
    where not places.is_regular and (not places.is_special or {{ has_bounds('cells.value_status') }}) {{ only_changed('cells.dataset_id') }}

),

out_of_force as (

    select * from {{ ref('int_observation__out_of_force') }}
    where true {{ only_changed() }}

),

-- the places whose empty cells make way for a figure under a code not in force
made_way as (

    select
        out_of_force.series_id,
        parts.part_code,
        out_of_force.period_start
    from out_of_force
    inner join {{ ref('int_region__code_out_of_force') }} as parts
        on out_of_force.published_code = parts.published_code and out_of_force.year = parts.year
    where parts.is_exact

)

select
    cells.series_id,
    cells.dataset_id,
    cells.release_id,
    cells.published_code,
    cells.part_code,
    1 as covered_parts,
    cells.area_code,
    false as is_out_of_force,
    cells.period_start,
    cells.year,
    cells.geography_year,
    cells.is_joined,
    cells.value,
    cells.value_low,
    cells.value_high,
    cells.value_status
from ranked as cells
left join made_way
    on
        cells.series_id = made_way.series_id
        and cells.part_code = made_way.part_code
        and cells.period_start = made_way.period_start
        and not cells.is_joined
where cells.choice = 1 and made_way.series_id is null

union all

select
    series_id,
    dataset_id,
    release_id,
    published_code,
    part_code,
    covered_parts,
    region_code as area_code,
    true as is_out_of_force,
    period_start,
    year,
    year as geography_year,
    false as is_joined,
    value,
    value_low,
    value_high,
    value_status
from out_of_force
