-- The municipality codes that made up each area of today in each year.
select
    cast(region_code as {{ dbt.type_string() }}) as region_code,
    cast(region_level as {{ dbt.type_string() }}) as region_level,
    year,
    cast(part_code as {{ dbt.type_string() }}) as part_code,
    is_exact,
    part_count
from {{ ref('int_region__part') }}
