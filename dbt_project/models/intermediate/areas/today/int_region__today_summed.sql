-- Sums of municipalities that stand in where upstream has no figure of its own, or where the sum is the chosen one of two series
-- (int_region__joined_choice). For the country the sum of the counties goes before (int_region__today_of_counties).
{{ config(materialized='ephemeral') }}

with summed as (

    select * from {{ ref('int_region__observation_summed') }}
    where true {{ only_changed() }}

)

select
    summed.series_id,
    summed.dataset_id,
    summed.release_id,
    summed.region_code,
    summed.region_level,
    summed.period_start,
    summed.year,
    summed.value,
    summed.value_low,
    summed.value_high,
    summed.value_status,
    case when summed.value_status = 'unavailable' then 'unavailable' else 'summed' end as geography_basis,
    summed.reason,
    summed.hidden_count
from summed
left join {{ ref('int_region__own_figure') }} as own_figures
    on
        summed.series_id = own_figures.series_id
        and summed.region_code = own_figures.region_code
        and summed.region_level = own_figures.region_level
        and summed.period_start = own_figures.period_start
left join {{ ref('int_region__joined_choice') }} as choice
    on
        summed.series_id = choice.series_id
        and summed.region_code = choice.region_code
        and summed.region_level = choice.region_level
        and summed.period_start = choice.period_start
left join {{ ref('int_region__today_of_counties') }} as of_counties
    on
        summed.series_id = of_counties.series_id
        and summed.region_level = of_counties.region_level
        and summed.period_start = of_counties.period_start
where
    own_figures.series_id is null
    and of_counties.series_id is null
    and (choice.series_id is null or (choice.is_sum and summed.is_joined = choice.is_joined))
