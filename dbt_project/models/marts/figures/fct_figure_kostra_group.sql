-- The figures of the KOSTRA groups.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}
{{ figures_of('kostra_group') }}
