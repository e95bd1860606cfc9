-- One row for each municipality, indicator and year, with names: the figure that is broken down by nothing, beside those of the
-- county, the country and the KOSTRA group. What a sum over municipalities may be taken of. A view over the star.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

{%- set levels = levels_beside() %}

select
    figures.region_code as municipality_code,
    regions.region_name as municipality_name,
    regions.county_code,
    counties.region_name as county_name,
    series.indicator_id,
    indicators.name_nb as indicator_nb,
    indicators.name_en as indicator_en,
    indicators.statistic_group,
    indicators.unit,
    figures.year,
    figures.value as municipality_value,
    coalesce(figures.value_low, figures.value) as municipality_value_low,
    coalesce(figures.value_high, figures.value) as municipality_value_high,
    states.value_status as municipality_status,
    {%- for level in levels %}
        {{ level }}.value as {{ level }}_value,
    {%- endfor %}
    {{ difference('figures.value', 'county.value') }} as difference_county,
    {{ difference('figures.value', 'country.value') }} as difference_country,
    figures.rank,
    figures.ranked_count,
    figures.change_1y,
    figures.change_3y,
    series.is_demo
{{ named_figures(levels) }}
where series.is_total
