-- Upstream's own figures on the geography of today. Where it gives a joined series beside the codes of the year, the chosen one
-- (int_region__joined_choice). A zero is no sure zero, and so is shown as incomplete, where its own parts contradict it, or where
-- upstream's joining made it for an area that came of a split.
{{ config(materialized='ephemeral') }}

with published as (

    select * from {{ ref('int_region__observation_published') }}
    where (region_level = 'municipality' or not {{ leaves_a_gap('value_status') }}) {{ only_changed() }}

),

choice as (

    select * from {{ ref('int_region__joined_choice') }}

),

-- areas of today that a split of some municipality since then leaves without an exact past
split_areas as (

    select distinct
        region_code,
        year
    from {{ ref('int_region__part') }}
    where region_level = 'municipality' and not is_exact

),

chosen as (

    select
        published.*,
        published.value_status = 'contradicted_zero'
        or (split_areas.region_code is not null and coalesce(published.value, 1) = 0) as is_unsure_zero
    from published
    left join split_areas
        on
            published.region_code = split_areas.region_code
            and published.year = split_areas.year
            and published.region_level = 'municipality'
            and published.is_joined
    left join choice
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
    case when not is_unsure_zero then value end as value,
    case when {{ has_bounds('value_status') }} or is_unsure_zero then value_low end as value_low,
    case when {{ has_bounds('value_status') }} and not is_unsure_zero then value_high end as value_high,
    case when is_unsure_zero then 'incomplete' else value_status end as value_status,
    geography_basis,
    cast(case when is_unsure_zero then 'zero_contradicted' end as {{ dbt.type_string() }}) as reason,
    case when value_status = 'suppressed' then 1 else 0 end as hidden_count
from chosen
