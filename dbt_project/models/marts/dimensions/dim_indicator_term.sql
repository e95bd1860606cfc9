-- What each indicator is computed from: dataset, measure, unit and the codes held fast (`*` = kept as a breakdown).
select
    {{ texts(['indicator_id', 'role', 'dataset_id', 'measure']) }},
    {%- for name in var('dimensions') %}
        cast({{ name }} as {{ dbt.type_string() }}) as {{ name }},
    {%- endfor %}
    cast(unit as {{ dbt.type_string() }}) as unit
from {{ source('landing', 'indicator_term') }}
