-- How often a report on each statistic group is sensible. The main rhythm is that of at least half of its indicators, and of two halves of
-- a year where a quarter of them come in each; those that get figures more often make a supplement.
with group_indicators as (

    select
        statistic_group,
        count(*) as indicator_count,
        count(case when has_new_year then 1 end) as new_year_indicator_count,
        count(interval_days) as known_count,
        count(case when interval_days <= {{ longest_days('monthly') }} then 1 end) as monthly_count,
        count(case when interval_days <= {{ longest_days('quarterly') }} then 1 end) as quarterly_count,
        count(case when interval_days <= {{ longest_days('half_yearly') }} then 1 end) as half_yearly_count,
        count(case when interval_days > {{ longest_days('half_yearly') }} and extract(month from last_new_year_date) <= 6 then 1 end) as spring_count,
        count(case when interval_days > {{ longest_days('half_yearly') }} and extract(month from last_new_year_date) > 6 then 1 end) as autumn_count
    from {{ ref('int_freshness__indicator') }}
    group by statistic_group

),

recommended as (

    select
        *,
        case
            when known_count = 0 then 'unknown'
            when 2 * monthly_count >= known_count then 'monthly'
            when 2 * quarterly_count >= known_count then 'quarterly'
            when
                2 * half_yearly_count >= known_count
                or (4 * (spring_count + half_yearly_count) >= known_count and 4 * (autumn_count + half_yearly_count) >= known_count)
                then 'half_yearly'
            else 'yearly'
        end as recommended_frequency
    from group_indicators

),

-- how often the fastest of a group's indicators get new figures, where that is more often than the group is reported on
supplemented as (

    select
        *,
        case
            when monthly_count > 0 and recommended_frequency in ('quarterly', 'half_yearly', 'yearly') then 'monthly'
            when quarterly_count > 0 and recommended_frequency in ('half_yearly', 'yearly') then 'quarterly'
            when half_yearly_count > 0 and recommended_frequency = 'yearly' then 'half_yearly'
        end as supplement_frequency
    from recommended

)

-- the numbers that the sentence of each rhythm names
select
    *,
    case recommended_frequency
        when 'monthly' then monthly_count
        when 'quarterly' then quarterly_count
        when 'half_yearly' then spring_count + half_yearly_count
        when 'yearly' then known_count - half_yearly_count
    end as main_count,
    autumn_count + half_yearly_count as second_half_count,
    case supplement_frequency
        when 'monthly' then monthly_count
        when 'quarterly' then quarterly_count
        when 'half_yearly' then half_yearly_count
    end as supplement_count
from supplemented
