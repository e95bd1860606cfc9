-- County codes as published, in the years in which they denote exactly a county of today.
-- 38 in 2020-2023 and 07 to 2019 are no county of today; 11 has been the same area throughout.
with parts as (

    select * from {{ ref('int_region__part') }}
    where region_level = 'county'

),

then_and_now as (

    select
        year,
        substr(part_code, 1, 2) as published_code,
        region_code,
        part_code,
        is_exact
    from parts

),

of_published as (

    select
        year,
        published_code,
        count(distinct part_code) as published_parts
    from then_and_now
    group by year, published_code

),

of_today as (

    select
        year,
        region_code,
        count(distinct part_code) as today_parts
    from then_and_now
    group by year, region_code

),

shared as (

    select
        year,
        published_code,
        region_code,
        count(distinct part_code) as shared_parts,
        min(case when is_exact then 1 else 0 end) = 1 as all_exact
    from then_and_now
    group by year, published_code, region_code

)

select
    shared.published_code,
    shared.year,
    shared.region_code
from shared
inner join of_published
    on shared.year = of_published.year and shared.published_code = of_published.published_code
inner join of_today
    on shared.year = of_today.year and shared.region_code = of_today.region_code
where
    shared.all_exact
    and shared.shared_parts = of_published.published_parts
    and shared.shared_parts = of_today.today_parts
