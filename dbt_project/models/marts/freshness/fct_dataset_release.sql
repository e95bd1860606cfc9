-- Every release of every dataset that was ever landed: when, from what, and whether it is in use.
with in_use as (

    select distinct
        dataset_id,
        release_id
    from {{ source('landing', 'current_release') }}

)

select
    cast(releases.dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(releases.release_id as {{ dbt.type_string() }}) as release_id,
    releases.retrieved_at,
    cast(releases.date_basis as {{ dbt.type_string() }}) as date_basis,
    releases.upstream_updated_at,
    cast(releases.file_name as {{ dbt.type_string() }}) as file_name,
    cast(releases.sha256 as {{ dbt.type_string() }}) as sha256,
    releases.byte_count,
    releases.row_count,
    releases.first_year,
    releases.last_year,
    releases.year_count,
    {{ texts(['publication_status', 'state', 'reasons'], 'releases') }},
    in_use.release_id is not null as is_in_use,
    releases.is_demo
from {{ source('landing', 'release') }} as releases
left join in_use
    on releases.dataset_id = in_use.dataset_id and releases.release_id = in_use.release_id
