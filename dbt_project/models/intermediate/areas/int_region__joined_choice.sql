-- Which of several figures of one series, area and period is taken where a dataset gives a joined series beside the codes of the
-- year: the joined one first, a published one before a sum, and none without a figure before one that has it.
with mixed as (

    select * from {{ ref('int_region__joined_beside') }}

),

rivals as (

    select
        figures.series_id,
        figures.region_code,
        figures.region_level,
        figures.period_start,
        figures.is_joined,
        false as is_sum,
        figures.value_status
    from {{ ref('int_region__observation_published') }} as figures
    inner join mixed
        on figures.dataset_id = mixed.dataset_id
    where figures.region_level = 'municipality' or not {{ leaves_a_gap('figures.value_status') }}
    union all
    select
        figures.series_id,
        figures.region_code,
        figures.region_level,
        figures.period_start,
        figures.is_joined,
        true as is_sum,
        figures.value_status
    from {{ ref('int_region__observation_summed') }} as figures
    inner join mixed
        on figures.dataset_id = mixed.dataset_id

),

ordered as (

    select
        *,
        row_number() over (
            partition by series_id, region_code, region_level, period_start
            order by
                case when {{ leaves_a_gap('value_status') }} or value_status = 'unavailable' then 1 else 0 end,
                case when is_sum then 1 else 0 end,
                case when is_joined then 0 else 1 end
        ) as choice
    from rivals

)

select
    series_id,
    region_code,
    region_level,
    period_start,
    is_joined,
    is_sum
from ordered
where choice = 1
