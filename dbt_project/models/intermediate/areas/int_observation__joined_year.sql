-- The year on whose areas a publisher has joined its series, by dataset and release: the last one in which most of the codes
-- were in force. A series on the areas of today says today; one joined before the last mergers says the year before them.
with codes as (

    select distinct
        dataset_id,
        release_id,
        region_code
    from {{ ref('int_observation__bounded') }}
    where geography = 'today' and region_level in ('municipality', 'county')

),

in_force as (

    select distinct
        year,
        part_code as code
    from {{ ref('int_region__part') }}
    union
    select distinct
        year,
        substr(part_code, 1, 2) as code
    from {{ ref('int_region__part') }}

),

counted as (

    select
        codes.dataset_id,
        codes.release_id,
        in_force.year,
        row_number() over (
            partition by codes.dataset_id, codes.release_id order by count(*) desc, in_force.year desc
        ) as choice
    from codes
    inner join in_force
        on codes.region_code = in_force.code
    group by codes.dataset_id, codes.release_id, in_force.year

)

select
    dataset_id,
    release_id,
    year as joined_year
from counted
where choice = 1
