-- Upstream's own figures on the geography of today. Where it gives a joined series beside the codes of the year, the chosen one
-- (int_region__joined_choice). A zero is no sure zero, and so is shown as incomplete, where its own parts contradict it, or where
-- upstream's joining made it for an area that came of a split.
{{ config(materialized='ephemeral') }}

with published as (

    select * from {{ ref('int_region__observation_published') }}
    where (region_level = 'municipality' or not {{ leaves_a_gap('value_status') }}) {{ only_changed() }}

),

chosen as (

    select
        published.*,
        published.value_status = 'contradicted_zero'
        or (split_areas.region_code is not null and coalesce(published.value, 1) = 0) as is_unsure_zero
    from published
    left join {{ ref('int_region__split_area') }} as split_areas
        on
            published.region_code = split_areas.region_code
            and published.year = split_areas.year
            and published.region_level = 'municipality'
            and published.is_joined
    left join {{ ref('int_region__joined_choice') }} as choice
        on
            published.series_id = choice.series_id
            and published.region_code = choice.region_code
            and published.region_level = choice.region_level
            and published.period_start = choice.period_start
    where choice.series_id is null or (not choice.is_sum and published.is_joined = choice.is_joined)

)

select
    series_id,
    dataset_id,
    release_id,
    region_code,
    region_level,
    period_start,
    year,
    {{ published_figure('is_unsure_zero', 'geography_basis') }}
from chosen
