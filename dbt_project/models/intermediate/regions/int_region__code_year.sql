-- For each code as published and each year: the code that was in force for the same territory.
-- Upstream writes figures under the code of the year, under a later code (the website folds old figures into the code of
-- 2020) or under an earlier one (38xx in early 2024). All of these are the same place only along a chain of renumberings.
with periods as (

    select * from {{ ref('int_region__code_period') }}

),

special as (

    select code from {{ ref('special_region_codes') }}

),

years as (

    {{ history_years('valid_from', 'periods') }}

),

in_force as (

    select
        years.year,
        periods.code as part_code,
        periods.territory_code,
        periods.territory_from
    from periods
    inner join years
        on
            periods.valid_from <= {{ first_day('years.year') }}
            and (periods.valid_to is null or periods.valid_to > {{ first_day('years.year') }})

),

same_territory as (

    select distinct
        periods.code as published_code,
        in_force.year,
        in_force.part_code
    from periods
    inner join in_force
        on
            periods.territory_code = in_force.territory_code
            and periods.territory_from = in_force.territory_from

),

-- a code that is in force itself means itself, whatever else it meant at other times
own as (

    select
        year,
        part_code
    from in_force

)

select
    same_territory.published_code,
    same_territory.year,
    same_territory.part_code,
    same_territory.published_code = same_territory.part_code as is_own_year,
    false as is_special
from same_territory
left join own
    on same_territory.published_code = own.part_code and same_territory.year = own.year
where same_territory.published_code = same_territory.part_code or own.part_code is null

union all

select
    special.code as published_code,
    years.year,
    special.code as part_code,
    true as is_own_year,
    true as is_special
from special
cross join years
