-- Every series on the geography of today: one row per series, area of today and period.
-- Upstream's own figure for the very area wins (`published`), that of its joined series before that of a code of the year,
-- and that before one printed under a code not in force (`published_under_other_code`); else the sum of the counties or of the
-- parts (`summed`); else no figure, with the reason (`unavailable`). Each branch says its own rule (int_region__today_apart). A
-- municipality's cell that nothing else may stand for is read where it lies. A zero that its own parts contradict is no sure zero.
{{ config(materialized='view') }}

select
    series_id,
    dataset_id,
    release_id,
    area_code as region_code,
    'municipality' as region_level,
    period_start,
    year,
    {{ published_figure("value_status = 'contradicted_zero'", "'published'") }}
from {{ ref('int_observation__regular') }}
where area_code is not null
union all
select * from {{ ref('int_region__today_apart') }}
