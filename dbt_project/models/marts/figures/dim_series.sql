-- What the number of a series stands for: an indicator and the codes it is broken down by.
select
    series_number,
    cast(indicator_id as {{ dbt.type_string() }}) as indicator_id,
    {%- for name in var('dimensions') %}
        cast({{ name }} as {{ dbt.type_string() }}) as {{ name }},
    {%- endfor %}
    is_demo
from {{ ref('int_indicator__breakdown') }}
