-- Recipients and residents by scheme, group and age, of the sources that divide by age: SSB 13563, where each person counts once by main
-- status, and the tables of microdata.no and of orders. One row per source, area, year, scheme, group and age.
{{ config(materialized='view') }}

{%- set statuses = {
    'employed': 'main_status_employed',
    'registered_unemployed': 'main_status_unemployed',
    'labour_market_measures': 'main_status_on_measures',
    'ordinary_education': 'main_status_in_education',
    'work_assessment_or_disability': 'main_status_aap_disability',
    'old_age_pension': 'main_status_pension',
    'other': 'main_status_other',
} %}
with status_counts as (

    select
        figures.region_code,
        figures.year,
        series.category,
        series.immigrant_category as group_code,
        series.age_group,
        figures.value,
        figures.value_low,
        figures.value_high,
        figures.dataset_id,
        figures.release_id
    from {{ ref('int_region__observation_today') }} as figures
    inner join {{ ref('int_series') }} as series
        on figures.series_id = series.series_id
    where
        series.dataset_id = 'ssb_13563'
        and series.unit = 'persons'
        and series.age_group <> 'all'
        and series.sex = 'all'
        and series.immigrant_category in ('all', 'immigrants', 'population_except_immigrants')
        and figures.region_level in ('municipality', 'county', 'country')

),

invented as (

    select
        current_release.dataset_id,
        max(case when releases.is_demo then 1 else 0 end) = 1 as is_demo
    from {{ source('landing', 'current_release') }} as current_release
    inner join {{ source('landing', 'release') }} as releases
        on current_release.dataset_id = releases.dataset_id and current_release.release_id = releases.release_id
    group by current_release.dataset_id

)

select
    counts.region_code,
    counts.year,
    {{ recoded('counts.category', statuses) }} as scheme,
    counts.group_code,
    counts.age_group,
    'ssb_main_status' as source_kind,
    people.value as residents,
    counts.value as recipients,
    counts.value_low as recipients_low,
    counts.value_high as recipients_high,
    counts.dataset_id,
    counts.release_id,
    invented.is_demo
from status_counts as counts
inner join status_counts as people
    on
        counts.region_code = people.region_code
        and counts.year = people.year
        and counts.group_code = people.group_code
        and counts.age_group = people.age_group
        and people.category = 'all'
left join invented
    on counts.dataset_id = invented.dataset_id
where counts.category in ('{{ statuses | join("', '") }}')

union all

select
    region_code,
    year,
    scheme,
    group_code,
    age_group,
    source_kind,
    residents,
    recipients,
    coalesce(recipients_low, recipients) as recipients_low,
    coalesce(recipients_high, recipients) as recipients_high,
    dataset_id,
    release_id,
    is_demo
from {{ ref('int_payments__by_source') }}
where age_group not in ('all', 'age_0_17') and counted_unit = 'person' and source_kind in ('microdata', 'ssb_order')
