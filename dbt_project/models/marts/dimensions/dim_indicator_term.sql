-- What each indicator is computed from: dataset, measure, unit and the codes held fast (`*` = kept as a breakdown).
select
    cast(indicator_id as varchar) as indicator_id,
    cast(role as varchar) as role,
    cast(dataset_id as varchar) as dataset_id,
    cast(measure as varchar) as measure,
    cast(unit as varchar) as unit,
{%- for name in var('dimensions') %}
    cast({{ name }} as varchar) as {{ name }}{{ ',' if not loop.last }}

{%- endfor %}
from {{ source('landing', 'indicator_term') }}
