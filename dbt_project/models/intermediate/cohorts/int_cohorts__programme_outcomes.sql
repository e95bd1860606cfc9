-- Outcomes after the introduction programme on one shape: which cohort, how many years after, what status.
-- Status and basis are those of the count; of the share where a source gives no count.
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
        and figures.region_level in ('municipality', 'county', 'country')

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

),

counts as (

    select * from dated
    where unit = 'persons'

),

shares as (

    select * from dated
    where unit = 'percent'

)

select
    coalesce(counts.dataset_id, shares.dataset_id) as dataset_id,
    coalesce(counts.region_code, shares.region_code) as region_code,
    coalesce(counts.region_level, shares.region_level) as region_level,
    coalesce(counts.year, shares.year) as year,
    coalesce(counts.programme_end_year, shares.programme_end_year) as programme_end_year,
    coalesce(counts.sex, shares.sex) as sex,
    coalesce(counts.age_group, shares.age_group) as age_group,
    coalesce(counts.status, shares.status) as status,
    coalesce(counts.year, shares.year) - coalesce(counts.programme_end_year, shares.programme_end_year) as years_since_programme,
    counts.value as persons,
    counts.value_low as persons_low,
    counts.value_high as persons_high,
    shares.value as published_share_pct,
    coalesce(counts.value_status, shares.value_status) as value_status,
    coalesce(counts.geography_basis, shares.geography_basis) as geography_basis,
    coalesce(counts.release_id, shares.release_id) as release_id
from counts
full outer join shares
    on
        counts.dataset_id = shares.dataset_id
        and counts.region_code = shares.region_code
        and counts.region_level = shares.region_level
        and counts.year = shares.year
        and counts.programme_end_year = shares.programme_end_year
        and counts.sex = shares.sex
        and counts.age_group = shares.age_group
        and counts.status = shares.status
