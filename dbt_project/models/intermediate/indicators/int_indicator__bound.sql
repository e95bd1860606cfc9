-- The two ends of each municipality's figure, the better one first: both are the figure itself where it is known exactly.
{{ config(materialized='view') }}

select
    figures.indicator_number,
    breakdowns.series_number,
    figures.region_code,
    figures.year,
    figures.value,
    case
        when figures.value is null then null
        when breakdowns.rank_sign = 1 then figures.value_low
        else -figures.value_high
    end as best,
    case
        when figures.value is null then null
        when breakdowns.rank_sign = 1 then figures.value_high
        else -figures.value_low
    end as worst
from {{ ref('int_indicator__value') }} as figures
inner join {{ ref('int_indicator__breakdown') }} as breakdowns
    on figures.breakdown_id = breakdowns.breakdown_id
where figures.region_level = 'municipality'
