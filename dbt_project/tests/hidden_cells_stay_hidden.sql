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

parts as (

    select
        sums.series_id,
        sums.region_code as area_code,
        sums.period_start,
        municipalities.region_code,
        municipalities.hidden_count,
        municipalities.value_low,
        municipalities.value_high,
        sums.value_low - sum(municipalities.value_high) over area + municipalities.value_high as left_low,
        sums.value_high - sum(municipalities.value_low) over area + municipalities.value_low as left_high,
        count(*) over area - count(municipalities.value_low + municipalities.value_high) over area as unknown_count
    from sums
    inner join memberships
        on sums.region_code = memberships.area_code
    inner join {{ today }} as municipalities
        on
            sums.series_id = municipalities.series_id
            and sums.period_start = municipalities.period_start
            and memberships.region_code = municipalities.region_code
            and municipalities.region_level = 'municipality'
    window area as (partition by sums.series_id, sums.region_code, sums.period_start)

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
where hidden_count > 0 and unknown_count = 0 and (left_low > value_low + 0.001 or left_high < value_high - 0.001)

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
