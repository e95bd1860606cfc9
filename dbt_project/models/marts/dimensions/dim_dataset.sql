-- Upstream datasets as their specs describe them, with the releases in use.
with in_use as (

    select
        current_release.dataset_id,
        max(release.retrieved_at) as last_retrieved_at,
        max(release.upstream_updated_at) as last_updated_at,
        max(case when release.is_demo then 1 else 0 end) = 1 as is_demo
    from {{ source('landing', 'current_release') }} as current_release
    inner join {{ source('landing', 'release') }} as release
        on current_release.dataset_id = release.dataset_id and current_release.release_id = release.release_id
    group by current_release.dataset_id

),

orders as (

    select
        dataset_id,
        {{ the_same('serves_before') }} as serves_before
    from {{ source('landing', 'dataset_order') }}
    group by dataset_id

)

select
    {{ texts([
        'dataset_id', 'source', 'upstream_id', 'title_nb', 'description_nb', 'statistic_group',
        'declared_cadence', 'cadence_note', 'licence', 'attribution_nb', 'link'
    ], 'datasets') }},
    datasets.is_verified,
    in_use.dataset_id is not null as has_release,
    in_use.last_retrieved_at,
    in_use.last_updated_at,
    cast(orders.serves_before as {{ dbt.type_string() }}) as serves_before,
    coalesce(in_use.is_demo, false) as is_demo
from {{ source('landing', 'dataset') }} as datasets
left join in_use
    on datasets.dataset_id = in_use.dataset_id
left join orders
    on datasets.dataset_id = orders.dataset_id
