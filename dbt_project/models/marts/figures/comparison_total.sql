-- One row for each municipality, indicator and year, with names: the figure that is broken down by nothing, beside those of the
-- county, the country and the KOSTRA group. What a sum over municipalities may be taken of. A view over the star.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

{%- set levels = levels_beside() %}

select
    {{ named_head() }},
    {{ named_values(levels) }},
    {{ difference('figures.value', 'county.value') }} as difference_county,
    {{ difference('figures.value', 'country.value') }} as difference_country,
    figures.rank,
    figures.ranked_count,
    figures.change_1y,
    figures.change_3y,
    series.is_demo
{{ named_figures(levels) }}
where series.is_total
