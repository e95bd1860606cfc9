-- Each municipality beside its county and the country, for every indicator, year and breakdown.
-- Differences are in the indicator's unit (percentage points for a share). A region is ranked only with a known value; a
-- change over years is given only where no break of definition lies between.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed('indicator_id', 'changed_indicators') }}"
    )
}}

with figures as (

    select * from {{ ref('int_indicator__value') }}
    where true {{ only_changed('indicator_id', 'changed_indicators') }}

),

indicators as (

    select * from {{ ref('dim_indicator') }}

),

breaks as (

    select distinct
        indicator_id,
        break_year
    from {{ source('landing', 'indicator_break') }}

),

breakdowns as (

    select * from {{ ref('int_indicator__breakdown') }}

),

demo as (

    select
        terms.indicator_id,
        max(case when datasets.is_demo then 1 else 0 end) = 1 as is_demo
    from {{ ref('dim_indicator_term') }} as terms
    inner join {{ ref('dim_dataset') }} as datasets
        on terms.dataset_id = datasets.dataset_id
    group by terms.indicator_id

),

municipality as (

    select
        figures.*,
        substr(figures.region_code, 1, 2) as county_code,
        case
            when figures.value is not null
                then rank() over (
                    partition by figures.breakdown_id, figures.year, figures.value is null
                    order by case when indicators.direction = 'lower_better' then figures.value else -figures.value end
                )
        end as value_rank,
        count(figures.value) over (partition by figures.breakdown_id, figures.year) as ranked_count
    from figures
    inner join indicators
        on figures.indicator_id = indicators.indicator_id
    where figures.region_level = 'municipality'

),

county as (

    select * from figures where region_level = 'county'

),

country as (

    select * from figures where region_level = 'country'

),

one_year_before as (

    select
        breakdown_id,
        region_code,
        year + 1 as year,
        value
    from municipality
    where value is not null

),

three_years_before as (

    select
        breakdown_id,
        region_code,
        year + 3 as year,
        value
    from municipality
    where value is not null

),

broken as (

    select
        years.indicator_id,
        years.year,
        max(case when breaks.break_year = years.year then 1 else 0 end) = 1 as in_one_year,
        max(case when breaks.break_year > years.year - 3 and breaks.break_year <= years.year then 1 else 0 end) = 1 as in_three_years
    from (select distinct indicator_id, year from municipality) as years
    inner join breaks
        on years.indicator_id = breaks.indicator_id
    group by years.indicator_id, years.year

)

select
    cast(municipality.indicator_id as varchar) as indicator_id,
    cast(municipality.region_code as varchar) as municipality_code,
    municipality.year,
    {%- for name in var('dimensions') %}
    cast(breakdowns.{{ name }} as varchar) as {{ name }},
    {%- endfor %}
    municipality.value as municipality_value,
    municipality.value_low as municipality_value_low,
    municipality.value_high as municipality_value_high,
    cast(municipality.value_status as varchar) as municipality_status,
    cast(municipality.geography_basis as varchar) as municipality_basis,
    cast(municipality.reason as varchar) as municipality_reason,
    cast(municipality.county_code as varchar) as county_code,
    county.value as county_value,
    county.value_low as county_value_low,
    county.value_high as county_value_high,
    cast(coalesce(county.value_status, 'missing') as varchar) as county_status,
    cast(county.geography_basis as varchar) as county_basis,
    cast(county.reason as varchar) as county_reason,
    country.value as country_value,
    country.value_low as country_value_low,
    country.value_high as country_value_high,
    cast(coalesce(country.value_status, 'missing') as varchar) as country_status,
    cast(country.geography_basis as varchar) as country_basis,
    cast(country.reason as varchar) as country_reason,
    municipality.value - county.value as difference_county,
    municipality.value - country.value as difference_country,
    cast(municipality.value_rank as integer) as rank,
    cast(municipality.ranked_count as integer) as ranked_count,
    case when not coalesce(broken.in_one_year, false) then municipality.value - one_year_before.value end as change_1y,
    case when not coalesce(broken.in_three_years, false) then municipality.value - three_years_before.value end as change_3y,
    cast(municipality.release_id as varchar) as release_id,
    demo.is_demo
from municipality
inner join breakdowns
    on municipality.breakdown_id = breakdowns.breakdown_id
inner join demo
    on municipality.indicator_id = demo.indicator_id
left join county
    on
        municipality.breakdown_id = county.breakdown_id
        and municipality.county_code = county.region_code
        and municipality.year = county.year
left join country
    on
        municipality.breakdown_id = country.breakdown_id
        and municipality.year = country.year
left join one_year_before
    on
        municipality.breakdown_id = one_year_before.breakdown_id
        and municipality.region_code = one_year_before.region_code
        and municipality.year = one_year_before.year
left join three_years_before
    on
        municipality.breakdown_id = three_years_before.breakdown_id
        and municipality.region_code = three_years_before.region_code
        and municipality.year = three_years_before.year
left join broken
    on
        municipality.indicator_id = broken.indicator_id
        and municipality.year = broken.year
