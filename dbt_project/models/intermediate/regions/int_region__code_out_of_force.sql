-- Codes in years in which they denoted nothing, with the area of today they stand for and its parts of the year: one row per
-- code, year and part. Upstream prints a figure of 2012 under a code of 2013, or one of 2014 under a code that ended in 2013.
-- In a sum the figure stands on one of the parts (the carrier) and counts for all that it covers.
-- A later code stands for the whole area that came of the parts of the year; an earlier one for a piece of what it went into,
-- unless it bears the name of the whole.
with parts as (

    select * from {{ ref('int_region__part') }}
    where region_level = 'municipality'

),

in_force as (

    select
        parts.year,
        parts.part_code,
        parts.region_code,
        parts.is_exact,
        parts.is_sole,
        parts.part_count,
        periods.valid_from,
        periods.valid_to,
        {{ first_name('periods.name') }} as name
    from parts
    inner join {{ ref('int_region__code_period') }} as periods
        on
            parts.part_code = periods.code
            and periods.valid_from <= {{ first_day('parts.year') }}
            and (periods.valid_to is null or periods.valid_to > {{ first_day('parts.year') }})

),

years as (

    select distinct year from parts

),

denoting as (

    select distinct
        published_code,
        year
    from {{ ref('int_region__code_year') }}

),

-- what a code was in its own years: the whole of an area of today, or one of so many parts of it
meanings as (

    select
        part_code as code,
        valid_from,
        valid_to,
        region_code,
        name,
        max(part_count) as sibling_count,
        max(case when is_sole then 1 else 0 end) = 1 as is_whole
    from in_force
    where is_exact
    group by part_code, valid_from, valid_to, region_code, name

),

nearest as (

    select
        meanings.*,
        years.year,
        meanings.valid_from > {{ first_day('years.year') }} as is_later,
        row_number() over (
            partition by meanings.code, years.year
            order by
                case when meanings.valid_from > {{ first_day('years.year') }} then 0 else 1 end,
                case when meanings.valid_from > {{ first_day('years.year') }} then meanings.valid_from end,
                meanings.valid_from desc
        ) as choice
    from meanings
    cross join years
    left join denoting
        on meanings.code = denoting.published_code and years.year = denoting.year
    where denoting.published_code is null

)

select
    nearest.code as published_code,
    nearest.year,
    nearest.region_code,
    in_force.part_code,
    in_force.is_exact,
    coalesce(
        min(case when in_force.is_exact then in_force.part_code end) over (partition by nearest.code, nearest.year),
        nearest.code
    ) as carrier_code,
    cast(
        count(case when in_force.is_exact then 1 end) over (partition by nearest.code, nearest.year) as integer
    ) as covered_parts,
    nearest.valid_from,
    nearest.is_later,
    nearest.is_later or nearest.name = in_force.name as is_namesake,
    cast(nearest.sibling_count as integer) as sibling_count
from nearest
inner join in_force
    on nearest.region_code = in_force.region_code and nearest.year = in_force.year
where
    nearest.choice = 1
    and ((nearest.is_later and nearest.is_whole) or (not nearest.is_later and in_force.is_sole))
