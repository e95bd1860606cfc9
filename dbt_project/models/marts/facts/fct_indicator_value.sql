-- Every indicator by area of today, year and breakdown.
-- A view: publication writes it out once, some areas at a time, all of it or the slices that changed, in the order it has here.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

with breakdowns as (

    select * from {{ ref('int_indicator__breakdown') }}

),

ordered as (

    select
        figures.breakdown_id,
        figures.region_code,
        figures.region_level,
        figures.year,
        figures.value,
        figures.value_low,
        figures.value_high,
        figures.value_status,
        figures.numerator,
        figures.denominator,
        figures.geography_basis,
        figures.reason,
        figures.hidden_count,
        figures.release_id
    from {{ ref('int_indicator__value') }} as figures
    inner join breakdowns
        on figures.breakdown_id = breakdowns.breakdown_id
    where figures.region_level in ('municipality', 'county', 'country') {{ only_published('figures.indicator_id') }}
    order by figures.region_code, breakdowns.indicator_number, figures.year, breakdowns.breakdown_number

)

select
    cast(breakdowns.indicator_id as {{ dbt.type_string() }}) as indicator_id,
    cast(ordered.region_code as {{ dbt.type_string() }}) as region_code,
    cast(ordered.region_level as {{ dbt.type_string() }}) as region_level,
    ordered.year,
    {%- for name in var('dimensions') %}
        cast(breakdowns.{{ name }} as {{ dbt.type_string() }}) as {{ name }},
    {%- endfor %}
    ordered.value,
    ordered.value_low,
    ordered.value_high,
    cast(ordered.value_status as {{ dbt.type_string() }}) as value_status,
    ordered.numerator,
    ordered.denominator,
    cast(ordered.geography_basis as {{ dbt.type_string() }}) as geography_basis,
    cast(ordered.reason as {{ dbt.type_string() }}) as reason,
    cast(ordered.hidden_count as integer) as hidden_count,
    cast(ordered.release_id as {{ dbt.type_string() }}) as release_id,
    breakdowns.is_demo
from ordered
inner join breakdowns
    on ordered.breakdown_id = breakdowns.breakdown_id
