-- Coverage is grant over cost, computed from the printed pair; only where no pair is printed the printed ratio stands alone.
with pairs as (

    select * from {{ ref('int_costs__cost_and_grant') }}

),

components as (

    select * from {{ ref('cost_component') }}
    where is_total and target_group = 'all_persons_with_integration_grant'

),

deflators as (

    select * from {{ ref('fct_price_change') }}
    where index_name = 'municipal_deflator'

),

-- the cost of the integration grant comes from the components, which the pairs of cost and grant repeat
figures as (

    select
        pairs.scheme,
        pairs.series,
        pairs.year,
        pairs.basis,
        cast(case when pairs.scheme = 'integration_grant' then components.amount_nok else pairs.cost_nok end as double)
            as cost_nok,
        cast(pairs.grant_nok as double) as grant_nok,
        cast(case when pairs.series = 'forecast_1' then 'main' end as varchar(10)) as sensitivity,
        {{ printed_in('pairs') }}
    from pairs
    left join components
        on pairs.series = components.series and pairs.year = components.year

    union all

    select
        pairs.scheme,
        scenarios.scenario as series,
        pairs.year,
        pairs.basis,
        components.amount_nok * (1 + scenarios.difference_pct / 100e0) as cost_nok,
        pairs.grant_nok,
        case when scenarios.difference_pct > 0 then 'high' else 'low' end as sensitivity,
        {{ printed_in('scenarios') }}
    from pairs
    inner join {{ source('published', 'published_forecast_scenarios') }} as scenarios
        on pairs.series = scenarios.compared_with and pairs.year = scenarios.year
    inner join components
        on pairs.series = components.series and pairs.year = components.year
    where pairs.scheme = 'integration_grant'

),

printed as (

    select
        printed_ratios.*,
        row_number() over (
            partition by printed_ratios.scheme, printed_ratios.series, printed_ratios.year
            order by case when printed_ratios.source_table like 'Tabell%' then 0 else 1 end, length(printed_ratios.source_table), printed_ratios.source_table
        ) as table_order
    from {{ source('published', 'published_coverage_ratios') }} as printed_ratios

),

-- years of which only the ratio is printed keep it, with no cost or grant
unified as (

    select
        figures.scheme,
        figures.series,
        figures.year,
        figures.basis,
        figures.cost_nok,
        figures.grant_nok,
        figures.sensitivity,
        printed.coverage_pct as printed_coverage_pct,
        coalesce(printed.is_approximate, false) as is_approximate,
        {{ printed_in('figures') }}
    from figures
    left join printed
        on
            figures.scheme = printed.scheme
            and figures.series = printed.series
            and figures.year = printed.year
            and printed.table_order = 1

    union all

    select
        printed.scheme,
        printed.series,
        printed.year,
        'ratio_only' as basis,
        cast(null as double) as cost_nok,
        cast(null as double) as grant_nok,
        cast(null as varchar(10)) as sensitivity,
        printed.coverage_pct as printed_coverage_pct,
        printed.is_approximate,
        {{ printed_in('printed') }}
    from printed
    left join figures
        on
            printed.scheme = figures.scheme
            and printed.series = figures.series
            and printed.year = figures.year
    where printed.table_order = 1 and figures.scheme is null

)

select
    unified.scheme,
    unified.series,
    unified.year,
    unified.basis,
    unified.sensitivity,
    cast(round(unified.cost_nok, 0) as double) as cost_nok,
    unified.grant_nok,
    cast(100e0 * unified.grant_nok / nullif(unified.cost_nok, 0) as double) as coverage_pct,
    cast(round(unified.cost_nok, 0) - unified.grant_nok as double) as uncovered_nok,
    cast(
        100e0 * unified.grant_nok / nullif(unified.cost_nok, 0) - 100e0 * previous.grant_nok / nullif(previous.cost_nok, 0) as double
    ) as change_1y_percentage_points,
    cast(
        100e0 * (unified.grant_nok / nullif(1 + deflators.change_pct / 100e0, 0) / nullif(previous.grant_nok, 0) - 1) as double
    ) as real_grant_change_1y_pct,
    unified.printed_coverage_pct,
    unified.is_approximate,
    {{ printed_in('unified') }}
from unified
left join unified as previous
    on
        unified.scheme = previous.scheme
        and unified.series = previous.series
        and unified.year - 1 = previous.year
left join deflators
    on unified.year = deflators.year and unified.series = 'actual'
