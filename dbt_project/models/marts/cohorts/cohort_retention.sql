-- Each way of having moved as a share of all in the same cohort. Counts keep their bounds; a hidden count gives no share.
with figures as (

    select
        figures.*,
        series.length_of_residence,
        series.category as move_status
    from {{ ref('int_region__observation_today') }} as figures
    inner join {{ ref('int_series') }} as series
        on figures.series_id = series.series_id
    where
        series.dataset_id = 'imdi_flyktning_botid_flytting'
        and series.unit = 'persons'
        and figures.region_level in ('municipality', 'county', 'country')

),

totals as (

    select * from figures
    where move_status = 'all'

)

select
    cast(figures.region_code as {{ dbt.type_string() }}) as region_code,
    cast(figures.region_level as {{ dbt.type_string() }}) as region_level,
    figures.year,
    cast(figures.length_of_residence as {{ dbt.type_string() }}) as length_of_residence,
    cast(figures.move_status as {{ dbt.type_string() }}) as move_status,
    cast(figures.value as bigint) as persons,
    cast(figures.value_low as bigint) as persons_low,
    cast(figures.value_high as bigint) as persons_high,
    cast(100e0 * figures.value / nullif(totals.value, 0) as double) as share_pct,
    {{ texts(['value_status', 'geography_basis', 'dataset_id', 'release_id'], 'figures') }},
    datasets.is_demo
from figures
inner join {{ ref('dim_dataset') }} as datasets
    on figures.dataset_id = datasets.dataset_id
left join totals
    on
        figures.region_code = totals.region_code
        and figures.year = totals.year
        and figures.length_of_residence = totals.length_of_residence
