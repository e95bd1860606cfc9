-- What an area of today was made of in each year: one row per year, area and part.
-- The parts of a county or the country are municipality codes of that year too, so that nothing is summed twice. A split
-- part whose pieces all lie inside the area is exact for the area. `is_sole`: the part is the whole area.
with current_codes as (

    select * from {{ ref('int_region__code_current') }}

),

years as (

    {{ history_years('valid_from', 'current_codes') }}

),

in_force as (

    select
        years.year,
        current_codes.code as part_code,
        current_codes.current_code,
        current_codes.is_exact
    from current_codes
    inner join years
        on
            current_codes.valid_from <= {{ first_day('years.year') }}
            and (current_codes.valid_to is null or current_codes.valid_to > {{ first_day('years.year') }})

),

municipality as (

    select
        year,
        part_code,
        current_code as region_code,
        'municipality' as region_level,
        is_exact
    from in_force

),

county as (

    select
        in_force.year,
        in_force.part_code,
        substr(in_force.current_code, 1, 2) as region_code,
        'county' as region_level,
        -- exact when every piece of the part lies in this county
        max(case when in_force.is_exact then 1 else 0 end) = 1
        or count(distinct in_force.current_code) = max(pieces.piece_count) as is_exact
    from in_force
    inner join (
        select
            year,
            part_code,
            count(distinct current_code) as piece_count
        from in_force
        group by year, part_code
    ) as pieces
        on in_force.year = pieces.year and in_force.part_code = pieces.part_code
    group by in_force.year, in_force.part_code, substr(in_force.current_code, 1, 2)

),

country as (

    select distinct
        year,
        part_code,
        '00' as region_code,
        'country' as region_level,
        true as is_exact
    from in_force

),

kostra_groups as (

    select * from {{ ref('int_region__kostra_group') }}

),

-- as a county: the municipality codes of the year that lie in a group's municipalities of today
kostra_group as (

    select
        in_force.year,
        in_force.part_code,
        kostra_groups.group_code as region_code,
        'kostra_group' as region_level,
        max(case when in_force.is_exact then 1 else 0 end) = 1
        or count(distinct in_force.current_code) = max(pieces.piece_count) as is_exact
    from in_force
    inner join kostra_groups
        on in_force.current_code = kostra_groups.region_code
    inner join (
        select
            year,
            part_code,
            count(distinct current_code) as piece_count
        from in_force
        group by year, part_code
    ) as pieces
        on in_force.year = pieces.year and in_force.part_code = pieces.part_code
    group by in_force.year, in_force.part_code, kostra_groups.group_code

),

all_parts as (

    select * from municipality
    union all
    select * from county
    union all
    select * from kostra_group
    union all
    select * from country

)

select
    year,
    part_code,
    region_code,
    region_level,
    is_exact,
    cast(count(*) over (partition by year, region_level, region_code) as integer) as part_count,
    count(*) over (partition by year, region_level, region_code) = 1 and is_exact as is_sole
from all_parts
