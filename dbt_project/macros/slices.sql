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

{# A branch of an incremental model (an ephemeral one) takes part in its slices; where there is no table yet, the model says so. #}
{% macro is_slice_run(names='changed_datasets') -%}
    {%- set is_branch = model.config.materialized == 'ephemeral' and not should_full_refresh() -%}
    {{ return(changed_names(names) | length > 0 and (is_branch or is_incremental())) }}
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
    {%- if execute and takes_slices('changed_datasets') -%}
    delete from {{ this }} where dataset_id in {{ names_as_sql('changed_datasets') }}
    {%- endif -%}
{%- endmacro %}

{% macro delete_changed_indicators() -%}
    {%- if execute and takes_slices('changed_indicators') -%}
    delete from {{ this }} where indicator_number in {{ changed_indicator_numbers() }}
    {%- endif -%}
{%- endmacro %}

{# Whether only slices are built. A table that is not there yet has nothing to add them to: its branches would give the slices alone. #}
{% macro takes_slices(names) -%}
    {%- if changed_names(names) | length > 0 and not should_full_refresh() and not is_incremental() -%}
    {{ exceptions.raise_compiler_error(
        "expected the table " ~ this ~ ", to add the changed slices to; found none; build everything: integrering run --full"
    ) }}
    {%- endif -%}
    {{ return(is_slice_run(names)) }}
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
