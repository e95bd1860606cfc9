-- Municipality cells with the year whose codes they stand under: their own, or (where upstream has joined its series) the
-- year it joined them on.
{{ config(materialized='view') }}

select
    bounded.series_id,
    bounded.dataset_id,
    bounded.release_id,
    bounded.region_code as published_code,
    bounded.period_start,
    bounded.year,
    bounded.geography = 'today' as is_joined,
    case when bounded.geography = 'today' then joined.joined_year else bounded.year end as geography_year,
    bounded.value,
    bounded.value_low,
    bounded.value_high,
    bounded.value_status
from {{ ref('int_observation__bounded') }} as bounded
left join {{ ref('int_observation__joined_year') }} as joined
    on bounded.dataset_id = joined.dataset_id and bounded.release_id = joined.release_id
where bounded.region_level = 'municipality'
