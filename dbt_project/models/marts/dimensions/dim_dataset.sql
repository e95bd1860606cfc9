-- Upstream datasets as their specs describe them, with the releases in use.
with datasets as (

    select * from {{ source('landing', 'dataset') }}

),

in_use as (

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
    cast(datasets.dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(datasets.source as {{ dbt.type_string() }}) as source,
    cast(datasets.upstream_id as {{ dbt.type_string() }}) as upstream_id,
    cast(datasets.title_nb as {{ dbt.type_string() }}) as title_nb,
    cast(datasets.description_nb as {{ dbt.type_string() }}) as description_nb,
    cast(datasets.statistic_group as {{ dbt.type_string() }}) as statistic_group,
    cast(datasets.declared_cadence as {{ dbt.type_string() }}) as declared_cadence,
    cast(datasets.cadence_note as {{ dbt.type_string() }}) as cadence_note,
    cast(datasets.licence as {{ dbt.type_string() }}) as licence,
    cast(datasets.attribution_nb as {{ dbt.type_string() }}) as attribution_nb,
    cast(datasets.link as {{ dbt.type_string() }}) as link,
    datasets.is_verified,
    in_use.dataset_id is not null as has_release,
    in_use.last_retrieved_at,
    in_use.last_updated_at,
    cast(orders.serves_before as {{ dbt.type_string() }}) as serves_before,
    coalesce(in_use.is_demo, false) as is_demo
from datasets
left join in_use
    on datasets.dataset_id = in_use.dataset_id
left join orders
    on datasets.dataset_id = orders.dataset_id
