-- The figures on the geography of today that something else might stand for, one row per series, area and period: of counties, the country
-- and KOSTRA groups, sums, and municipality cells that are not regular.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed() }}"
    )
}}

select * from {{ ref('int_region__today_published') }}
union all
select * from {{ ref('int_region__today_summed') }}
union all
select * from {{ ref('int_region__today_of_counties') }}
union all
select * from {{ ref('int_region__today_not_an_area') }}
