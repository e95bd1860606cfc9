-- What each indicator is computed from: dataset, measure, unit and the codes held fast (`*` = kept as a breakdown).
select
    cast(indicator_id as {{ dbt.type_string() }}) as indicator_id,
    cast(role as {{ dbt.type_string() }}) as role,
    cast(dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(measure as {{ dbt.type_string() }}) as measure,
    {%- for name in var('dimensions') %}
        cast({{ name }} as {{ dbt.type_string() }}) as {{ name }},
    {%- endfor %}
    cast(unit as {{ dbt.type_string() }}) as unit
from {{ source('landing', 'indicator_term') }}
