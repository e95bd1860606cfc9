-- Counties of today without a figure of a year that upstream gives counties for: none of that year is the county of today, and no
-- municipalities add up to it.
{{ config(materialized='ephemeral') }}

with counties as (

    select code from {{ ref('stg_klass__counties') }}
    where valid_to is null

),

given as (

    select distinct
        series_id,
        dataset_id,
        release_id,
        period_start,
        year
    from {{ ref('int_observation__bounded') }}
    where region_level = 'county' {{ only_changed() }}

),

known as (

    select
        series_id,
        region_code,
        period_start
    from {{ ref('int_region__observation_published') }}
    where region_level = 'county' {{ only_changed() }}
    union
    select
        series_id,
        region_code,
        period_start
    from {{ ref('int_region__observation_summed') }}
    where region_level = 'county' {{ only_changed() }}

)

select
    given.series_id,
    given.dataset_id,
    given.release_id,
    counties.code as region_code,
    'county' as region_level,
    given.period_start,
    given.year,
    cast(null as double) as value,
    cast(null as double) as value_low,
    cast(null as double) as value_high,
    'unavailable' as value_status,
    'unavailable' as geography_basis,
    'not_an_area_then' as reason,
    0 as hidden_count
from given
cross join counties
left join known
    on
        given.series_id = known.series_id
        and counties.code = known.region_code
        and given.period_start = known.period_start
where known.series_id is null
