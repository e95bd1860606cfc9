{#
  Each named column holds only its codes, or nothing: accepted_values for several columns of a model in one reading of it.
  `codes`: the columns, each with its list. A row of the answer shows what is not among them, under the column's own name.
#}
{% test accepted_codes(model, codes) %}

select distinct
    {%- for column, values in codes.items() %}
    case when checked.{{ column }} not in ('{{ values | join("', '") }}') then checked.{{ column }} end as {{ column }}
    {{- ',' if not loop.last }}
    {%- endfor %}
from {{ model }} as checked
where
    {%- for column, values in codes.items() %}
    {{ 'or ' if not loop.first }}checked.{{ column }} not in ('{{ values | join("', '") }}')
    {%- endfor %}

{% endtest %}
