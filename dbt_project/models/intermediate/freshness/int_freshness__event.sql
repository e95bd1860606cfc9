-- Days on which a dataset was seen with other content upstream: from our own release log, and from others before it.
-- A file that is dated by nothing but its own time stamp tells no day (but for tables made for the municipality, which somebody made that
-- day), and what ships with the product is no event.
with releases as (

    select * from {{ source('landing', 'release') }}

),

in_use as (

    select
        current_release.dataset_id,
        max(case when releases.is_demo then 1 else 0 end) as is_demo
    from {{ source('landing', 'current_release') }} as current_release
    inner join releases
        on current_release.dataset_id = releases.dataset_id and current_release.release_id = releases.release_id
    group by current_release.dataset_id

),

as_of as (

    select cast(max(retrieved_at) as date) as as_of_date from releases

),

own as (

    select
        releases.dataset_id,
        cast(coalesce(releases.upstream_updated_at, releases.retrieved_at) as date) as event_date,
        releases.last_year,
        'own release log' as basis
    from releases
    left join in_use
        on releases.dataset_id = in_use.dataset_id
    where
        releases.state <> 'rejected'
        and releases.date_basis <> 'bundled'
        and (
            releases.upstream_updated_at is not null
            or releases.date_basis <> 'file date'
            or releases.dataset_id in ('microdata_benefit_by_group', 'municipal_benefit_by_group')
        )
        and (in_use.is_demo is null or in_use.is_demo = case when releases.is_demo then 1 else 0 end)

),

events as (

    select * from own
    union all
    select
        observed.dataset_id,
        observed.seen_on as event_date,
        observed.last_year,
        'seen by others' as basis
    from {{ ref('observed_publication') }} as observed
    cross join as_of
    where observed.seen_on <= as_of.as_of_date

),

days as (

    select
        dataset_id,
        event_date,
        max(last_year) as last_year,
        case when count(case when basis = 'own release log' then 1 end) > 0 then 'own release log' else {{ the_same('basis') }} end as basis
    from events
    group by dataset_id, event_date

),

with_before as (

    select
        dataset_id,
        event_date,
        last_year,
        basis,
        lag(event_date) over (partition by dataset_id order by event_date) as event_before_date,
        max(last_year) over (
            partition by dataset_id order by event_date rows between unbounded preceding and 1 preceding
        ) as last_year_before
    from days

)

select
    with_before.dataset_id,
    with_before.event_date,
    with_before.last_year,
    with_before.basis,
    with_before.event_before_date is null as is_first,
    coalesce(with_before.last_year > with_before.last_year_before, false) as is_new_year,
    as_of.as_of_date
from with_before
cross join as_of
