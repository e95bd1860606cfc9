-- Municipality cells with the year whose codes they stand under: their own, or (where upstream has joined its series) today's.
{{ config(materialized='view') }}

with datasets as (

    select
        dataset_id,
        geography
    from {{ source('landing', 'dataset') }}

)

select
    bounded.series_id,
    bounded.dataset_id,
    bounded.release_id,
    bounded.region_code as published_code,
    bounded.period_start,
    bounded.year,
    case when datasets.geography = 'today' then {{ last_year() }} else bounded.year end as geography_year,
    bounded.value,
    bounded.value_low,
    bounded.value_high,
    bounded.value_status
from {{ ref('int_observation__bounded') }} as bounded
inner join datasets
    on bounded.dataset_id = datasets.dataset_id
where bounded.region_level = 'municipality'
