-- Two sources of what was received stand beside each other. A code of its year is shown as the code of today where that is one place.
with unified as (

    select
        municipality_code,
        year,
        'all_grants_from_imdi' as grant_type,
        'presentation' as grant_source,
        grants_nok as amount_nok,
        {{ landed_in() }}
    from {{ source('published', 'published_grants_received') }}

    union all

    select
        municipality_code,
        year,
        grant_type,
        'municipality' as grant_source,
        amount_nok,
        {{ landed_in() }}
    from {{ source('municipal', 'municipal_grants_received') }}

)

select
    coalesce(region.region_code, unified.municipality_code) as region_code,
    unified.year,
    unified.grant_type,
    unified.grant_source,
    unified.amount_nok,
    {{ landed_in('unified') }}
from unified
left join {{ ref('int_grants__municipal_code') }} as region
    on unified.municipality_code = region.municipality_code and unified.year = region.year
