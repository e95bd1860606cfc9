-- comparison_total with Norwegian column names and labels: one row for each municipality, indicator and year. A view over the star.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

select
    figures.region_code as kommunenummer,
    regions.region_name as kommune,
    counties.region_name as fylke,
    series.indicator_id as indikator_id,
    indicators.name_nb as indikator,
    indicators.unit_nb as enhet,
    figures.year as aar,
    figures.value as kommunen,
    coalesce(figures.value_low, figures.value) as kommunen_minst,
    coalesce(figures.value_high, figures.value) as kommunen_hoeyst,
    states.value_status_nb as status,
    county.value as fylket,
    country.value as landet,
    kostra_group.value as kostragruppen,
    {{ difference('figures.value', 'county.value') }} as avvik_fylket,
    {{ difference('figures.value', 'country.value') }} as avvik_landet,
    figures.rank as plass,
    figures.ranked_count as antall_rangert,
    figures.change_1y as endring_ett_aar,
    figures.change_3y as endring_tre_aar,
    series.is_demo as er_demo
{{ named_figures(levels_beside()) }}
where series.is_total
