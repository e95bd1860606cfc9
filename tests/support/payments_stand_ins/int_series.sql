{{ config(materialized='table', schema='intermediate') }}
-- One series for each status, group and age that the test's cells have.
select
    row_number() over (order by category, immigrant_category, age_group) as series_id,
    'ssb_13563' as dataset_id,
    'persons' as unit,
    'all' as sex,
    category,
    immigrant_category,
    age_group
from (select distinct category, immigrant_category, age_group from landing.status_count) as cells
