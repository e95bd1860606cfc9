-- Upstream's own figures for areas of today: of a municipality's cell, of a county, of the country or a KOSTRA group. One row
-- per series, area, period and geography: upstream may give a joined series beside the codes of the year. Not here: municipality
-- cells that nothing else may stand for (int_observation__regular).
{{ config(materialized='view') }}

with upper_cells as (

    select
        cells.*,
        cells.geography = 'today' as is_joined,
        case when cells.geography = 'today' then joined.joined_year else cells.year end as geography_year
    from {{ ref('int_observation__bounded') }} as cells
    left join {{ ref('int_observation__joined_year') }} as joined
        on cells.dataset_id = joined.dataset_id and cells.release_id = joined.release_id
    where cells.region_level in ('county', 'country', 'kostra_group')

),

published_municipality as (

    select
        series_id,
        dataset_id,
        release_id,
        area_code as region_code,
        'municipality' as region_level,
        period_start,
        year,
        is_joined,
        case when is_out_of_force then 'published_under_other_code' else 'published' end as geography_basis,
        value,
        value_low,
        value_high,
        value_status
    from {{ ref('int_observation__apart') }}
    where area_code is not null

),

-- upstream's counties are those of the year (or of its joined series), its country has no borders that move, and its figure of
-- a KOSTRA group is that of the members of the time
published_county as (

    select
        upper_cells.series_id,
        upper_cells.dataset_id,
        upper_cells.release_id,
        county_year.region_code,
        'county' as region_level,
        upper_cells.period_start,
        upper_cells.year,
        upper_cells.is_joined,
        'published' as geography_basis,
        upper_cells.value,
        upper_cells.value_low,
        upper_cells.value_high,
        upper_cells.value_status
    from upper_cells
    inner join {{ ref('int_region__county_year') }} as county_year
        on upper_cells.region_code = county_year.published_code and upper_cells.geography_year = county_year.year
    where upper_cells.region_level = 'county'

),

published_upper as (

    select * from published_county
    union all
    select
        series_id,
        dataset_id,
        release_id,
        region_code,
        region_level,
        period_start,
        year,
        is_joined,
        'published' as geography_basis,
        value,
        value_low,
        value_high,
        value_status
    from upper_cells
    where region_level in ('country', 'kostra_group')

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
        placed.is_joined,
        'published' as geography_basis,
        placed.value,
        placed.value_low,
        placed.value_high,
        placed.value_status
    from {{ ref('int_observation__placed') }} as placed
    inner join {{ ref('int_region__part') }} as parts
        on placed.part_code = parts.part_code and placed.geography_year = parts.year
    left join published_upper
        on
            placed.series_id = published_upper.series_id
            and parts.region_code = published_upper.region_code
            and parts.region_level = published_upper.region_level
            and placed.period_start = published_upper.period_start
            and not {{ leaves_a_gap('published_upper.value_status') }}
    where parts.region_level in ('county', 'kostra_group') and parts.is_sole and published_upper.series_id is null

)

select * from published_municipality
union all
select * from published_upper
union all
select * from sole_areas
