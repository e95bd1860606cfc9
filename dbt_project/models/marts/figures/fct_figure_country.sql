-- The figures of the country.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}
{{ figures_of('country') }}
