{# A changed dataset replaces its own rows: incremental models delete them first and append the new ones.
   What changed comes by the environment, not by dbt's vars, which would make dbt parse the whole project again at each run.
   `names` is the variable that lists it; an empty list means that everything is built. #}
{% macro changed_names(names) -%}
    {%- set listed = {
        'changed_datasets': env_var('INTEGRERING_CHANGED_DATASETS', ''),
        'changed_indicators': env_var('INTEGRERING_CHANGED_INDICATORS', ''),
        'published_indicators': env_var('INTEGRERING_PUBLISHED_INDICATORS', '')
    } -%}
    {{ return(listed[names].split(',') | select | list) }}
{%- endmacro %}

{% macro is_slice_run(names='changed_datasets') -%}
    {{ return(is_incremental() and changed_names(names) | length > 0) }}
{%- endmacro %}

{% macro names_as_sql(names) -%}
    ({%- for name in changed_names(names) -%}'{{ name }}'{{ ', ' if not loop.last }}{%- endfor -%})
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

{# The filter of a model that is published in slices: the indicators whose rows the candidate is still to be given; nothing
   where the candidate is written whole. #}
{% macro only_published(column='indicator_id') -%}
    {%- if changed_names('published_indicators') %} and {{ column }} in {{ names_as_sql('published_indicators') }}{% endif -%}
{%- endmacro %}

{# The last year that regions are mapped for; the run sets it from its clock. #}
{% macro last_year() -%}
    {{ return(env_var('INTEGRERING_LAST_YEAR', '2027') | int) }}
{%- endmacro %}
