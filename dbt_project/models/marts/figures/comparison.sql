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
    states.value_status as municipality_status,
    states.geography_basis as municipality_basis,
    states.reason as municipality_reason,
    regions.county_code,
    {%- for level in levels %}
        {%- if level == 'kostra_group' %}
            regions.kostra_group_code,
        {%- endif %}
        {{ level }}.value as {{ level }}_value,
        coalesce({{ level }}.value_low, {{ level }}.value) as {{ level }}_value_low,
        coalesce({{ level }}.value_high, {{ level }}.value) as {{ level }}_value_high,
        {%- if level == 'kostra_group' %}
            {{ level }}_states.value_status as {{ level }}_status,
            {{ level }}_states.geography_basis as {{ level }}_basis,
            {{ level }}_states.reason as {{ level }}_reason,
        {%- else %}
            coalesce({{ level }}_states.value_status, 'missing') as {{ level }}_status,
            coalesce({{ level }}_states.geography_basis, 'unavailable') as {{ level }}_basis,
            case when {{ level }}.series_number is null then 'no_figure' else {{ level }}_states.reason end as {{ level }}_reason,
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
    states.is_whole_year
from {{ published('fct_figure_municipality') }} as figures
inner join {{ published('dim_series') }} as series
    on figures.series_number = series.series_number
inner join {{ published('dim_region') }} as regions
    on figures.region_code = regions.region_code
inner join {{ published('dim_figure_state') }} as states
    on figures.state_number = states.state_number
left join {{ published('dim_release') }} as releases
    on figures.release_number = releases.release_number
{{ figures_beside(levels) }}
{%- for level in levels %}
    left join {{ published('dim_figure_state') }} as {{ level }}_states
        on {{ level }}.state_number = {{ level }}_states.state_number
{%- endfor %}
