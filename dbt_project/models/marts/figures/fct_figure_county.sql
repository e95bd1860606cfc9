-- The figures of the counties of today.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}
{{ figures_of('county') }}
