-- Every figure of settlement with the place it stands in: tables and text of IMDi's settlement pages, IMDi's statistics table, and
-- what others quote of IMDi.
-- Differences are shown, never corrected: the text and the tables of one page may carry different dates.
-- Where the source in use hides a figure, no other source shows it.
{%- set hidden = "coalesce(used.is_hidden and not figures.is_used, false)" %}
with figures as (

    select * from {{ ref('int_settlement__by_source') }}

),

used as (

    select
        region_code,
        year,
        measure,
        max(value) as used_value,
        max(case when value_status = 'suppressed' then 1 else 0 end) = 1 as is_hidden
    from figures
    where is_used
    group by region_code, year, measure

)

select
    cast(figures.region_code as {{ dbt.type_string() }}) as region_code,
    cast(figures.region_level as {{ dbt.type_string() }}) as region_level,
    figures.year,
    cast(figures.measure as {{ dbt.type_string() }}) as measure,
    cast(figures.figure_source as {{ dbt.type_string() }}) as figure_source,
    figures.stated_on,
    cast(case when not {{ hidden }} then figures.value end as bigint) as persons,
    cast(case when not {{ hidden }} then figures.value_low end as bigint) as persons_low,
    cast(case when not {{ hidden }} then figures.value_high end as bigint) as persons_high,
    cast(case when {{ hidden }} then 'suppressed' else figures.value_status end as {{ dbt.type_string() }}) as value_status,
    cast(figures.geography_basis as {{ dbt.type_string() }}) as geography_basis,
    figures.is_used,
    cast(figures.value - used.used_value as bigint) as difference_persons,
    figures.is_running_year,
    figures.retrieved_on,
    cast(figures.dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(figures.release_id as {{ dbt.type_string() }}) as release_id
from figures
left join used
    on
        figures.region_code = used.region_code
        and figures.year = used.year
        and figures.measure = used.measure
