{# Staging and landing as an engine other than DuckDB gets them: one table per relation over the Parquet files of an export.
   Staging reads the landing folder and stays with DuckDB; intermediate and marts are built from these. #}
{% macro lay_staging() -%}
    {{ return(adapter.dispatch('lay_staging', 'integrering')()) }}
{%- endmacro %}

{% macro default__lay_staging() -%}
{%- endmacro %}

{% macro spark__lay_staging() -%}
    {%- if execute -%}
        {%- set staged = graph.nodes.values() | selectattr('schema', 'equalto', 'staging') | list -%}
        {%- for schema in ['landing', 'staging', 'intermediate', 'marts'] -%}
            {%- do run_query('create database if not exists ' ~ schema) -%}
        {%- endfor -%}
        {%- for node in staged + graph.sources.values() | list if node.resource_type in ('model', 'seed', 'source') -%}
            {%- set name = node.schema ~ '.' ~ (node.identifier or node.name) -%}
            {%- set folder = var('staging_export') ~ '/' ~ node.schema ~ '/' ~ (node.identifier or node.name) -%}
            {%- do run_query('drop table if exists ' ~ name) -%}
            {%- do run_query("create table " ~ name ~ " using parquet location '" ~ folder ~ "'") -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{# A contract says `varchar`, which Spark spells `string`. #}
{% macro spark__get_empty_schema_sql(columns) -%}
    select
    {%- for name, column in columns.items() %}
        cast(null as {{ 'string' if column.data_type == 'varchar' else column.data_type }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Spark's Parquet tables hold no constraints; a contract's names and types are checked, `not null` is DuckDB's to hold. #}
{% macro spark__persist_constraints(relation, model) -%}
{%- endmacro %}
