-- Every series on the geography of today: one row per series, area of today and period.
-- Upstream's own figure for the very area wins (`published`); else the sum of the parts (`summed`); else no figure, with
-- the reason (`unavailable`).
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed() }}"
    )
}}

with sole_parts as (

    select * from {{ ref('int_region__part') }}
    where region_level = 'municipality' and is_sole

),

summed as (

    select * from {{ ref('int_region__observation_summed') }}
    where true {{ only_changed() }}

),

upper_cells as (

    select * from {{ ref('int_observation__bounded') }}
    where region_level in ('county', 'country', 'kostra_group') {{ only_changed() }}

),

county_year as (

    select * from {{ ref('int_region__county_year') }}

),

published_municipality as (

    select
        placed.series_id,
        placed.dataset_id,
        placed.release_id,
        sole_parts.region_code,
        'municipality' as region_level,
        placed.period_start,
        placed.year,
        placed.value,
        placed.value_low,
        placed.value_high,
        placed.value_status
    from {{ ref('int_observation__placed') }} as placed
    inner join sole_parts
        on placed.part_code = sole_parts.part_code and placed.geography_year = sole_parts.year
    where true {{ only_changed('placed.dataset_id') }}

),

published_county as (

    select
        upper_cells.series_id,
        upper_cells.dataset_id,
        upper_cells.release_id,
        county_year.region_code,
        'county' as region_level,
        upper_cells.period_start,
        upper_cells.year,
        upper_cells.value,
        upper_cells.value_low,
        upper_cells.value_high,
        upper_cells.value_status
    from upper_cells
    inner join county_year
        on upper_cells.region_code = county_year.published_code and upper_cells.year = county_year.year
    where upper_cells.region_level = 'county'

),

published_country as (

    select
        series_id,
        dataset_id,
        release_id,
        region_code,
        'country' as region_level,
        period_start,
        year,
        value,
        value_low,
        value_high,
        value_status
    from upper_cells
    where region_level = 'country'

),

-- upstream's figure of a KOSTRA group is that of its members of the time
published_kostra_group as (

    select
        series_id,
        dataset_id,
        release_id,
        region_code,
        region_level,
        period_start,
        year,
        value,
        value_low,
        value_high,
        value_status
    from upper_cells
    where region_level = 'kostra_group'

),

published_upper as (

    select * from published_county
    union all
    select * from published_country
    union all
    select * from published_kostra_group

),

-- a county or country cell that upstream leaves missing does not stand in the way of the sum
published as (

    select * from published_municipality
    union all
    select * from published_upper
    where value_status not in ('missing', 'not_applicable')

),

-- an area of one municipality (Oslo is a county too) has that municipality's figure, also where nothing can be summed
sole_areas as (

    select
        placed.series_id,
        placed.dataset_id,
        placed.release_id,
        parts.region_code,
        parts.region_level,
        placed.period_start,
        placed.year,
        placed.value,
        placed.value_low,
        placed.value_high,
        placed.value_status
    from {{ ref('int_observation__placed') }} as placed
    inner join {{ ref('int_region__part') }} as parts
        on placed.part_code = parts.part_code and placed.year = parts.year
    left join published_upper
        on
            placed.series_id = published_upper.series_id
            and parts.region_code = published_upper.region_code
            and parts.region_level = published_upper.region_level
            and placed.period_start = published_upper.period_start
            and published_upper.value_status not in ('missing', 'not_applicable')
    where parts.region_level in ('county', 'kostra_group') and parts.is_sole and published_upper.series_id is null {{ only_changed('placed.dataset_id') }}

),

all_published as (

    select * from published
    union all
    select * from sole_areas

),

not_published as (

    select summed.*
    from summed
    left join published_upper
        on
            summed.series_id = published_upper.series_id
            and summed.region_code = published_upper.region_code
            and summed.region_level = published_upper.region_level
            and summed.period_start = published_upper.period_start
            and published_upper.value_status not in ('missing', 'not_applicable')
    where published_upper.series_id is null

),

-- a county of today that upstream's counties of that year do not give, and that no sum can stand in for
counties as (

    select code from {{ ref('stg_klass__counties') }}
    where valid_to is null

),

asked as (

    select distinct
        upper_cells.series_id,
        upper_cells.dataset_id,
        upper_cells.release_id,
        upper_cells.period_start,
        upper_cells.year,
        counties.code as region_code
    from upper_cells
    cross join counties
    where upper_cells.region_level = 'county'

),

known_county as (

    select
        series_id,
        region_code,
        period_start
    from published_county
    union
    select
        series_id,
        region_code,
        period_start
    from sole_areas
    where region_level = 'county'
    union
    select
        series_id,
        region_code,
        period_start
    from summed
    where region_level = 'county'

),

not_an_area_then as (

    select asked.*
    from asked
    left join known_county
        on
            asked.series_id = known_county.series_id
            and asked.region_code = known_county.region_code
            and asked.period_start = known_county.period_start
    where known_county.series_id is null

)

select
    series_id,
    dataset_id,
    release_id,
    region_code,
    region_level,
    period_start,
    year,
    value,
    case when {{ has_bounds('value_status') }} then value_low end as value_low,
    case when {{ has_bounds('value_status') }} then value_high end as value_high,
    value_status,
    'published' as geography_basis,
    cast(null as {{ dbt.type_string() }}) as reason,
    case when value_status = 'suppressed' then 1 else 0 end as hidden_count
from all_published

union all

select
    series_id,
    dataset_id,
    release_id,
    region_code,
    region_level,
    period_start,
    year,
    value,
    value_low,
    value_high,
    value_status,
    case when value_status = 'unavailable' then 'unavailable' else 'summed' end as geography_basis,
    reason,
    hidden_count
from not_published

union all

select
    series_id,
    dataset_id,
    release_id,
    region_code,
    'county' as region_level,
    period_start,
    year,
    cast(null as double) as value,
    cast(null as double) as value_low,
    cast(null as double) as value_high,
    'unavailable' as value_status,
    'unavailable' as geography_basis,
    'not_an_area_then' as reason,
    0 as hidden_count
from not_an_area_then
