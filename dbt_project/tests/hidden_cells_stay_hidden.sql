-- A release gate: nothing we derive shows a cell that upstream hides, or lets anyone work one out (docs/decisions/0008).
-- One row per figure that says too much. A share of nothing (numerator 0) is 0 whatever the denominator.
{{ config(meta={'dagster': {'ref': {'name': 'int_region__observation_today'}}}) }}
{%- set of_changed = 'and dataset_id in ' ~ names_as_sql('changed_datasets') if changed_names('changed_datasets') else '' %}
{%- set today = ref('int_region__observation_today') %}
with shares as (

    select * from {{ ref('int_indicator__value') }}
    where region_level <> 'kostra_group' and hidden_count > 0 {% if changed_names('changed_indicators') %}and indicator_number in {{ changed_indicator_numbers() }}{% endif %}

),

-- areas that a municipality is summed into
memberships as (

    select
        region_code,
        county_code as area_code
    from {{ ref('dim_region') }}
    where region_level = 'municipality'
    union all
    select
        region_code,
        group_code as area_code
    from {{ ref('int_region__kostra_group') }}

),

-- our own sums over hidden cells; an area that upstream gives itself is upstream's to answer for
sums as (

    select * from {{ today }}
    where region_level in ('county', 'kostra_group') and geography_basis = 'summed' and hidden_count > 0 and value_low + value_high is not null {{ of_changed }}

),

-- what a sum leaves for one part, when all others are at their ends, is as wide as the part itself unless the sum is too narrow
parts as (

    select
        sums.series_id,
        sums.region_code,
        sums.period_start,
        count(*) - count(municipalities.value_low + municipalities.value_high) as unknown_count,
        max(case when municipalities.hidden_count > 0 then sums.value_low + municipalities.value_high - municipalities.value_low end)
        - sum(municipalities.value_high) as too_much_below,
        sum(municipalities.value_low)
        - min(case when municipalities.hidden_count > 0 then sums.value_high - municipalities.value_high + municipalities.value_low end)
            as too_much_above
    from sums
    inner join memberships
        on sums.region_code = memberships.area_code
    inner join {{ today }} as municipalities
        on
            sums.series_id = municipalities.series_id
            and sums.period_start = municipalities.period_start
            and memberships.region_code = municipalities.region_code
            and municipalities.region_level = 'municipality'
    group by sums.series_id, sums.region_code, sums.period_start

)

select
    'a hidden count is shown' as finding,
    cast(series_id as varchar) as what,
    region_code,
    period_start
from {{ today }}
where hidden_count > 0 and (value is not null or value_low = value_high) {{ of_changed }}

union all

select
    'a sum narrows a hidden count' as finding,
    cast(series_id as varchar) as what,
    region_code,
    period_start
from parts
where unknown_count = 0 and (too_much_below > 0.001 or too_much_above > 0.001)

union all

select
    'a share over a hidden count is shown' as finding,
    cast(breakdown_id as varchar) as what,
    region_code,
    {{ first_day('year') }} as period_start
from shares
where (value is not null or value_low = value_high) and coalesce(numerator, 1) <> 0

union all

select
    'a revision shows what is hidden now' as finding,
    dataset_id as what,
    published_region_code as region_code,
    period_start
from {{ ref('fct_revision') }}
where status_after = 'suppressed' and value_before is not null
