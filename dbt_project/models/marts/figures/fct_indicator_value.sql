-- Every indicator by area of today, year and breakdown: the figures of the star with their words and codes.
-- A view, in the published file too.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

{%- set levels = ['municipality', 'county', 'country'] %}

with figures as (
    {% for level in levels %}
        select
            '{{ level }}' as region_level,
            series_number,
            region_code,
            year,
            value,
            value_low,
            value_high,
            numerator,
            denominator,
            state_number,
            hidden_count,
            release_number
        from {{ published('fct_figure_' ~ level) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    series.indicator_id,
    figures.region_code,
    cast(figures.region_level as {{ dbt.type_string() }}) as region_level,
    figures.year,
    {%- for name in var('dimensions') %}
        series.{{ name }},
    {%- endfor %}
    figures.value,
    coalesce(figures.value_low, figures.value) as value_low,
    coalesce(figures.value_high, figures.value) as value_high,
    {{ state_word('figures.state_number', 'value_status') }} as value_status,
    figures.numerator,
    figures.denominator,
    {{ state_word('figures.state_number', 'geography_basis') }} as geography_basis,
    {{ state_word('figures.state_number', 'reason') }} as reason,
    figures.hidden_count,
    releases.release_id,
    series.is_demo,
    series.is_total,
    {{ state_word('figures.state_number', 'is_whole_year') }} as is_whole_year
from figures
inner join {{ published('dim_series') }} as series
    on figures.series_number = series.series_number
left join {{ published('dim_release') }} as releases
    on figures.release_number = releases.release_number
