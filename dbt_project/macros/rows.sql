{# Rows of several sources in one shape. #}

{# The select list of a source under its alias: `own` gives expressions by column, `untold` the columns that the source does not tell;
   the others of `columns` (name -> type) it has under the same name. #}
{% macro row_of(alias, columns, own, untold) -%}
    {%- for name, kind in columns.items() %}
        {%- if name in own %}
    {{ own[name] }} as {{ name }}
        {%- elif name in untold %}
    cast(null as {{ kind }}) as {{ name }}
        {%- else %}
    {{ alias }}.{{ name }}
        {%- endif %}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
