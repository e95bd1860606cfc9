-- How often each dataset is really updated, and when the next figures are due.
-- The interval is the observed one from three intervals on, else the declared one. What counts as an update follows the
-- declared cadence: any new content of a monthly or quarterly dataset, a new year of the others (a revision is no news there).
with datasets as (

    select * from {{ source('landing', 'dataset') }}

),

cadences as (

    select
        code,
        days
    from {{ source('landing', 'word') }}
    where kind = 'cadence'

),

events as (

    select * from {{ ref('int_freshness__event') }}

),

counted as (

    select
        events.dataset_id,
        events.event_date,
        events.last_year,
        lag(events.event_date) over (partition by events.dataset_id order by events.event_date) as counted_before_date
    from events
    inner join datasets
        on events.dataset_id = datasets.dataset_id
    where datasets.declared_cadence in ('monthly', 'quarterly') or events.is_new_year or events.is_first

),

intervals as (

    select
        dataset_id,
        max(event_date) as last_counted_date,
        count(counted_before_date) as interval_count,
        median({{ dbt.datediff('counted_before_date', 'event_date', 'day') }}) as median_days
    from counted
    group by dataset_id

),

seen as (

    select
        dataset_id,
        min(event_date) as first_seen_date,
        max(event_date) as last_release_date,
        max(last_year) as last_year,
        count(*) as release_count,
        max(case when is_new_year then event_date end) as last_new_year_date,
        max(as_of_date) as as_of_date
    from events
    group by dataset_id

),

with_interval as (

    select
        datasets.dataset_id,
        datasets.title_nb,
        datasets.statistic_group,
        datasets.declared_cadence,
        cadences.days as declared_interval_days,
        cast(case when intervals.interval_count > 0 then intervals.median_days end as double) as observed_interval_days,
        coalesce(intervals.interval_count, 0) as observed_interval_count,
        intervals.last_counted_date,
        seen.first_seen_date,
        seen.last_release_date,
        seen.last_year,
        coalesce(seen.release_count, 0) as release_count,
        seen.last_new_year_date,
        seen.as_of_date
    from datasets
    inner join cadences
        on datasets.declared_cadence = cadences.code
    left join intervals
        on datasets.dataset_id = intervals.dataset_id
    left join seen
        on datasets.dataset_id = seen.dataset_id
    where datasets.shape = 'observation' or datasets.dataset_id in ('microdata_benefit_by_group', 'municipal_benefit_by_group')

),

decided as (

    select
        with_interval.*,
        case
            when declared_cadence = 'discontinued' then null
            when observed_interval_count >= 3 and declared_cadence in ('monthly', 'quarterly')
                then cast(round(observed_interval_days) as integer)
            -- a table of years that catches up brings two of them in a few months; it cannot go on so
            when observed_interval_count >= 3
                then greatest(cast(round(observed_interval_days) as integer), coalesce(declared_interval_days, 0))
            else declared_interval_days
        end as interval_days
    from with_interval

)

select
    decided.*,
    cast({{ dbt.dateadd('day', 'cast(round(0.75 * interval_days) as integer)', 'last_counted_date') }} as date) as next_expected_from_date,
    cast({{ dbt.dateadd('day', 'cast(round(1.25 * interval_days) as integer) + 7', 'last_counted_date') }} as date) as next_expected_to_date,
    cast({{ dbt.dateadd('day', 'cast(round(1.5 * interval_days) as integer) + 14', 'last_counted_date') }} as date) as overdue_after_date,
    cast({{ dbt.dateadd('day', 'greatest(2 * interval_days + 30, 400)', 'last_counted_date') }} as date) as discontinued_after_date
from decided
