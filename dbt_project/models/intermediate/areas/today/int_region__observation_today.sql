-- Every series on the geography of today: one row per series, area of today and period.
-- Upstream's own figure for the very area wins (`published`), that of its joined series before that of a code of the year,
-- and that before one printed under a code not in force (`published_under_other_code`); else the sum of the counties or of the
-- parts (`summed`); else no figure, with the reason (`unavailable`). Each branch says its own rule.
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
