-- comparison_total with Norwegian column names and labels: one row for each municipality, indicator and year. A view over the star.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

select
    {{ named_head_nb() }},
    {{ named_values_nb() }},
    {{ difference('figures.value', 'county.value') }} as avvik_fylket,
    {{ difference('figures.value', 'country.value') }} as avvik_landet,
    figures.rank as plass,
    figures.ranked_count as antall_rangert,
    figures.change_1y as endring_ett_aar,
    figures.change_3y as endring_tre_aar,
    series.is_demo as er_demo
{{ named_figures(levels_beside()) }}
where series.is_total
