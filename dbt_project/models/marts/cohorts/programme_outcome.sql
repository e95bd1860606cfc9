-- The share is computed from the counts; only where a source gives no counts it is the printed one, and `share_basis` says which.
with outcomes as (

    select * from {{ ref('int_cohorts__programme_outcomes') }}

),

totals as (

    select * from outcomes
    where status = 'all'

)

select
    cast(outcomes.dataset_id as {{ dbt.type_string() }}) as outcome_source,
    cast(outcomes.region_code as {{ dbt.type_string() }}) as region_code,
    cast(outcomes.region_level as {{ dbt.type_string() }}) as region_level,
    outcomes.year,
    outcomes.programme_end_year,
    outcomes.years_since_programme,
    {{ texts(['sex', 'age_group', 'status'], 'outcomes') }},
    cast(outcomes.persons as bigint) as persons,
    cast(outcomes.persons_low as bigint) as persons_low,
    cast(outcomes.persons_high as bigint) as persons_high,
    cast(
        coalesce(100e0 * outcomes.persons / nullif(totals.persons, 0), outcomes.published_share_pct) as double
    ) as share_pct,
    case
        when outcomes.persons is not null and totals.persons > 0 then 'recomputed'
        when outcomes.published_share_pct is not null then 'published'
    end as share_basis,
    {{ texts(['value_status', 'geography_basis', 'release_id'], 'outcomes') }},
    datasets.is_demo
from outcomes
inner join {{ ref('dim_dataset') }} as datasets
    on outcomes.dataset_id = datasets.dataset_id
left join totals
    on
        outcomes.dataset_id = totals.dataset_id
        and outcomes.region_code = totals.region_code
        and outcomes.year = totals.year
        and outcomes.programme_end_year = totals.programme_end_year
        and outcomes.sex = totals.sex
        and outcomes.age_group = totals.age_group
