-- Municipality cells, each under the code that was in force in its year, one cell per place and series. `area_code`: the area of today
-- whose own figure it is, of a place that is the whole of it.
{{ config(materialized='view') }}

select
    series_id,
    dataset_id,
    release_id,
    part_code,
    1 as covered_parts,
    area_code,
    period_start,
    year,
    geography_year,
    is_joined,
    value,
    value_low,
    value_high,
    value_status
from {{ ref('int_observation__regular') }}
union all
select
    series_id,
    dataset_id,
    release_id,
    part_code,
    covered_parts,
    area_code,
    period_start,
    year,
    geography_year,
    is_joined,
    value,
    value_low,
    value_high,
    value_status
from {{ ref('int_observation__apart') }}
