-- Where each municipality stands among the others, and what its figure was one and three years before.
-- A municipality whose figure is rounded, or that stands beside such figures, has a place only where no true value inside the
-- bounds can change it: as many others surely before it as may be before it.
-- A model of its own with few columns, and those as small numbers until the end: a window keeps its rows whole in memory, and
-- rows of a third of the size take half of the time (docs/sizes.md).
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed_indicators() }}"
    )
}}

with areas as (

    select
        region_code,
        cast(row_number() over (order by region_code) as smallint) as area_number
    from (select distinct region_code from {{ ref('int_indicator__bound') }}) as listed

),

-- only where a figure of the year has two bounds is there more to ask than its order
unsure_years as (

    select distinct
        series_number,
        year
    from {{ ref('int_indicator__bound') }}
    where best < worst {{ only_changed_indicators() }}

),

-- every bound of those years in order; at equal bounds nobody is surely before another
bounds as (

    select
        figures.series_number,
        figures.year,
        figures.region_code,
        ends.is_worst,
        case when ends.is_worst = 1 then figures.worst else figures.best end as bound,
        figures.best < figures.worst as is_before_itself
    from {{ ref('int_indicator__bound') }} as figures
    inner join unsure_years
        on figures.series_number = unsure_years.series_number and figures.year = unsure_years.year
    cross join ({{ years_between(0, 1) | replace('year', 'is_worst') }}) as ends
    where figures.value is not null {{ only_changed_indicators('figures.indicator_number') }}

),

counted as (

    select
        series_number,
        year,
        region_code,
        is_worst,
        is_before_itself,
        coalesce(sum(is_worst) over (
            partition by series_number, year order by bound, is_worst rows between unbounded preceding and 1 preceding
        ), 0) as surely_before,
        coalesce(sum(1 - is_worst) over (
            partition by series_number, year order by bound, 1 - is_worst rows between unbounded preceding and 1 preceding
        ), 0) as maybe_before
    from bounds

),

sure as (

    select
        series_number,
        year,
        region_code
    from counted
    group by series_number, year, region_code
    having
        max(case when is_worst = 0 then surely_before end)
        = max(case when is_worst = 1 then maybe_before - case when is_before_itself then 1 else 0 end end)

),

numbered as (

    select
        figures.series_number,
        areas.area_number,
        cast(figures.year as smallint) as year,
        figures.value,
        figures.best
    from {{ ref('int_indicator__bound') }} as figures
    inner join areas
        on figures.region_code = areas.region_code
    where true {{ only_changed_indicators('figures.indicator_number') }}

),

-- the three figures before: a year may be left out
ordered as (

    select
        series_number,
        area_number,
        year,
        value,
        {%- for step in (1, 2, 3) %}
            lag(year, {{ step }}) over (partition by series_number, area_number order by year) as year_{{ step }},
            lag(value, {{ step }}) over (partition by series_number, area_number order by year) as value_{{ step }},
        {%- endfor %}
        rank() over (partition by series_number, year order by best nulls last) as place,
        count(value) over (partition by series_number, year) as ranked_count
    from numbered

)

select
    breakdowns.indicator_number,
    breakdowns.breakdown_id,
    areas.region_code,
    cast(ordered.year as integer) as year,
    cast(
        case
            when ordered.value is not null and (unsure_years.series_number is null or sure.series_number is not null) then ordered.place
        end as integer
    ) as value_rank,
    cast(ordered.ranked_count as integer) as ranked_count,
    case when ordered.year_1 = ordered.year - 1 then ordered.value_1 end as value_1y_before,
    case
        {%- for step in (1, 2, 3) %}
            when ordered.year_{{ step }} = ordered.year - 3 then ordered.value_{{ step }}
        {%- endfor %}
    end as value_3y_before
from ordered
inner join {{ ref('int_indicator__breakdown') }} as breakdowns
    on ordered.series_number = breakdowns.series_number
inner join areas
    on ordered.area_number = areas.area_number
left join unsure_years
    on ordered.series_number = unsure_years.series_number and ordered.year = unsure_years.year
left join sure
    on
        ordered.series_number = sure.series_number
        and ordered.year = sure.year
        and areas.region_code = sure.region_code
