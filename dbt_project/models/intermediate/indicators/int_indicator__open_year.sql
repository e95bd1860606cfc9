-- Years of an indicator that were not over when a source of it stood still, with the first such day. What is counted through the
-- year then lacks the rest of it (`is_whole_year` is false); what is set for the year (a request) is whole, and as it was that day.
-- Of a share both sides count: a whole year's kroner per person settled until September are no figure of the year.
with releases as (

    select
        releases.dataset_id,
        releases.release_id,
        cast(coalesce(releases.upstream_updated_at, releases.retrieved_at) as date) as stood_on
    from {{ source('landing', 'release') }} as releases
    inner join (select distinct release_id from {{ source('landing', 'current_release') }}) as in_use
        on releases.release_id = in_use.release_id

),

series as (

    select
        int_series.series_id,
        set_for_the_year.measure is null as is_counted_through
    from {{ ref('int_series') }} as int_series
    left join {{ source('landing', 'set_for_the_year') }} as set_for_the_year
        on int_series.dataset_id = set_for_the_year.dataset_id and int_series.measure = set_for_the_year.measure
    where int_series.period_kind = 'year'

),

open_figures as (

    select distinct
        figures.series_id,
        figures.region_level,
        figures.year,
        releases.stood_on
    from {{ ref('int_region__observation_today') }} as figures
    inner join releases
        on figures.dataset_id = releases.dataset_id and figures.release_id = releases.release_id
    where figures.year >= {{ year_of('releases.stood_on') }} and figures.value_low is not null

)

select
    indicator_series.indicator_number,
    indicator_series.indicator_id,
    open_figures.year,
    max(case when series.is_counted_through then 1 else 0 end) = 0 as is_whole_year,
    min(open_figures.stood_on) as as_of_date
from open_figures
inner join series
    on open_figures.series_id = series.series_id
inner join {{ ref('int_indicator__series') }} as indicator_series
    on open_figures.series_id = indicator_series.series_id
left join {{ ref('int_indicator__year_served_before') }} as served_before
    on
        indicator_series.indicator_number = served_before.indicator_number
        and indicator_series.role = served_before.role
        and open_figures.region_level = served_before.region_level
        and open_figures.year = served_before.year
where indicator_series.goes_before = (served_before.indicator_number is not null)
group by indicator_series.indicator_number, indicator_series.indicator_id, open_figures.year
