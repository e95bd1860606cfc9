-- Areas of today: municipalities, counties and the country.
with municipalities as (

    select
        code,
        name
    from {{ ref('stg_klass__municipalities') }}
    where valid_to is null

),

counties as (

    select
        code,
        name
    from {{ ref('stg_klass__counties') }}
    where valid_to is null

),

all_regions as (

    select
        code as region_code,
        name as region_name,
        'municipality' as region_level,
        substr(code, 1, 2) as county_code
    from municipalities

    union all

    select
        counties.code as region_code,
        counties.name as region_name,
        'county' as region_level,
        counties.code as county_code
    from counties

    union all

    select
        '00' as region_code,
        'Hele landet' as region_name,
        'country' as region_level,
        cast(null as {{ dbt.type_string() }}) as county_code

)

select
    {{ texts(['region_code', 'region_name', 'region_level', 'county_code'], 'all_regions') }},
    cast(kostra_groups.group_code as {{ dbt.type_string() }}) as kostra_group_code
from all_regions
left join {{ ref('int_region__kostra_group') }} as kostra_groups
    on all_regions.region_code = kostra_groups.region_code
