-- comparison_breakdown with Norwegian column names and labels: one row for each municipality, indicator, year and code of one
-- breakdown. A view over the star.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

select
    figures.region_code as kommunenummer,
    regions.region_name as kommune,
    counties.region_name as fylke,
    series.indicator_id as indikator_id,
    indicators.name_nb as indikator,
    indicators.unit_nb as enhet,
    figures.year as aar,
    breakdowns.label_nb as inndeling,
    series.breakdown_code as gruppe_kode,
    series.label_nb as gruppe,
    figures.value as kommunen,
    coalesce(figures.value_low, figures.value) as kommunen_minst,
    coalesce(figures.value_high, figures.value) as kommunen_hoeyst,
    states.value_status_nb as status,
    county.value as fylket,
    country.value as landet,
    kostra_group.value as kostragruppen,
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
