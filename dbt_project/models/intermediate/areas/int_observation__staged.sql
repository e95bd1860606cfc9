-- The cells in use, with the number their series has across releases.
{{ config(materialized='view') }}

select
    series_number.series_id,
    observations.dataset_id,
    observations.release_id,
    observations.region_level,
    observations.region_code,
    observations.geography,
    observations.period_start,
    {{ year_of('observations.period_start') }} as year,
    observations.value,
    observations.value_status
from {{ ref('stg_landing__observations') }} as observations
inner join {{ ref('int_series__number') }} as series_number
    on
        observations.dataset_id = series_number.dataset_id
        and observations.release_id = series_number.release_id
        and observations.series_number = series_number.series_number
