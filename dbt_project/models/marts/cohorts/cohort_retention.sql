with figures as (

    select
        figures.*,
        series.length_of_residence,
        series.category as move_status
    from {{ ref('int_region__observation_today') }} as figures
    inner join {{ ref('int_series') }} as series
        on figures.series_id = series.series_id
    where series.dataset_id = 'imdi_flyktning_botid_flytting' and series.unit = 'persons'

),

datasets as (

    select * from {{ ref('dim_dataset') }}

),

-- the publisher's long files write a hidden cell as 0, so a 0 for a municipality may be up to 4 persons
bounded as (

    select
        region_code,
        region_level,
        year,
        length_of_residence,
        move_status,
        case when region_level = 'municipality' and value = 0 then null else value end as persons,
        value_low as persons_low,
        case when region_level = 'municipality' and value = 0 then 4 else value_high end as persons_high,
        case when region_level = 'municipality' and value = 0 then 'suppressed' else value_status end as value_status,
        geography_basis,
        dataset_id,
        release_id
    from figures

),

totals as (

    select * from bounded
    where move_status = 'all'

)

select
    cast(bounded.region_code as {{ dbt.type_string() }}) as region_code,
    cast(bounded.region_level as {{ dbt.type_string() }}) as region_level,
    bounded.year,
    cast(bounded.length_of_residence as {{ dbt.type_string() }}) as length_of_residence,
    cast(bounded.move_status as {{ dbt.type_string() }}) as move_status,
    cast(bounded.persons as bigint) as persons,
    cast(bounded.persons_low as bigint) as persons_low,
    cast(bounded.persons_high as bigint) as persons_high,
    cast(100e0 * bounded.persons / nullif(totals.persons, 0) as double) as share_pct,
    cast(bounded.value_status as {{ dbt.type_string() }}) as value_status,
    cast(bounded.geography_basis as {{ dbt.type_string() }}) as geography_basis,
    cast(bounded.dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(bounded.release_id as {{ dbt.type_string() }}) as release_id,
    datasets.is_demo
from bounded
inner join datasets
    on bounded.dataset_id = datasets.dataset_id
left join totals
    on
        bounded.region_code = totals.region_code
        and bounded.year = totals.year
        and bounded.length_of_residence = totals.length_of_residence
