-- Requests, decisions and settlement of refugees by area of today and year.
-- A figure that hides small counts or passes a split has no value and two bounds.
{%- set measures = {
    'requested_persons': 'requested',
    'original_request_persons': 'original_request',
    'decided_persons': 'decided',
    'settled_persons': 'settled',
} %}
with figures as (

    select
        figures.*,
        series.measure
    from {{ ref('int_region__observation_today') }} as figures
    inner join {{ ref('int_series') }} as series
        on figures.series_id = series.series_id
    where
        series.dataset_id = 'imdi_bosatt_anmodede'
        and series.unit = 'persons'
        and figures.region_level in ('municipality', 'county', 'country')

),

datasets as (

    select
        dataset_id,
        is_demo
    from {{ ref('dim_dataset') }}

)

select
    cast(figures.region_code as {{ dbt.type_string() }}) as region_code,
    cast(figures.region_level as {{ dbt.type_string() }}) as region_level,
    figures.year,
    {%- for column, measure in measures.items() %}
        cast(max(case when figures.measure = '{{ measure }}' then figures.value end) as bigint) as {{ column }},
        cast(max(case when figures.measure = '{{ measure }}' then figures.value_low end) as bigint) as {{ column }}_low,
        cast(max(case when figures.measure = '{{ measure }}' then figures.value_high end) as bigint) as {{ column }}_high,
        cast({{ worst_status("case when figures.measure = '" ~ measure ~ "' then figures.value_status end") }} as {{ dbt.type_string() }}) as {{ column }}_status,
    {%- endfor %}
    cast({{ worst_basis("case when figures.measure = 'settled' then figures.geography_basis end") }} as {{ dbt.type_string() }}) as geography_basis,
    cast({{ the_same("case when figures.measure = 'settled' then figures.reason end") }} as {{ dbt.type_string() }}) as reason,
    cast({{ all_of('figures.release_id') }} as {{ dbt.type_string() }}) as release_id,
    datasets.is_demo
from figures
inner join datasets
    on figures.dataset_id = datasets.dataset_id
group by figures.region_code, figures.region_level, figures.year, datasets.is_demo
