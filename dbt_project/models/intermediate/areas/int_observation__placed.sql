-- Municipality cells, each under the code that was in force in its year, one cell per place and series.
-- Where upstream lists one place under two codes in one year, the code in force wins unless only the other has a figure;
-- the two are never added. A figure under a code that denotes no place of that year is left out and reported.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed() }}"
    )
}}

with code_year as (

    select * from {{ ref('int_region__code_year') }}

),

-- places that a dataset lists under more than one code in a year. They are few, so that what follows looks at the cells again
-- rather than keep them all
listed as (

    select distinct
        dataset_id,
        published_code,
        geography_year
    from {{ ref('int_observation__municipality') }}
    where true {{ only_changed() }}

),

contested as (

    select
        listed.dataset_id,
        code_year.part_code,
        listed.geography_year
    from listed
    inner join code_year
        on listed.published_code = code_year.published_code and listed.geography_year = code_year.year
    group by listed.dataset_id, code_year.part_code, listed.geography_year
    having count(*) > 1

),

ranked as (

    select
        cells.*,
        code_year.part_code,
        row_number() over (
            partition by cells.series_id, code_year.part_code, cells.period_start
            order by
                case when {{ has_bounds('cells.value_status') }} then 0 else 1 end,
                case when code_year.is_own_year then 0 else 1 end,
                cells.published_code
        ) as choice
    from {{ ref('int_observation__municipality') }} as cells
    inner join code_year
        on cells.published_code = code_year.published_code and cells.geography_year = code_year.year
    inner join contested
        on
            cells.dataset_id = contested.dataset_id
            and code_year.part_code = contested.part_code
            and cells.geography_year = contested.geography_year
    where (not code_year.is_special or {{ has_bounds('cells.value_status') }}) {{ only_changed('cells.dataset_id') }}

)

select
    cells.series_id,
    cells.dataset_id,
    cells.release_id,
    cells.published_code,
    code_year.part_code,
    cells.period_start,
    cells.year,
    cells.geography_year,
    cells.value,
    cells.value_low,
    cells.value_high,
    cells.value_status
from {{ ref('int_observation__municipality') }} as cells
inner join code_year
    on cells.published_code = code_year.published_code and cells.geography_year = code_year.year
left join contested
    on
        cells.dataset_id = contested.dataset_id
        and code_year.part_code = contested.part_code
        and cells.geography_year = contested.geography_year
where contested.part_code is null and (not code_year.is_special or {{ has_bounds('cells.value_status') }}) {{ only_changed('cells.dataset_id') }}

union all

select
    series_id,
    dataset_id,
    release_id,
    published_code,
    part_code,
    period_start,
    year,
    geography_year,
    value,
    value_low,
    value_high,
    value_status
from ranked
where choice = 1
