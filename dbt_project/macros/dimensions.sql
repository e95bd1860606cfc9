{# The conformed dimension columns, with an optional table alias. #}
{% macro dimension_columns(alias=none) -%}
    {%- for name in var('dimensions') -%}
        {{ alias ~ '.' if alias }}{{ name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# One text that is equal exactly where all named columns are equal. #}
{% macro joined_text(columns) -%}
    concat_ws('|', {{ columns | join(', ') }})
{%- endmacro %}
