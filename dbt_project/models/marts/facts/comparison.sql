-- Each municipality beside its county, its KOSTRA group and the country, for every indicator, year and breakdown.
-- Differences are in the indicator's unit (percentage points for a share). A region is ranked only with a known value, first
-- being best (or highest, where neither way is better). A change over years is given only where no break of definition lies
-- between. The KOSTRA group is the one the municipality is in today; where no group is known the columns are empty.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_changed('indicator_id', 'changed_indicators') }}"
    )
}}

{%- set compared = {'county': 'beside', 'country': 'beside', 'kostra_group': 'kostra_group'} %}

with figures as (

    select * from {{ ref('int_indicator__value') }}
    where true {{ only_changed('indicator_id', 'changed_indicators') }}

),

breaks as (

    select distinct
        indicator_id,
        break_year
    from {{ source('landing', 'indicator_break') }}

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

breakdowns as (

    select
        breakdown.*,
        demo.is_demo,
        case when indicators.direction = 'lower_better' then 1 else -1 end as rank_sign
    from {{ ref('int_indicator__breakdown') }} as breakdown
    inner join {{ ref('dim_indicator') }} as indicators
        on breakdown.indicator_id = indicators.indicator_id
    inner join demo
        on breakdown.indicator_id = demo.indicator_id

),

kostra_groups as (

    select * from {{ ref('int_region__kostra_group') }}

),

ranked as (

    select
        figures.breakdown_id,
        figures.region_code,
        figures.year,
        figures.value,
        figures.value_low,
        figures.value_high,
        figures.value_status,
        figures.geography_basis,
        figures.reason,
        figures.release_id,
        substr(figures.region_code, 1, 2) as county_code,
        kostra_groups.group_code,
        case
            when figures.value is not null
                then rank() over (
                        partition by figures.breakdown_id, figures.year
                        order by figures.value * breakdowns.rank_sign nulls last
                    )
        end as value_rank
    from figures
    inner join breakdowns
        on figures.breakdown_id = breakdowns.breakdown_id
    left join kostra_groups
        on figures.region_code = kostra_groups.region_code
    where figures.region_level = 'municipality'

),

counted as (

    select
        breakdown_id,
        year,
        count(value) as ranked_count
    from ranked
    group by breakdown_id, year

),

county_codes as (

    select region_code as county_code from {{ ref('dim_region') }}
    where region_level = 'county'

),

county as (

    select * from figures
    where region_level = 'county'

),

country as (

    select * from figures
    where region_level = 'country'

),

kostra_group as (

    select
        breakdown_id,
        region_code as group_code,
        year,
        value as kostra_group_value,
        value_low as kostra_group_value_low,
        value_high as kostra_group_value_high,
        value_status as kostra_group_status,
        geography_basis as kostra_group_basis,
        reason as kostra_group_reason
    from figures
    where region_level = 'kostra_group'

),

broken as (

    select
        breakdowns.breakdown_id,
        counted.year,
        max(case when breaks.break_year = counted.year then 1 else 0 end) = 1 as in_one_year,
        max(case when breaks.break_year > counted.year - 3 and breaks.break_year <= counted.year then 1 else 0 end) = 1 as in_three_years
    from counted
    inner join breakdowns
        on counted.breakdown_id = breakdowns.breakdown_id
    inner join breaks
        on breakdowns.indicator_id = breaks.indicator_id
    group by breakdowns.breakdown_id, counted.year

),

-- what all municipalities of a county are held against: one row per breakdown, year and county
beside as (

    select
        counted.breakdown_id,
        counted.year,
        county_codes.county_code,
        counted.ranked_count,
        {%- for level in ['county', 'country'] %}
            {{ level }}.value as {{ level }}_value,
            {{ level }}.value_low as {{ level }}_value_low,
            {{ level }}.value_high as {{ level }}_value_high,
            coalesce({{ level }}.value_status, 'missing') as {{ level }}_status,
            coalesce({{ level }}.geography_basis, 'unavailable') as {{ level }}_basis,
            case when {{ level }}.breakdown_id is null then 'no_figure' else {{ level }}.reason end as {{ level }}_reason,
        {%- endfor %}
        coalesce(broken.in_one_year, false) as is_broken_1y,
        coalesce(broken.in_three_years, false) as is_broken_3y
    from counted
    cross join county_codes
    left join county
        on
            counted.breakdown_id = county.breakdown_id
            and counted.year = county.year
            and county_codes.county_code = county.region_code
    left join country
        on counted.breakdown_id = country.breakdown_id and counted.year = country.year
    left join broken
        on counted.breakdown_id = broken.breakdown_id and counted.year = broken.year

),

known as (

    select
        breakdown_id,
        region_code,
        year,
        value
    from ranked
    where value is not null

)

select
    cast(breakdowns.indicator_id as {{ dbt.type_string() }}) as indicator_id,
    cast(ranked.region_code as {{ dbt.type_string() }}) as municipality_code,
    ranked.year,
    {%- for name in var('dimensions') %}
        cast(breakdowns.{{ name }} as {{ dbt.type_string() }}) as {{ name }},
    {%- endfor %}
    ranked.value as municipality_value,
    ranked.value_low as municipality_value_low,
    ranked.value_high as municipality_value_high,
    cast(ranked.value_status as {{ dbt.type_string() }}) as municipality_status,
    cast(ranked.geography_basis as {{ dbt.type_string() }}) as municipality_basis,
    cast(ranked.reason as {{ dbt.type_string() }}) as municipality_reason,
    cast(ranked.county_code as {{ dbt.type_string() }}) as county_code,
    {%- for level, alias in compared.items() %}
        {%- if level == 'kostra_group' %}
            cast(ranked.group_code as {{ dbt.type_string() }}) as kostra_group_code,
        {%- endif %}
        {{ alias }}.{{ level }}_value,
        {{ alias }}.{{ level }}_value_low,
        {{ alias }}.{{ level }}_value_high,
        cast({{ alias }}.{{ level }}_status as {{ dbt.type_string() }}) as {{ level }}_status,
        cast({{ alias }}.{{ level }}_basis as {{ dbt.type_string() }}) as {{ level }}_basis,
        cast({{ alias }}.{{ level }}_reason as {{ dbt.type_string() }}) as {{ level }}_reason,
    {%- endfor %}
    ranked.value - beside.county_value as difference_county,
    ranked.value - beside.country_value as difference_country,
    ranked.value - kostra_group.kostra_group_value as difference_kostra_group,
    cast(ranked.value_rank as integer) as rank,
    cast(beside.ranked_count as integer) as ranked_count,
    case when not beside.is_broken_1y then ranked.value - one_year_before.value end as change_1y,
    case when not beside.is_broken_3y then ranked.value - three_years_before.value end as change_3y,
    cast(ranked.release_id as {{ dbt.type_string() }}) as release_id,
    breakdowns.is_demo
from ranked
inner join breakdowns
    on ranked.breakdown_id = breakdowns.breakdown_id
inner join beside
    on
        ranked.breakdown_id = beside.breakdown_id
        and ranked.year = beside.year
        and ranked.county_code = beside.county_code
left join kostra_group
    on
        ranked.breakdown_id = kostra_group.breakdown_id
        and ranked.year = kostra_group.year
        and ranked.group_code = kostra_group.group_code
left join known as one_year_before
    on
        ranked.breakdown_id = one_year_before.breakdown_id
        and ranked.region_code = one_year_before.region_code
        and ranked.year = one_year_before.year + 1
left join known as three_years_before
    on
        ranked.breakdown_id = three_years_before.breakdown_id
        and ranked.region_code = three_years_before.region_code
        and ranked.year = three_years_before.year + 3
