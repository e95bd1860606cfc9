-- The codes under which a dataset lists municipalities in a year, with the code that was in force for the same place, and
-- `area_code`: the area of today that the place is the whole of.
-- `is_regular`: nothing else may stand for the place: no second code, no figure under one not in force, no joined series beside the
-- codes of the year, no zero that joining may have made. Nearly all are so, and their cells are read where they lie
-- (int_observation__regular); those of the others are placed one by one (int_observation__apart).
with listed as (

    select distinct
        dataset_id,
        published_code,
        year,
        geography_year,
        is_joined
    from {{ ref('int_observation__municipality') }}

),

placed as (

    select
        listed.*,
        code_year.part_code,
        code_year.is_own_year,
        code_year.is_special,
        min(listed.published_code) over place as first_code,
        max(listed.published_code) over place as last_code
    from listed
    inner join {{ ref('int_region__code_year') }} as code_year
        on listed.published_code = code_year.published_code and listed.geography_year = code_year.year
    window place as (partition by listed.dataset_id, code_year.part_code, listed.geography_year, listed.is_joined)

),

claimed as (

    select distinct
        out_of_force.dataset_id,
        parts.part_code,
        out_of_force.year
    from {{ ref('int_observation__out_of_force') }} as out_of_force
    inner join {{ ref('int_region__code_out_of_force') }} as parts
        on out_of_force.published_code = parts.published_code and out_of_force.year = parts.year
    where parts.is_exact

),

sole_parts as (

    select * from {{ ref('int_region__part') }}
    where region_level = 'municipality' and is_sole

)

select
    placed.dataset_id,
    placed.published_code,
    placed.year,
    placed.geography_year,
    placed.is_joined,
    placed.part_code,
    placed.is_own_year,
    placed.is_special,
    sole_parts.region_code as area_code,
    not placed.is_special
    and placed.first_code = placed.last_code
    and claimed.dataset_id is null
    and split_areas.region_code is null
    and joined_beside.dataset_id is null as is_regular
from placed
left join sole_parts
    on placed.part_code = sole_parts.part_code and placed.geography_year = sole_parts.year
left join claimed
    on
        placed.dataset_id = claimed.dataset_id
        and placed.part_code = claimed.part_code
        and placed.geography_year = claimed.year
        and not placed.is_joined
left join {{ ref('int_region__split_area') }} as split_areas
    on sole_parts.region_code = split_areas.region_code and placed.year = split_areas.year and placed.is_joined
left join {{ ref('int_region__joined_beside') }} as joined_beside
    on placed.dataset_id = joined_beside.dataset_id
