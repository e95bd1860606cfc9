-- What is hidden, missing, held or contradictory, counted by dataset and year.
with cells as (

    select
        dataset_id,
        year,
        region_level,
        value_status
    from {{ ref('int_observation__bounded') }}

),

by_status as (

    select
        dataset_id,
        year,
        'cells_' || value_status as finding,
        region_level as detail,
        count(*) as finding_count,
        cast(null as double) as largest
    from cells
    group by dataset_id, year, value_status, region_level

),

outside_validity as (

    select
        bounded.dataset_id,
        bounded.year,
        'figures_under_code_of_no_place' as finding,
        min(bounded.region_code) || '-' || max(bounded.region_code) as detail,
        count(*) as finding_count,
        max(bounded.value) as largest
    from {{ ref('int_observation__bounded') }} as bounded
    inner join {{ source('landing', 'dataset') }} as datasets
        on bounded.dataset_id = datasets.dataset_id and datasets.geography = 'own_year'
    left join {{ ref('int_region__code_year') }} as code_year
        on bounded.region_code = code_year.published_code and bounded.year = code_year.year
    where
        bounded.region_level = 'municipality'
        and code_year.published_code is null
        and bounded.value_status = 'ok'
        and bounded.value <> 0
    group by bounded.dataset_id, bounded.year

),

-- upstream's own county and country figures against the sum of their parts: reported, never corrected
against_parts as (

    select
        today.dataset_id,
        today.year,
        'published_outside_sum_of_parts' as finding,
        today.region_level as detail,
        count(*) as finding_count,
        max(greatest(today.value - summed.value_high, summed.value_low - today.value)) as largest
    from {{ ref('int_region__observation_today') }} as today
    inner join {{ ref('int_region__observation_summed') }} as summed
        on
            today.series_id = summed.series_id
            and today.region_code = summed.region_code
            and today.region_level = summed.region_level
            and today.period_start = summed.period_start
    where
        today.geography_basis = 'published'
        and today.region_level in ('county', 'country')
        and today.value is not null
        and (today.value > summed.value_high or today.value < summed.value_low)
    group by today.dataset_id, today.year, today.region_level

),

held as (

    select
        dataset_id,
        last_year as year,
        'release_' || state as finding,
        release_id || ': ' || reasons as detail,
        1 as finding_count,
        cast(null as double) as largest
    from {{ source('landing', 'release') }}
    where state in ('held', 'rejected')

),

findings as (

    select * from by_status
    union all
    select * from outside_validity
    union all
    select * from against_parts
    union all
    select * from held

)

select
    cast(dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(year as integer) as year,
    cast(finding as {{ dbt.type_string() }}) as finding,
    cast(detail as {{ dbt.type_string() }}) as detail,
    cast(finding_count as bigint) as finding_count,
    largest
from findings
