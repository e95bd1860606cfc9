{# The observations of one publisher that are in use: typed, nothing summed, one row per upstream cell.
   A release serves a slice: a region level, or a region level in one month where files hold periods of their own. #}
{% macro staged_observations(publisher) -%}
select
    observation.dataset_id,
    observation.release_id,
    observation.source_row,
    observation.source_column,
    observation.series_number,
    cast(observation.region_code as varchar) as region_code,
    cast(observation.region_level as varchar) as region_level,
    observation.period_start,
    observation.value,
    cast(observation.value_status as varchar) as value_status
from {{ source(publisher, publisher ~ '_observation') }} as observation
inner join {{ source('landing', 'current_release') }} as current_release
    on
        observation.dataset_id = current_release.dataset_id
        and observation.release_id = current_release.release_id
        and current_release.slice in (
            cast(observation.region_level as varchar),
            cast(observation.region_level as varchar) || '@' || substr(cast(observation.period_start as varchar), 1, 7)
        )
{%- endmacro %}
