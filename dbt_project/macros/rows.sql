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

{# Where a row came from: its release and its row there, the same in every mart of rows that were read. #}
{% macro landed_in(alias=none) -%}
    {%- for name in ['dataset_id', 'release_id', 'source_row', 'is_demo'] -%}
        {{ alias ~ '.' if alias }}{{ name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# The same of a row of a printed table: the document and the table before them. #}
{% macro printed_in(alias=none) -%}
    {{ alias ~ '.' if alias }}source_document, {{ alias ~ '.' if alias }}source_table, {{ landed_in(alias) }}
{%- endmacro %}

{# Columns of text, each of the type that a contract asks for, with an optional alias. #}
{% macro texts(names, alias=none) -%}
    {%- for name in names -%}
        cast({{ alias ~ '.' if alias }}{{ name }} as {{ dbt.type_string() }}) as {{ name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
