-- The country as the sum of the counties, where upstream shows an exact figure of every county of the year. Counts only.
{{ config(materialized='view') }}

with county_cells as (

    select
        bounded.series_id,
        bounded.dataset_id,
        bounded.release_id,
        bounded.region_code,
        bounded.period_start,
        bounded.year,
        bounded.value
    from {{ ref('int_observation__bounded') }} as bounded
    inner join {{ ref('int_series') }} as series
        on bounded.series_id = series.series_id
    where bounded.region_level = 'county' and bounded.value_status = 'ok' and series.is_additive

),

counties_of_year as (

    select
        years.year,
        county_periods.code,
        count(*) over (partition by years.year) as county_count
    from (select distinct year from county_cells) as years
    inner join {{ ref('stg_klass__counties') }} as county_periods
        on
            county_periods.valid_from <= {{ first_day('years.year') }}
            and (county_periods.valid_to is null or county_periods.valid_to > {{ first_day('years.year') }})

)

select
    county_cells.series_id,
    county_cells.dataset_id,
    {{ all_of('county_cells.release_id') }} as release_id,
    county_cells.period_start,
    county_cells.year,
    {{ exact_sum('county_cells.value') }} as value
from county_cells
inner join counties_of_year
    on county_cells.year = counties_of_year.year and county_cells.region_code = counties_of_year.code
group by
    county_cells.series_id, county_cells.dataset_id, county_cells.period_start, county_cells.year, counties_of_year.county_count
having count(*) = counties_of_year.county_count and count(distinct county_cells.region_code) = counties_of_year.county_count
