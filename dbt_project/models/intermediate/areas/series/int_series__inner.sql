-- Which series a series of a rounding dataset is the sum of: the inner ones, a total in none of the dimensions that add up.
-- An inner series is its own only part. `part_count`: how many there are in a whole table. A code counts at the region levels
-- that it is printed at: where a file of municipalities has no sexes, both sexes together are its inner cell.
with rounding as (

    select distinct
        dataset_id,
        unit,
        measure,
        region_level
    from {{ source('landing', 'rounding_rule') }}

),

printed as (

    select distinct
        rounding.measure as rule_measure,
        cells.region_level,
        series.*
    from {{ ref('int_observation__staged') }} as cells
    inner join {{ ref('int_series') }} as series
        on cells.series_id = series.series_id
    inner join rounding
        on
            series.dataset_id = rounding.dataset_id
            and series.unit = rounding.unit
            and rounding.measure in ('all', series.measure)
            and cells.region_level = rounding.region_level

),

parts as (

    {%- for name in var('dimensions') %}
        select distinct
            declared.dataset_id,
            printed.region_level,
            declared.dimension,
            declared.code
        from {{ source('landing', 'series_part') }} as declared
        inner join printed
            on declared.dataset_id = printed.dataset_id and declared.dimension = '{{ name }}' and declared.code = printed.{{ name }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}

),

-- how many codes make up the total of each dimension; null where the dataset has none
part_counts as (

    select
        rounding.dataset_id,
        rounding.unit,
        rounding.measure,
        {%- for name in var('dimensions') %}
            nullif(count(case when parts.dimension = '{{ name }}' then 1 end), 0) as {{ name }},
        {%- endfor %}
        rounding.region_level
    from rounding
    left join parts
        on rounding.dataset_id = parts.dataset_id and rounding.region_level = parts.region_level
    group by rounding.dataset_id, rounding.unit, rounding.measure, rounding.region_level

),

rounded_series as (

    select
        {%- for name in var('dimensions') %}
            case when printed.{{ name }} = 'all' then part_counts.{{ name }} end as {{ name }}_parts,
        {%- endfor %}
        printed.*
    from printed
    inner join part_counts
        on
            printed.dataset_id = part_counts.dataset_id
            and printed.unit = part_counts.unit
            and printed.rule_measure = part_counts.measure
            and printed.region_level = part_counts.region_level

)

select
    totals.series_id,
    totals.region_level,
    inner_series.series_id as inner_series_id,
    {% for name in var('dimensions') %}coalesce(totals.{{ name }}_parts, 1){{ ' * ' if not loop.last }}{% endfor %} as part_count
from rounded_series as totals
inner join rounded_series as inner_series
    on
        totals.dataset_id = inner_series.dataset_id
        and totals.measure = inner_series.measure
        and totals.unit = inner_series.unit
        and totals.period_kind = inner_series.period_kind
        and totals.region_level = inner_series.region_level
{%- for name in var('dimensions') %}
    left join parts as {{ name }}_part
        on
            inner_series.dataset_id = {{ name }}_part.dataset_id
            and inner_series.region_level = {{ name }}_part.region_level
            and {{ name }}_part.dimension = '{{ name }}'
            and inner_series.{{ name }} = {{ name }}_part.code
{%- endfor %}
where
{%- for name in var('dimensions') %}
        inner_series.{{ name }}_parts is null
        and (totals.{{ name }} = inner_series.{{ name }} or (totals.{{ name }}_parts is not null and {{ name }}_part.code is not null))
        {{ 'and' if not loop.last }}
{%- endfor %}
