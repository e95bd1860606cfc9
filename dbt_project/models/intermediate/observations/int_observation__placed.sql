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

with datasets as (

    select
        dataset_id,
        geography
    from {{ source('landing', 'dataset') }}

),

-- `geography_year`: whose codes the cells stand under, the year's own or (where upstream has joined its series) today's
cells as (

    select
        bounded.*,
        case when datasets.geography = 'today' then {{ last_year() }} else bounded.year end as geography_year
    from {{ ref('int_observation__bounded') }} as bounded
    inner join datasets
        on bounded.dataset_id = datasets.dataset_id
    where bounded.region_level = 'municipality' {{ only_changed('bounded.dataset_id') }}

),

code_year as (

    select * from {{ ref('int_region__code_year') }}

),

-- places that a dataset lists under more than one code in a year
listed as (

    select distinct
        dataset_id,
        region_code,
        geography_year
    from cells

),

contested as (

    select
        listed.dataset_id,
        code_year.part_code,
        listed.geography_year
    from listed
    inner join code_year
        on listed.region_code = code_year.published_code and listed.geography_year = code_year.year
    group by listed.dataset_id, code_year.part_code, listed.geography_year
    having count(*) > 1

),

placed as (

    select
        cells.series_id,
        cells.dataset_id,
        cells.release_id,
        cells.region_code as published_code,
        code_year.part_code,
        cells.period_start,
        cells.year,
        cells.geography_year,
        cells.value,
        cells.value_low,
        cells.value_high,
        cells.value_status,
        code_year.is_own_year,
        contested.part_code is not null as is_contested
    from cells
    inner join code_year
        on cells.region_code = code_year.published_code and cells.geography_year = code_year.year
    left join contested
        on
            cells.dataset_id = contested.dataset_id
            and code_year.part_code = contested.part_code
            and cells.geography_year = contested.geography_year
    where not code_year.is_special or cells.value_status in ('ok', 'suppressed')

),

ranked as (

    select
        placed.*,
        row_number() over (
            partition by series_id, part_code, period_start
            order by
                case when value_status in ('ok', 'suppressed') then 0 else 1 end,
                case when is_own_year then 0 else 1 end,
                published_code
        ) as choice
    from placed
    where is_contested

)

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
from placed
where not is_contested

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
