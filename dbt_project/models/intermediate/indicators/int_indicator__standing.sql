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

with figures as (

    select
        indicator_id,
        breakdown_id,
        region_code,
        year,
        value
    from {{ ref('int_indicator__value') }}
    where region_level = 'municipality' {{ only_changed('indicator_id', 'changed_indicators') }}

),

breakdowns as (

    select
        breakdown_id,
        rank_sign
    from {{ ref('int_indicator__breakdown') }}

)

select
    figures.indicator_id,
    figures.breakdown_id,
    figures.region_code,
    figures.year,
    cast(
        case
            when figures.value is not null then rank() over (
                partition by figures.breakdown_id, figures.year
                order by figures.value * breakdowns.rank_sign nulls last
            )
        end as integer
    ) as value_rank,
    cast(count(figures.value) over (partition by figures.breakdown_id, figures.year) as integer) as ranked_count,
    {%- for years in [1, 3] %}
        max(figures.value) over (
            partition by figures.breakdown_id, figures.region_code
            order by figures.year range between {{ years }} preceding and {{ years }} preceding
        ) as value_{{ years }}y_before{{ ',' if not loop.last }}
    {%- endfor %}
from figures
inner join breakdowns
    on figures.breakdown_id = breakdowns.breakdown_id
