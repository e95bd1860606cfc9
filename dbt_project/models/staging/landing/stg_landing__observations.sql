-- The observations of every publisher that are in use: typed, nothing summed, one row per upstream cell. The landing view holds no
-- more of a release than the slices it serves (a region level, or a level in one month).
select
    dataset_id,
    release_id,
    source_row,
    source_column,
    series_number,
    cast(region_code as varchar) as region_code,
    cast(region_level as varchar) as region_level,
    cast(geography as varchar) as geography,
    period_start,
    value,
    cast(value_status as varchar) as value_status
from {{ source('landing', 'observation') }}
