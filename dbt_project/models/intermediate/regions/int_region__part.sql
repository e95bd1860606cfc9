-- What an area of today was made of in each year: one row per year, area and part.
-- The parts of a county, a KOSTRA group or the country are municipality codes of that year too, so that nothing is summed twice. A
-- part is exact for an area when all its pieces lie inside it. `is_sole`: the part is the whole area.
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
        count(*) over (partition by years.year, current_codes.code) as piece_count
    from current_codes
    inner join years
        on
            current_codes.valid_from <= {{ first_day('years.year') }}
            and (current_codes.valid_to is null or current_codes.valid_to > {{ first_day('years.year') }})

),

-- the areas of today that each municipality of today lies in
areas as (

    {% for level, area in {'municipality': 'current_code', 'county': 'substr(current_code, 1, 2)', 'country': "'00'"}.items() %}
        select distinct
            current_code,
            {{ area }} as region_code,
            '{{ level }}' as region_level
        from current_codes
        union all
    {% endfor %}
    select
        region_code as current_code,
        group_code as region_code,
        'kostra_group' as region_level
    from {{ ref('int_region__kostra_group') }}

),

parts as (

    select
        in_force.year,
        in_force.part_code,
        areas.region_code,
        areas.region_level,
        count(*) = max(in_force.piece_count) as is_exact
    from in_force
    inner join areas
        on in_force.current_code = areas.current_code
    group by in_force.year, in_force.part_code, areas.region_code, areas.region_level

)

select
    year,
    part_code,
    region_code,
    region_level,
    is_exact,
    cast(count(*) over (partition by year, region_level, region_code) as integer) as part_count,
    count(*) over (partition by year, region_level, region_code) = 1 and is_exact as is_sole
from parts
