-- Where each municipality stands among the others, and what its figure was one and three years before.
-- A municipality whose figure is rounded, or that stands beside such figures, has a place only where no true value inside the
-- bounds can change it: as many others surely before it as may be before it.
-- A model of its own with few columns: windows carry their whole rows along, and narrow rows cost a third of wide ones.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed_indicators() }}"
    )
}}

with breakdowns as (

    select
        breakdown_id,
        rank_sign
    from {{ ref('int_indicator__breakdown') }}

),

figures as (

    select
        figures.indicator_number,
        figures.breakdown_id,
        figures.region_code,
        figures.year,
        figures.value,
        case
            when figures.value is null then null
            when breakdowns.rank_sign = 1 then figures.value_low
            else -figures.value_high
        end as best,
        case
            when figures.value is null then null
            when breakdowns.rank_sign = 1 then figures.value_high
            else -figures.value_low
        end as worst
    from {{ ref('int_indicator__value') }} as figures
    inner join breakdowns
        on figures.breakdown_id = breakdowns.breakdown_id
    where figures.region_level = 'municipality' {{ only_changed_indicators('figures.indicator_number') }}

),

-- only where a figure of the year has two bounds is there more to ask than its order
unsure_years as (

    select
        breakdown_id,
        year
    from figures
    where value is not null
    group by breakdown_id, year
    having max(worst - best) > 0

),

-- every bound of those years in order; at equal bounds nobody is surely before another
bounds as (

    select
        figures.breakdown_id,
        figures.year,
        figures.region_code,
        ends.is_worst,
        case when ends.is_worst = 1 then figures.worst else figures.best end as bound,
        figures.best < figures.worst as is_before_itself
    from figures
    inner join unsure_years
        on figures.breakdown_id = unsure_years.breakdown_id and figures.year = unsure_years.year
    cross join ({{ years_between(0, 1) | replace('year', 'is_worst') }}) as ends
    where figures.value is not null

),

counted as (

    select
        breakdown_id,
        year,
        region_code,
        is_worst,
        is_before_itself,
        coalesce(sum(is_worst) over (
            partition by breakdown_id, year order by bound, is_worst rows between unbounded preceding and 1 preceding
        ), 0) as surely_before,
        coalesce(sum(1 - is_worst) over (
            partition by breakdown_id, year order by bound, 1 - is_worst rows between unbounded preceding and 1 preceding
        ), 0) as maybe_before
    from bounds

),

sure as (

    select
        breakdown_id,
        year,
        region_code
    from counted
    group by breakdown_id, year, region_code
    having
        max(case when is_worst = 0 then surely_before end)
        = max(case when is_worst = 1 then maybe_before - case when is_before_itself then 1 else 0 end end)

)

select
    figures.indicator_number,
    figures.breakdown_id,
    figures.region_code,
    figures.year,
    cast(
        case
            when figures.value is not null and (unsure_years.breakdown_id is null or sure.breakdown_id is not null)
                then rank() over (partition by figures.breakdown_id, figures.year order by figures.best nulls last)
        end as integer
    ) as value_rank,
    cast(count(figures.value) over (partition by figures.breakdown_id, figures.year) as integer) as ranked_count,
    max(figures.value) over (
        partition by figures.breakdown_id, figures.region_code order by figures.year range between 1 preceding and 1 preceding
    ) as value_1y_before,
    max(figures.value) over (
        partition by figures.breakdown_id, figures.region_code order by figures.year range between 3 preceding and 3 preceding
    ) as value_3y_before
from figures
left join unsure_years
    on figures.breakdown_id = unsure_years.breakdown_id and figures.year = unsure_years.year
left join sure
    on
        figures.breakdown_id = sure.breakdown_id
        and figures.year = sure.year
        and figures.region_code = sure.region_code
