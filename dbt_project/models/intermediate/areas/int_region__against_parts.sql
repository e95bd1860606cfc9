-- The one check of parts against totals: upstream's own county and country figures held against the sum of their municipalities,
-- by dataset, area and year. Bounds of hidden and rounded parts are allowed for, and half a unit, which a printed figure may
-- have lost. A difference is counted, never corrected.
with compared as (

    select
        today.dataset_id,
        today.region_level,
        today.region_code,
        today.year,
        {{ distance('today.value_low', 'today.value_high', 'summed.value_low', 'summed.value_high') }} as distance
    from {{ ref('int_region__observation_today') }} as today
    inner join {{ ref('int_region__observation_summed') }} as summed
        on
            today.series_id = summed.series_id
            and today.region_code = summed.region_code
            and today.region_level = summed.region_level
            and today.period_start = summed.period_start
    where
        today.geography_basis = 'published'
        and today.region_level in ('county', 'country')
        and today.value is not null
        and summed.value_low is not null
        and summed.value_high is not null

)

select
    dataset_id,
    region_level,
    region_code,
    year,
    count(*) as compared_count,
    count(case when distance > 0.5 then 1 end) as outside_count,
    max(distance) as largest_difference
from compared
group by dataset_id, region_level, region_code, year
