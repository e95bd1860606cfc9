-- Where upstream has a figure of its own, so that no sum stands in: a county, the country or a KOSTRA group that it leaves no gap
-- for, and a place that it gives under a code not in force.
{{ config(materialized='ephemeral') }}

select
    series_id,
    region_code,
    region_level,
    period_start
from {{ ref('int_region__observation_published') }}
where region_level <> 'municipality' and not {{ leaves_a_gap('value_status') }} {{ only_changed() }}
union all
select
    series_id,
    region_code,
    'municipality' as region_level,
    period_start
from {{ ref('int_observation__out_of_force') }}
where true {{ only_changed() }}
