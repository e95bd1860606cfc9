-- The figures of the municipalities of today, each with where it stands among the others and how it has changed.
-- A region is ranked only with a known value, first being best (or highest, where neither way is better). A change over years is
-- given only where no break of definition lies between and both years are whole.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

-- the years whose change over one or three years crosses a break of definition
with broken as (

    select
        breakdowns.breakdown_id,
        breaks.break_year + ages.age as year,
        max(case when ages.age = 0 then 1 else 0 end) = 1 as in_one_year
    from {{ source('landing', 'indicator_break') }} as breaks
    inner join {{ ref('int_indicator__breakdown') }} as breakdowns
        on breaks.indicator_id = breakdowns.indicator_id
    cross join ({{ years_between(0, 2) | replace('year', 'age') }}) as ages
    group by breakdowns.breakdown_id, breaks.break_year + ages.age

),

part_years as (

    select
        indicator_number,
        year
    from {{ ref('int_indicator__open_year') }}
    where not is_whole_year

),

-- and those from or to a part of a year
unlike as (

    select
        part_years.indicator_number,
        part_years.year + ages.age as year,
        max(case when ages.age <= 1 then 1 else 0 end) = 1 as in_one_year,
        max(case when ages.age <> 1 then 1 else 0 end) = 1 as in_three_years
    from part_years
    cross join ({{ years_between(0, 3) | replace('year', 'age') }}) as ages
    where ages.age <> 2
    group by part_years.indicator_number, part_years.year + ages.age

)

select
    {{ figure_columns() }},
    standing.value_rank as rank,
    standing.ranked_count,
    case
        when not coalesce(broken.in_one_year, false) and not coalesce(unlike.in_one_year, false)
            then {{ difference('figures.value', 'standing.value_1y_before') }}
    end as change_1y,
    case
        when broken.breakdown_id is null and not coalesce(unlike.in_three_years, false)
            then {{ difference('figures.value', 'standing.value_3y_before') }}
    end as change_3y
{{ figure_joins() }}
inner join {{ ref('int_indicator__standing') }} as standing
    on
        figures.breakdown_id = standing.breakdown_id
        and figures.region_code = standing.region_code
        and figures.year = standing.year
left join broken
    on figures.breakdown_id = broken.breakdown_id and figures.year = broken.year
left join unlike
    on figures.indicator_number = unlike.indicator_number and figures.year = unlike.year
where figures.region_level = 'municipality'
