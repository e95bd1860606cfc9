{# The star: words as small numbers, the figures of one level, and the text that its views join to them. #}

{# What is known of a figure in one number (dim_figure_state): the places of its status, its basis and its reason (macros/words.sql),
   two digits each, the reason 0 where there is none. A word without a place gives no number, which no build and no publication lets through. #}
{% macro state_number(value_status, geography_basis, reason) -%}
    10000 * {{ place_in(value_status, status_order()) }}
    + 100 * {{ place_in(geography_basis, basis_order()) }}
    + case when {{ reason }} is null then 0 else {{ place_in(reason, reason_order()) }} end
{%- endmacro %}

{# CTE body: the words of an order, each with its place and its Norwegian name. #}
{% macro word_rows(kind, words) -%}
    {%- for word in words %}
    select
        {{ loop.index }} as place,
        '{{ word }}' as word,
        '{{ var('word_names')[kind][word] }}' as name_nb
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# A table of the star as a view names it: by its schema alone, so that the view holds in whatever file it lies. #}
{% macro published(name) -%}
    {{ ref(name).include(database=false) if target.type == 'duckdb' else ref(name) }}
{%- endmacro %}

{# The columns of a figure that every level has, from int_indicator__value under the alias `figures`. A bound is kept where it
   is not the value itself: a third of the bytes of a release would be the same figure three times. #}
{% macro figure_columns() -%}
    breakdowns.series_number,
    cast(figures.region_code as {{ dbt.type_string() }}) as region_code,
    figures.year,
    figures.value,
    case when figures.value is null or figures.value_low <> figures.value then figures.value_low end as value_low,
    case when figures.value is null or figures.value_high <> figures.value then figures.value_high end as value_high,
    figures.numerator,
    figures.denominator,
    figures.state_number,
    figures.hidden_count,
    releases.release_number
{%- endmacro %}

{# The figures of one level. #}
{% macro figures_of(level) -%}
with breakdowns as (

    select * from {{ ref('int_indicator__breakdown') }}

),

releases as (

    select * from {{ ref('int_release__number') }}

)

select
    {{ figure_columns() }}
from {{ ref('int_indicator__value') }} as figures
inner join breakdowns
    on figures.breakdown_id = breakdowns.breakdown_id
left join releases
    on figures.release_key = releases.release_key
where figures.region_level = '{{ level }}'
{%- endmacro %}
