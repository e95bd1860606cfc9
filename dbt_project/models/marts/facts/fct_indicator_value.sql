-- Every indicator by area of today, year and breakdown.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed('indicator_id', 'changed_indicators') }}"
    )
}}

with figures as (

    select * from {{ ref('int_indicator__value') }}
    where region_level in ('municipality', 'county', 'country') {{ only_changed('indicator_id', 'changed_indicators') }}

),

breakdowns as (

    select * from {{ ref('int_indicator__breakdown') }}

),

demo as (

    select
        terms.indicator_id,
        max(case when datasets.is_demo then 1 else 0 end) = 1 as is_demo
    from {{ ref('dim_indicator_term') }} as terms
    inner join {{ ref('dim_dataset') }} as datasets
        on terms.dataset_id = datasets.dataset_id
    group by terms.indicator_id

)

select
    cast(figures.indicator_id as {{ dbt.type_string() }}) as indicator_id,
    cast(figures.region_code as {{ dbt.type_string() }}) as region_code,
    cast(figures.region_level as {{ dbt.type_string() }}) as region_level,
    figures.year,
    {%- for name in var('dimensions') %}
        cast(breakdowns.{{ name }} as {{ dbt.type_string() }}) as {{ name }},
    {%- endfor %}
    figures.value,
    figures.value_low,
    figures.value_high,
    cast(figures.value_status as {{ dbt.type_string() }}) as value_status,
    figures.numerator,
    figures.denominator,
    cast(figures.geography_basis as {{ dbt.type_string() }}) as geography_basis,
    cast(figures.reason as {{ dbt.type_string() }}) as reason,
    cast(figures.hidden_count as integer) as hidden_count,
    cast(figures.release_id as {{ dbt.type_string() }}) as release_id,
    demo.is_demo
from figures
inner join breakdowns
    on figures.breakdown_id = breakdowns.breakdown_id
inner join demo
    on figures.indicator_id = demo.indicator_id
