{# A changed dataset replaces its own rows: incremental models delete them first and append the new ones.
   `names` is the variable that lists what changed: changed_datasets or changed_indicators. #}
{% macro is_slice_run(names='changed_datasets') -%}
    {{ return(is_incremental() and var(names) | length > 0) }}
{%- endmacro %}

{% macro names_as_sql(names) -%}
    ({%- for name in var(names) -%}'{{ name }}'{{ ', ' if not loop.last }}{%- endfor -%})
{%- endmacro %}

{# pre_hook of an incremental model: make room for what changed. #}
{% macro delete_changed(column='dataset_id', names='changed_datasets') -%}
    {%- if execute and is_slice_run(names) -%}
    delete from {{ this }} where {{ column }} in {{ names_as_sql(names) }}
    {%- endif -%}
{%- endmacro %}

{# The filter of an incremental model; nothing in a full build. #}
{% macro only_changed(column='dataset_id', names='changed_datasets') -%}
    {%- if is_slice_run(names) %} and {{ column }} in {{ names_as_sql(names) }}{% endif -%}
{%- endmacro %}
