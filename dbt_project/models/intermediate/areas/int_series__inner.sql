-- Which series a series of a rounding dataset is the sum of: the inner ones, a total in none of the dimensions that add up.
-- An inner series is its own only part. `part_count`: how many there are in a whole table.
with parts as (

    select * from {{ source('landing', 'series_part') }}

),

rounding as (

    select distinct
        dataset_id,
        unit,
        measure
    from {{ source('landing', 'rounding_rule') }}

),

-- how many codes make up the total of each dimension; null where the dataset has none
part_counts as (

    select
        rounding.dataset_id,
        rounding.unit,
        rounding.measure
        {%- for name in var('dimensions') %},
            nullif(count(case when parts.dimension = '{{ name }}' then 1 end), 0) as {{ name }}
        {%- endfor %}
    from rounding
    left join parts
        on rounding.dataset_id = parts.dataset_id
    group by rounding.dataset_id, rounding.unit, rounding.measure

),

rounded_series as (

    select
        series.*
        {%- for name in var('dimensions') %},
            case when series.{{ name }} = 'all' then part_counts.{{ name }} end as {{ name }}_parts
        {%- endfor %}
    from {{ ref('int_series') }} as series
    inner join part_counts
        on
            series.dataset_id = part_counts.dataset_id
            and series.unit = part_counts.unit
            and part_counts.measure in ('all', series.measure)

)

select
    totals.series_id,
    inner_series.series_id as inner_series_id,
    {% for name in var('dimensions') %}coalesce(totals.{{ name }}_parts, 1){{ ' * ' if not loop.last }}{% endfor %} as part_count
from rounded_series as totals
inner join rounded_series as inner_series
    on
        totals.dataset_id = inner_series.dataset_id
        and totals.measure = inner_series.measure
        and totals.unit = inner_series.unit
        and totals.period_kind = inner_series.period_kind
{%- for name in var('dimensions') %}
    left join parts as {{ name }}_part
        on
            inner_series.dataset_id = {{ name }}_part.dataset_id
            and {{ name }}_part.dimension = '{{ name }}'
            and inner_series.{{ name }} = {{ name }}_part.code
{%- endfor %}
where
{%- for name in var('dimensions') %}
    inner_series.{{ name }}_parts is null
    and (totals.{{ name }} = inner_series.{{ name }} or (totals.{{ name }}_parts is not null and {{ name }}_part.code is not null))
    {{ 'and' if not loop.last }}
{%- endfor %}
