-- Cost by component beside the printed total and the year before. The printed total holds where rounded parts miss it.
with components as (

    select * from {{ ref('int_costs__components') }}
    where not is_total

),

printed_totals as (

    select * from {{ ref('int_costs__components') }}
    where is_total

),

-- components are rounded one by one, so their sum may miss the printed total by a krone; the printed total holds
sums as (

    select
        year,
        target_group,
        series,
        sum(amount_nok) as components_sum_nok
    from components
    group by year, target_group, series

),

unified as (

    select
        components.*,
        cast(null as bigint) as components_sum_nok
    from components

    union all

    select
        printed_totals.*,
        sums.components_sum_nok
    from printed_totals
    inner join sums
        on
            printed_totals.year = sums.year
            and printed_totals.target_group = sums.target_group
            and printed_totals.series = sums.series

),

-- a forecast year is compared with the year before it, actual or forecast; an earlier forecast with nothing
comparable as (

    select * from unified
    where series in ('actual', 'forecast_1')

)

select
    unified.year,
    unified.target_group,
    unified.series,
    unified.cost_component,
    unified.is_total,
    cast(unified.amount_nok as bigint) as amount_nok,
    cast(100e0 * unified.amount_nok / nullif(printed_totals.amount_nok, 0) as double) as share_of_cost_pct,
    case
        when unified.series in ('actual', 'forecast_1') then cast(unified.amount_nok - previous.amount_nok as bigint)
    end as change_1y_nok,
    case
        when unified.series in ('actual', 'forecast_1')
            then cast(100e0 * (unified.amount_nok - previous.amount_nok) / nullif(previous.amount_nok, 0) as double)
    end as change_1y_pct,
    cast(unified.components_sum_nok as bigint) as components_sum_nok,
    {{ printed_in('unified') }}
from unified
inner join printed_totals
    on
        unified.year = printed_totals.year
        and unified.target_group = printed_totals.target_group
        and unified.series = printed_totals.series
left join comparable as previous
    on
        unified.year - 1 = previous.year
        and unified.target_group = previous.target_group
        and unified.cost_component = previous.cost_component
