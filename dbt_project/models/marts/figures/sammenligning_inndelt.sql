-- comparison_breakdown with Norwegian column names and labels: one row for each municipality, indicator, year and code of one
-- breakdown. A view over the star.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

select
    {{ named_head_nb() }},
    breakdowns.label_nb as inndeling,
    series.breakdown_code as gruppe_kode,
    series.label_nb as gruppe,
    {{ named_values_nb() }},
    figures.rank as plass,
    figures.ranked_count as antall_rangert,
    figures.change_1y as endring_ett_aar,
    figures.change_3y as endring_tre_aar,
    series.is_demo as er_demo
{{ named_figures(levels_beside()) }}
inner join {{ published('dim_code') }} as breakdowns
    on
        series.breakdown = breakdowns.code
        and breakdowns.column_name = 'breakdown'
where series.breakdown not in ('total', 'several')
