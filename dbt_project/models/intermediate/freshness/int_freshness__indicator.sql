-- How often each indicator gets a new figure: as often as the slowest dataset it is made of.
with terms as (

    select distinct
        indicator_id,
        dataset_id
    from {{ source('landing', 'indicator_term') }}

)

select
    indicators.indicator_id,
    indicators.statistic_group,
    case when count(datasets.interval_days) = count(*) then max(datasets.interval_days) end as interval_days,
    -- every part of it got a new year within twelve months of the newest release in the log
    min(
        case
            when datasets.last_new_year_date > {{ dbt.dateadd('month', -12, 'datasets.as_of_date') }} then 1
            else 0
        end
    ) = 1 as has_new_year,
    -- a new year comes when the last of its datasets has it
    max(datasets.last_new_year_date) as last_new_year_date
from {{ source('landing', 'indicator') }} as indicators
inner join terms
    on indicators.indicator_id = terms.indicator_id
left join {{ ref('int_freshness__dataset') }} as datasets
    on terms.dataset_id = datasets.dataset_id
group by indicators.indicator_id, indicators.statistic_group
