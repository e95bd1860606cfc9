-- Sums of counts and kroner at each level, averages from the sums; each printed figure once.
with finance as (

    select * from {{ source('published', 'published_norwegian_training_finance') }}
    where scope = 'municipality'

),

sample_finance as (

    select * from {{ ref('int_costs__cost_and_grant') }}
    where scheme = 'norwegian_training_grant' and series = 'actual'

),

-- of two tables with the sample's activity the annex is left out: it covers two years, the other all
ranked as (

    select
        year,
        case when scope = 'municipality' then 'municipality' else 'sample' end as area_level,
        coalesce(municipality_code, '00') as region_code,
        municipality_name as region_name,
        participant_persons,
        teaching_hours,
        {{ printed_in() }},
        row_number() over (
            partition by year, scope, municipality_code
            order by case when source_table like 'Vedlegg%' then 1 else 0 end, source_row
        ) as table_order
    from {{ source('published', 'published_norwegian_training_activity') }}

),

counted as (

    select * from ranked
    where table_order = 1

),

money as (

    select
        year,
        'municipality' as area_level,
        municipality_code as region_code,
        cost_nok,
        income_nok,
        result_nok as printed_result_nok
    from finance

    union all

    select
        year,
        'sample' as area_level,
        '00' as region_code,
        cost_nok,
        grant_nok as income_nok,
        cast(null as bigint) as printed_result_nok
    from sample_finance

)

select
    counted.year,
    counted.area_level,
    counted.region_code,
    counted.region_name,
    counted.participant_persons,
    counted.teaching_hours,
    cast(100e0 * (counted.participant_persons - previous.participant_persons) / nullif(previous.participant_persons, 0) as double)
        as participants_change_1y_pct,
    cast(100e0 * (counted.teaching_hours - previous.teaching_hours) / nullif(previous.teaching_hours, 0) as double)
        as hours_change_1y_pct,
    cast(money.cost_nok as bigint) as cost_nok,
    cast(money.income_nok as bigint) as income_nok,
    cast(money.cost_nok - money.income_nok as bigint) as deficit_nok,
    cast(100e0 * money.income_nok / nullif(money.cost_nok, 0) as double) as coverage_pct,
    cast(1e0 * money.cost_nok / nullif(counted.teaching_hours, 0) as double) as cost_per_hour_nok,
    cast(1e0 * money.cost_nok / nullif(counted.participant_persons, 0) as double) as cost_per_participant_nok,
    cast(
        100e0 * (money.cost_nok - money.income_nok) / nullif(sample_money.cost_nok - sample_money.income_nok, 0) as double
    ) as share_of_sample_deficit_pct,
    printed_costs.cost_per_hour_nok as printed_cost_per_hour_nok,
    money.printed_result_nok as printed_deficit_nok,
    {{ printed_in('counted') }}
from counted
left join counted as previous
    on
        counted.area_level = previous.area_level
        and counted.region_code = previous.region_code
        and counted.year - 1 = previous.year
left join money
    on
        counted.year = money.year
        and counted.area_level = money.area_level
        and counted.region_code = money.region_code
left join money as sample_money
    on counted.year = sample_money.year and sample_money.area_level = 'sample'
left join {{ source('published', 'published_norwegian_training_cost_per_hour') }} as printed_costs
    on
        counted.year = printed_costs.year
        and counted.region_code = coalesce(printed_costs.municipality_code, '00')
