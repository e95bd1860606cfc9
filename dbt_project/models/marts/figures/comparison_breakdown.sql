-- One row for each municipality, indicator, year and code of one breakdown, with names: by sex, or by age, or by country
-- background, one at a time. Totals are in comparison_total, two breakdowns at once in comparison. A view over the star.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

{%- set levels = levels_beside() %}

select
    {{ named_head() }},
    series.breakdown,
    series.breakdown_code,
    series.label_nb,
    series.label_en,
    {{ named_values(levels) }},
    figures.rank,
    figures.ranked_count,
    figures.change_1y,
    figures.change_3y,
    series.is_demo
{{ named_figures(levels) }}
where series.breakdown not in ('total', 'several')
