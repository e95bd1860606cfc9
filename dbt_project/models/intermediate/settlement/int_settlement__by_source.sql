-- Every figure of settlement on the geography of today, by where it stands: the tables of IMDi's settlement page of the year,
-- the running text of that page, and IMDi's statistics table. `is_used` follows the declared order of the datasets: a measure
-- of a year (and level) comes whole from the first that has it. The text is shown and never used. What others later quote of
-- IMDi is used for an area whose figure is of a year that was not over: it stands for that area alone.
with series as (

    select
        series_id,
        dataset_id,
        measure,
        category
    from {{ ref('int_series') }}
    where
        dataset_id in ('imdi_bosettingstall', 'imdi_bosatt_anmodede')
        and unit = 'persons'

),

dataset_order as (

    select dataset_id from {{ source('landing', 'dataset_order') }}
    where serves_before = 'imdi_bosatt_anmodede'

),

releases as (

    select
        dataset_id,
        release_id,
        cast(retrieved_at as date) as retrieved_on,
        cast(upstream_updated_at as date) as stated_on,
        is_demo
    from {{ source('landing', 'release') }}

),

figures as (

    select
        figures.region_code,
        figures.region_level,
        figures.year,
        series.measure,
        series.dataset_id,
        case
            when series.category = 'page_text' then 'page_text'
            when dataset_order.dataset_id is not null then 'page_table'
            else 'statistics_table'
        end as figure_source,
        figures.value,
        figures.value_low,
        figures.value_high,
        figures.value_status,
        figures.geography_basis,
        figures.reason,
        -- a figure of the text carries its printed date as its period, or the first day of the year where none is printed
        case
            when series.category <> 'page_text' then releases.stated_on
            when figures.period_start <> {{ first_day('figures.year') }} then figures.period_start
        end as stated_on,
        releases.retrieved_on,
        releases.is_demo,
        figures.release_id
    from {{ ref('int_region__observation_today') }} as figures
    inner join series
        on figures.series_id = series.series_id
    left join dataset_order
        on series.dataset_id = dataset_order.dataset_id
    left join releases
        on figures.dataset_id = releases.dataset_id and figures.release_id = releases.release_id
    where figures.region_level in ('municipality', 'county', 'country')

),

invented as (

    select count(*) as demo_count from figures
    where is_demo

),

-- a real figure is never quoted beside invented ones
with_quoted as (

    select * from figures

    union all

    select
        quoted.region_code,
        case
            when length(quoted.region_code) = 4 then 'municipality'
            when quoted.region_code = '00' then 'country'
            else 'county'
        end as region_level,
        quoted.year,
        'settled' as measure,
        quoted.dataset_id,
        'quoted' as figure_source,
        cast(quoted.settled_persons as double) as value,
        cast(quoted.settled_persons as double) as value_low,
        cast(quoted.settled_persons as double) as value_high,
        'ok' as value_status,
        'published' as geography_basis,
        cast(null as {{ dbt.type_string() }}) as reason,
        quoted.stated_on,
        releases.retrieved_on,
        quoted.is_demo,
        quoted.release_id
    from {{ source('published', 'published_settlement_counts') }} as quoted
    left join releases
        on quoted.dataset_id = releases.dataset_id and quoted.release_id = releases.release_id
    cross join invented
    where invented.demo_count = 0

),

ranked as (

    select
        with_quoted.*,
        -- the year was not over when the figure was made
        coalesce(year >= {{ year_of('coalesce(stated_on, retrieved_on)') }}, false) as is_running_year,
        case figure_source when 'page_table' then 1 when 'statistics_table' then 2 end as source_order,
        min(case when value_low is not null then case figure_source when 'page_table' then 1 when 'statistics_table' then 2 end end)
            over (partition by measure, region_level, year) as first_order
    from with_quoted

),

chosen as (

    select
        ranked.*,
        coalesce(source_order = coalesce(first_order, 2), false) as is_first
    from ranked

),

-- per area: whether a quoted figure stands in for one of a year that was not over
judged as (

    select
        chosen.*,
        max(case when figure_source = 'quoted' then 1 else 0 end) over (partition by measure, region_level, region_code, year) = 1
        and max(case when is_first and not is_running_year then 1 else 0 end)
            over (partition by measure, region_level, region_code, year)
        = 0 as is_quoted_for
    from chosen

)

select
    region_code,
    region_level,
    year,
    measure,
    figure_source,
    dataset_id,
    value,
    value_low,
    value_high,
    value_status,
    geography_basis,
    reason,
    stated_on,
    retrieved_on,
    is_running_year,
    case when is_quoted_for then figure_source = 'quoted' else is_first end as is_used,
    release_id
from judged
