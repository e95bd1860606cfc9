-- The country as the sum of its counties: where upstream has no figure of its own for it, and its municipalities no exact sum.
{{ config(materialized='ephemeral') }}

with exact_sums as (

    select
        series_id,
        period_start
    from {{ ref('int_region__observation_summed') }}
    where region_level = 'country' and value_status = 'ok' {{ only_changed() }}

),

own_figures as (

    select * from {{ ref('int_region__own_figure') }}
    where region_level = 'country'

)

select
    counted.series_id,
    counted.dataset_id,
    counted.release_id,
    '00' as region_code,
    'country' as region_level,
    counted.period_start,
    counted.year,
    counted.value,
    counted.value as value_low,
    counted.value as value_high,
    'ok' as value_status,
    'summed' as geography_basis,
    cast(null as {{ dbt.type_string() }}) as reason,
    0 as hidden_count
from {{ ref('int_region__country_of_counties') }} as counted
left join own_figures
    on counted.series_id = own_figures.series_id and counted.period_start = own_figures.period_start
left join exact_sums
    on counted.series_id = exact_sums.series_id and counted.period_start = exact_sums.period_start
where own_figures.series_id is null and exact_sums.series_id is null {{ only_changed('counted.dataset_id') }}
