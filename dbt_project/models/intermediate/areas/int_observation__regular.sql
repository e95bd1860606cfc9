-- Municipality cells of places that nothing else may stand for (int_observation__listed_place), each under the code in force in its
-- year. A view: they are nearly all cells, and to write them again would cost more than what all that is read of them takes.
{{ config(materialized='view') }}

select
    cells.series_id,
    cells.dataset_id,
    cells.release_id,
    cells.published_code,
    places.part_code,
    1 as covered_parts,
    places.area_code,
    false as is_out_of_force,
    cells.period_start,
    cells.year,
    cells.geography_year,
    cells.is_joined,
    cells.value,
    cells.value_low,
    cells.value_high,
    cells.value_status
from {{ ref('int_observation__municipality') }} as cells
inner join {{ ref('int_observation__listed_place') }} as places
    on
        cells.dataset_id = places.dataset_id
        and cells.published_code = places.published_code
        and cells.year = places.year
        and cells.geography_year = places.geography_year
        and cells.is_joined = places.is_joined
where places.is_regular
