{# A changed dataset replaces its own rows: incremental models delete them first and append the new ones.
   What changed comes by the environment, not by dbt's vars, which would make dbt parse the whole project again at each run.
   `names` is the variable that lists it; an empty list means that everything is built. #}
{% macro changed_names(names) -%}
    {%- set listed = {
        'changed_datasets': env_var('INTEGRERING_CHANGED_DATASETS', ''),
        'changed_indicators': env_var('INTEGRERING_CHANGED_INDICATORS', '')
    } -%}
    {{ return(listed[names].split(',') | select | list) }}
{%- endmacro %}

{% macro is_slice_run(names='changed_datasets') -%}
    {{ return(is_incremental() and changed_names(names) | length > 0) }}
{%- endmacro %}

{% macro names_as_sql(names) -%}
    ({%- for name in changed_names(names) -%}'{{ name }}'{{ ', ' if not loop.last }}{%- endfor -%})
{%- endmacro %}

{# The numbers of the indicators that changed. #}
{% macro changed_indicator_numbers() -%}
    (select indicator_number from {{ source('landing', 'indicator') }} where indicator_id in {{ names_as_sql('changed_indicators') }})
{%- endmacro %}

{# pre_hook of an incremental model: make room for what changed. #}
{% macro delete_changed() -%}
    {%- if execute and is_slice_run() -%}
    delete from {{ this }} where dataset_id in {{ names_as_sql('changed_datasets') }}
    {%- endif -%}
{%- endmacro %}

{% macro delete_changed_indicators() -%}
    {%- if execute and is_slice_run('changed_indicators') -%}
    delete from {{ this }} where indicator_number in {{ changed_indicator_numbers() }}
    {%- endif -%}
{%- endmacro %}

{# The filter of an incremental model; nothing in a full build. #}
{% macro only_changed(column='dataset_id') -%}
    {%- if is_slice_run() %} and {{ column }} in {{ names_as_sql('changed_datasets') }}{% endif -%}
{%- endmacro %}

{% macro only_changed_indicators(column='indicator_number') -%}
    {%- if is_slice_run('changed_indicators') %} and {{ column }} in {{ changed_indicator_numbers() }}{% endif -%}
{%- endmacro %}

{# The last year that regions are mapped for; the run sets it from its clock. #}
{% macro last_year() -%}
    {{ return(env_var('INTEGRERING_LAST_YEAR', '2027') | int) }}
{%- endmacro %}
