-- Outcomes after the introduction programme on one shape: which cohort, how many years after, what status.
-- The three sources name the cohort differently: by its year (left_in_2012), by years ago, or always one year ago.
with figures as (

    select
        figures.*,
        series.measure,
        series.unit,
        series.sex,
        series.age_group,
        series.category as status
    from {{ ref('int_region__observation_today') }} as figures
    inner join {{ ref('int_series') }} as series
        on figures.series_id = series.series_id
    where
        series.dataset_id in ('imdi_intro_status_arbutd', 'imdi_intro_status_arbutd_avslutta', 'ssb_10824')
        and series.unit in ('persons', 'percent')

),

dated as (

    select
        figures.*,
        case
            when figures.measure like 'left_in_%' then cast(substr(figures.measure, 9, 4) as integer)
            when figures.measure like 'left_%_ago' then figures.year - cast(substr(figures.measure, 6, 1) as integer)
            else figures.year - 1
        end as programme_end_year
    from figures

)

select
    dataset_id,
    region_code,
    region_level,
    year,
    programme_end_year,
    year - programme_end_year as years_since_programme,
    sex,
    age_group,
    status,
    max(case when unit = 'persons' then value end) as persons,
    max(case when unit = 'persons' then value_low end) as persons_low,
    max(case when unit = 'persons' then value_high end) as persons_high,
    max(case when unit = 'percent' then value end) as published_share_pct,
    max(value_status) as value_status,
    max(geography_basis) as geography_basis,
    max(release_id) as release_id
from dated
group by dataset_id, region_code, region_level, year, programme_end_year, sex, age_group, status
