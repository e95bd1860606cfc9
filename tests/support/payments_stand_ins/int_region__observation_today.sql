{{ config(materialized='table', schema='intermediate') }}
-- The test's cells of SSB 13563.
select
    series.series_id,
    series.dataset_id,
    'test' as release_id,
    cells.region_code,
    cells.region_level,
    cells.year,
    cells.value,
    cells.value_low,
    cells.value_high
from landing.status_count as cells
inner join {{ ref('int_series') }} as series
    on
        cells.category = series.category
        and cells.immigrant_category = series.immigrant_category
        and cells.age_group = series.age_group
