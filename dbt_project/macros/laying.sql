{#
  How a model is laid into the build file on DuckDB: in one statement, in place of dbt-duckdb's own materializations, which make
  it beside the old one, rename both and drop the old (six round trips a model, half of what dbt costs beside the SQL), and
  which lay the rows of a slice aside before they append them.
  Nobody reads the build file while it is built, and one that a failed build left is thrown away: there is nothing to keep.
#}
{% materialization table, adapter='duckdb' %}
    {%- set target_relation = make_room('table') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        create or replace table {{ target_relation }} as ({{ in_order_of_contract(sql) }})
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set target_relation = make_room('view') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        create or replace view {{ target_relation }} as ({{ sql }})
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# Of a slice, the pre_hook has made room for the rows (macros/slices.sql). A model whose columns change is built whole: a change of
   the code rebuilds everything. #}
{% materialization incremental, adapter='duckdb' %}
    {%- set target_relation = make_room('table') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        {% if is_incremental() -%}
            insert into {{ target_relation }} by name ({{ sql }})
        {%- else -%}
            create or replace table {{ target_relation }} as ({{ sql }})
        {%- endif %}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# The relation of this model. One of the other kind under its name is dropped: `create or replace` replaces none of those. #}
{% macro make_room(kind) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none and existing.type != kind -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {{ return(this.incorporate(type=kind)) }}
{%- endmacro %}

{# A table has its columns in the order of its contract. One that the contract lacks comes last, for `check_contracts` to find. #}
{% macro in_order_of_contract(sql) -%}
    {%- if config.get('contract').enforced -%}
        {%- set promised = model.columns.keys() | join(', ') -%}
        select {{ promised }}, * exclude ({{ promised }}) from ({{ sql }})
    {%- else -%}
        {{ sql }}
    {%- endif -%}
{%- endmacro %}

{#
  on-run-end: every model under a contract that was built has the columns and types of it, asked of the engine once a build.
  (That no cell is empty where the contract allows none, publication looks up in the file that it publishes.)
#}
{% macro check_contracts(results) -%}
    {%- if execute and target.type == 'duckdb' -%}
        {%- set found = {} -%}
        {%- for row in run_query("select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()") -%}
            {%- do found.setdefault(row[0], {}).update({row[1]: row[2] | lower}) -%}
        {%- endfor -%}
        {%- set broken = [] -%}
        {%- for result in results if result.status == 'success' and result.node.config.contract and result.node.config.contract.enforced -%}
            {%- set promised = {} -%}
            {%- for column in result.node.columns.values() -%}
                {%- do promised.update({column.name: column.data_type | lower}) -%}
            {%- endfor -%}
            {%- set columns = found.get(result.node.schema ~ '.' ~ result.node.name, {}) -%}
            {%- if columns != promised -%}
                {%- for name in promised.keys() | list + columns.keys() | list if promised.get(name) != columns.get(name) -%}
                    {%- do broken.append(result.node.name ~ '.' ~ name ~ ': promised ' ~ promised.get(name, 'no such column') ~ ', found ' ~ columns.get(name, 'none')) -%}
                {%- endfor -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if broken -%}
            {%- do exceptions.raise_compiler_error('contracts are not kept: ' ~ broken | unique | join('; ')) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
