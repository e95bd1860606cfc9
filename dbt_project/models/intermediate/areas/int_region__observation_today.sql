-- Every series on the geography of today: one row per series, area of today and period.
-- Upstream's own figure for the very area wins (`published`), that of its joined series before that of a code of the year,
-- and that before one printed under a code not in force (`published_under_other_code`); else the sum of the parts
-- (`summed`); else no figure, with the reason (`unavailable`). The country is the sum of the counties where upstream shows
-- every county of the year and the municipalities have no exact sum.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed() }}"
    )
}}

with summed as (

    select * from {{ ref('int_region__observation_summed') }}
    where true {{ only_changed() }}

),

-- a county or country cell that upstream leaves missing does not stand in the way of the sum
published as (

    select * from {{ ref('int_region__observation_published') }}
    where (region_level = 'municipality' or value_status not in ('missing', 'contradicted_zero', 'not_applicable')) {{ only_changed() }}

),

-- areas of today that a split of some municipality since then leaves without an exact past
split_areas as (

    select distinct
        region_code,
        year
    from {{ ref('int_region__part') }}
    where region_level = 'municipality' and not is_exact

),

choice as (

    select * from {{ ref('int_region__joined_choice') }}

),

chosen_published as (

    select
        published.*,
        -- a zero that its own parts contradict, and what upstream's joining makes of an area that came of a split, is no sure zero
        published.value_status = 'contradicted_zero'
        or (split_areas.region_code is not null and coalesce(published.value, 1) = 0) as is_unsure_zero
    from published
    left join split_areas
        on
            published.region_code = split_areas.region_code
            and published.year = split_areas.year
            and published.region_level = 'municipality'
            and published.is_joined
    left join choice
        on
            published.series_id = choice.series_id
            and published.region_code = choice.region_code
            and published.region_level = choice.region_level
            and published.period_start = choice.period_start
    where choice.series_id is null or (not choice.is_sum and published.is_joined = choice.is_joined)

),

published_upper as (

    select
        series_id,
        region_code,
        region_level,
        period_start
    from published
    where region_level <> 'municipality'
    union all
    select
        series_id,
        region_code,
        'municipality' as region_level,
        period_start
    from {{ ref('int_observation__out_of_force') }}
    where true {{ only_changed() }}

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
    left join choice
        on
            summed.series_id = choice.series_id
            and summed.region_code = choice.region_code
            and summed.region_level = choice.region_level
            and summed.period_start = choice.period_start
    where
        published_upper.series_id is null
        and (choice.series_id is null or (choice.is_sum and summed.is_joined = choice.is_joined))

),

country_of_counties as (

    select counted.*
    from {{ ref('int_region__country_of_counties') }} as counted
    left join published_upper
        on
            counted.series_id = published_upper.series_id
            and counted.period_start = published_upper.period_start
            and published_upper.region_level = 'country'
    left join summed
        on
            counted.series_id = summed.series_id
            and counted.period_start = summed.period_start
            and summed.region_level = 'country'
            and summed.value_status = 'ok'
    where published_upper.series_id is null and summed.series_id is null {{ only_changed('counted.dataset_id') }}

),

-- a county of today that upstream's counties of that year do not give, and that no sum can stand in for
counties as (

    select code from {{ ref('stg_klass__counties') }}
    where valid_to is null

),

upper_cells as (

    select distinct
        series_id,
        dataset_id,
        release_id,
        period_start,
        year
    from {{ ref('int_observation__bounded') }}
    where region_level = 'county' {{ only_changed() }}

),

asked as (

    select
        upper_cells.*,
        counties.code as region_code
    from upper_cells
    cross join counties

),

known_county as (

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
    case when not is_unsure_zero then value end as value,
    case when {{ has_bounds('value_status') }} or is_unsure_zero then value_low end as value_low,
    case when {{ has_bounds('value_status') }} and not is_unsure_zero then value_high end as value_high,
    case when is_unsure_zero then 'incomplete' else value_status end as value_status,
    geography_basis,
    cast(case when is_unsure_zero then 'zero_contradicted' end as {{ dbt.type_string() }}) as reason,
    case when value_status = 'suppressed' then 1 else 0 end as hidden_count
from chosen_published

union all

select
    not_published.series_id,
    not_published.dataset_id,
    not_published.release_id,
    not_published.region_code,
    not_published.region_level,
    not_published.period_start,
    not_published.year,
    not_published.value,
    not_published.value_low,
    not_published.value_high,
    not_published.value_status,
    case when not_published.value_status = 'unavailable' then 'unavailable' else 'summed' end as geography_basis,
    not_published.reason,
    not_published.hidden_count
from not_published
left join country_of_counties
    on
        not_published.series_id = country_of_counties.series_id
        and not_published.period_start = country_of_counties.period_start
        and not_published.region_level = 'country'
where country_of_counties.series_id is null

union all

select
    series_id,
    dataset_id,
    release_id,
    '00' as region_code,
    'country' as region_level,
    period_start,
    year,
    value,
    value as value_low,
    value as value_high,
    'ok' as value_status,
    'summed' as geography_basis,
    cast(null as {{ dbt.type_string() }}) as reason,
    0 as hidden_count
from country_of_counties

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
