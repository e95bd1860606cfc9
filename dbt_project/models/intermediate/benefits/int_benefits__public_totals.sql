-- What is public about social assistance and population, by area of today and year: one row per region and year.
-- SSB 13995 has 34 contents; those not yet named in its spec leave their column empty here.
{%- set ssb = {
    'ssb_recipients_per_1000': ('social_assistance_recipients_per_1000', 1),
    'ssb_recipients_persons': ('social_assistance_recipients_persons', 1),
    'ssb_paid_nok': ('social_assistance_paid_thousand_nok', 1000),
} %}
with figures as (

    select
        figures.region_code,
        figures.region_level,
        figures.year,
        figures.value,
        series.dataset_id,
        series.measure
    from {{ ref('int_region__observation_today') }} as figures
    inner join {{ ref('int_series') }} as series
        on figures.series_id = series.series_id
    where
        series.dataset_id = 'ssb_13995'
        or (
            series.dataset_id = 'imdi_befolkning_hovedgruppe'
            and series.measure = 'persons'
            and series.unit = 'persons'
            and series.immigrant_category = 'all'
            and series.sex = 'all'
        )

)

select
    region_code,
    region_level,
    year,
    max(case when dataset_id = 'imdi_befolkning_hovedgruppe' then value end) as population_persons,
{%- for column, (measure, factor) in ssb.items() %}
    max(case when dataset_id = 'ssb_13995' and measure = '{{ measure }}' then value * {{ factor }} end) as {{ column }}
    {{- ',' if not loop.last }}
{%- endfor %}
from figures
group by region_code, region_level, year
