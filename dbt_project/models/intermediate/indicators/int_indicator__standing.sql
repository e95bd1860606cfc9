-- Where each municipality stands among the others, and what its figure was one and three years before.
-- A model of its own with few columns: windows carry their whole rows along, and narrow rows cost a third of wide ones.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed('indicator_id', 'changed_indicators') }}"
    )
}}

with breakdowns as (

    select
        breakdown_id,
        indicator_id,
        rank_sign
    from {{ ref('int_indicator__breakdown') }}

),

figures as (

    select
        figures.breakdown_id,
        figures.region_code,
        figures.year,
        figures.value,
        breakdowns.rank_sign
    from {{ ref('int_indicator__value') }} as figures
    inner join breakdowns
        on figures.breakdown_id = breakdowns.breakdown_id
    where figures.region_level = 'municipality' {{ only_changed('figures.indicator_id', 'changed_indicators') }}

),

standing as (

    select
        breakdown_id,
        region_code,
        year,
        cast(
            case
                when value is not null
                    then rank() over (partition by breakdown_id, year order by value * rank_sign nulls last)
            end as integer
        ) as value_rank,
        cast(count(value) over (partition by breakdown_id, year) as integer) as ranked_count,
        max(value) over (
            partition by breakdown_id, region_code order by year range between 1 preceding and 1 preceding
        ) as value_1y_before,
        max(value) over (
            partition by breakdown_id, region_code order by year range between 3 preceding and 3 preceding
        ) as value_3y_before
    from figures

)

select
    breakdowns.indicator_id,
    standing.*
from standing
inner join breakdowns
    on standing.breakdown_id = breakdowns.breakdown_id
