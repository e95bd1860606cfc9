-- One-year cost by service area, each year once and without technical rows.
-- the five-year table repeats the mean of the one-year tables, without the two technical rows
with ranked as (

    select
        areas.*,
        row_number() over (
            partition by areas.source_document, areas.year, areas.cost_area, areas.statistic
            order by areas.source_table
        ) as table_order
    from {{ source('published', 'published_cost_areas') }} as areas

),

figures as (

    select * from ranked
    where table_order = 1

),

last_year as (

    select max(year) as year from figures

)

select
    figures.year,
    figures.cost_area,
    figures.statistic,
    figures.is_total,
    figures.amount_nok,
    cast(figures.amount_nok - previous.amount_nok as bigint) as change_1y_nok,
    cast(100e0 * (figures.amount_nok - previous.amount_nok) / nullif(previous.amount_nok, 0) as double)
        as change_1y_pct,
    case
        when figures.year = last_year.year
            then cast(100e0 * (figures.amount_nok - earliest.amount_nok) / nullif(earliest.amount_nok, 0) as double)
    end as change_4y_pct,
    {{ printed_in('figures') }}
from figures
cross join last_year
left join figures as previous
    on
        figures.year - 1 = previous.year
        and figures.cost_area = previous.cost_area
        and figures.statistic = previous.statistic
left join figures as earliest
    on
        figures.year - 4 = earliest.year
        and figures.cost_area = earliest.cost_area
        and figures.statistic = earliest.statistic
