-- Each municipality beside its county, its KOSTRA group and the country, for every indicator, year and breakdown.
-- Differences are in the indicator's unit (percentage points for a share). The KOSTRA group is the one the municipality is in
-- today; where no group is known the columns are empty. A view over the star, in the published file too.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

{%- set levels = levels_beside() %}

select
    series.indicator_id,
    figures.region_code as municipality_code,
    figures.year,
    {%- for name in var('dimensions') %}
        series.{{ name }},
    {%- endfor %}
    figures.value as municipality_value,
    coalesce(figures.value_low, figures.value) as municipality_value_low,
    coalesce(figures.value_high, figures.value) as municipality_value_high,
    {{ state_word('figures.state_number', 'value_status') }} as municipality_status,
    {{ state_word('figures.state_number', 'geography_basis') }} as municipality_basis,
    {{ state_word('figures.state_number', 'reason') }} as municipality_reason,
    regions.county_code,
    {%- for level in levels %}
        {%- if level == 'kostra_group' %}
            regions.kostra_group_code,
        {%- endif %}
        {{ level }}.value as {{ level }}_value,
        coalesce({{ level }}.value_low, {{ level }}.value) as {{ level }}_value_low,
        coalesce({{ level }}.value_high, {{ level }}.value) as {{ level }}_value_high,
        {%- if level == 'kostra_group' %}
            {{ state_word(level ~ '.state_number', 'value_status') }} as {{ level }}_status,
            {{ state_word(level ~ '.state_number', 'geography_basis') }} as {{ level }}_basis,
            {{ state_word(level ~ '.state_number', 'reason') }} as {{ level }}_reason,
        {%- else %}
            coalesce({{ state_word(level ~ '.state_number', 'value_status') }}, 'missing') as {{ level }}_status,
            coalesce({{ state_word(level ~ '.state_number', 'geography_basis') }}, 'unavailable') as {{ level }}_basis,
            case when {{ level }}.series_number is null then 'no_figure' else {{ state_word(level ~ '.state_number', 'reason') }} end as {{ level }}_reason,
        {%- endif %}
    {%- endfor %}
    {%- for level in levels %}
        {{ difference('figures.value', level ~ '.value') }} as difference_{{ level }},
    {%- endfor %}
    figures.rank,
    figures.ranked_count,
    figures.change_1y,
    figures.change_3y,
    releases.release_id,
    series.is_demo,
    series.is_total,
    {{ state_word('figures.state_number', 'is_whole_year') }} as is_whole_year
from {{ published('fct_figure_municipality') }} as figures
inner join {{ published('dim_series') }} as series
    on figures.series_number = series.series_number
inner join {{ published('dim_region') }} as regions
    on figures.region_code = regions.region_code
left join {{ published('dim_release') }} as releases
    on figures.release_number = releases.release_number
{{ figures_beside(levels) }}
