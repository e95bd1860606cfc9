-- Each municipality beside its county, its KOSTRA group and the country, for every indicator, year and breakdown.
-- Differences are in the indicator's unit (percentage points for a share). A region is ranked only with a known value, first
-- being best (or highest, where neither way is better). A change over years is given only where no break of definition lies
-- between. The KOSTRA group is the one the municipality is in today; where no group is known the columns are empty.
-- A view: publication writes it out once, some areas at a time, all of it or the slices that changed. Order works on few
-- columns; the wide text columns are joined last, to rows that already stand in order.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

{%- set shown = ['value', 'value_low', 'value_high'] %}
{%- set levels = {'county': 'county_code', 'country': none, 'kostra_group': 'group_code'} %}

with breakdowns as (

    select * from {{ ref('int_indicator__breakdown') }}

),

kostra_groups as (

    select * from {{ ref('int_region__kostra_group') }}

),

-- the years whose change over one or three years crosses a break of definition
broken as (

    select
        breakdowns.breakdown_id,
        breaks.break_year + ages.age as year,
        max(case when ages.age = 0 then 1 else 0 end) = 1 as in_one_year
    from {{ source('landing', 'indicator_break') }} as breaks
    inner join breakdowns
        on breaks.indicator_id = breakdowns.indicator_id
    cross join ({{ years_between(0, 2) | replace('year', 'age') }}) as ages
    group by breakdowns.breakdown_id, breaks.break_year + ages.age

),

{%- for level in levels %}
    {{ level }} as (

        select
            breakdown_id,
            region_code,
            year,
            value,
            value_low,
            value_high,
            value_status,
            geography_basis,
            reason
        from {{ ref('int_indicator__value') }}
        where region_level = '{{ level }}' {{ only_published() }}

    ),

{%- endfor %}

ordered as (

    select
        figures.breakdown_id,
        figures.region_code,
        substr(figures.region_code, 1, 2) as county_code,
        figures.year,
        figures.value,
        figures.value_low,
        figures.value_high,
        figures.value_status,
        figures.geography_basis,
        figures.reason,
        figures.release_id,
        standing.value_rank,
        standing.ranked_count,
        standing.value_1y_before,
        standing.value_3y_before
    from {{ ref('int_indicator__value') }} as figures
    inner join {{ ref('int_indicator__standing') }} as standing
        on
            figures.breakdown_id = standing.breakdown_id
            and figures.region_code = standing.region_code
            and figures.year = standing.year
    inner join breakdowns
        on figures.breakdown_id = breakdowns.breakdown_id
    where figures.region_level = 'municipality' {{ only_published('figures.indicator_id') }}
    order by figures.region_code, breakdowns.indicator_number, figures.year, breakdowns.breakdown_number

)

select
    cast(breakdowns.indicator_id as {{ dbt.type_string() }}) as indicator_id,
    cast(ordered.region_code as {{ dbt.type_string() }}) as municipality_code,
    ordered.year,
    {%- for name in var('dimensions') %}
        cast(breakdowns.{{ name }} as {{ dbt.type_string() }}) as {{ name }},
    {%- endfor %}
    ordered.value as municipality_value,
    ordered.value_low as municipality_value_low,
    ordered.value_high as municipality_value_high,
    cast(ordered.value_status as {{ dbt.type_string() }}) as municipality_status,
    cast(ordered.geography_basis as {{ dbt.type_string() }}) as municipality_basis,
    cast(ordered.reason as {{ dbt.type_string() }}) as municipality_reason,
    cast(ordered.county_code as {{ dbt.type_string() }}) as county_code,
    {%- for level in levels %}
        {%- if level == 'kostra_group' %}
            cast(kostra_groups.group_code as {{ dbt.type_string() }}) as kostra_group_code,
        {%- endif %}
        {%- for column in shown %}
            {{ level }}.{{ column }} as {{ level }}_{{ column }},
        {%- endfor %}
        {%- if level == 'kostra_group' %}
            cast(kostra_group.value_status as {{ dbt.type_string() }}) as kostra_group_status,
            cast(kostra_group.geography_basis as {{ dbt.type_string() }}) as kostra_group_basis,
            cast(kostra_group.reason as {{ dbt.type_string() }}) as kostra_group_reason,
        {%- else %}
            cast(coalesce({{ level }}.value_status, 'missing') as {{ dbt.type_string() }}) as {{ level }}_status,
            cast(coalesce({{ level }}.geography_basis, 'unavailable') as {{ dbt.type_string() }}) as {{ level }}_basis,
            cast(case when {{ level }}.breakdown_id is null then 'no_figure' else {{ level }}.reason end as {{ dbt.type_string() }}) as {{ level }}_reason,
        {%- endif %}
    {%- endfor %}
    {%- for level in levels %}
        {{ difference('ordered.value', level ~ '.value') }} as difference_{{ level }},
    {%- endfor %}
    ordered.value_rank as rank,
    ordered.ranked_count,
    case when not coalesce(broken.in_one_year, false) then {{ difference('ordered.value', 'ordered.value_1y_before') }} end as change_1y,
    case when broken.breakdown_id is null then {{ difference('ordered.value', 'ordered.value_3y_before') }} end as change_3y,
    cast(ordered.release_id as {{ dbt.type_string() }}) as release_id,
    breakdowns.is_demo
from ordered
inner join breakdowns
    on ordered.breakdown_id = breakdowns.breakdown_id
left join kostra_groups
    on ordered.region_code = kostra_groups.region_code
{%- for level, code in levels.items() %}
    left join {{ level }}
        on
            ordered.breakdown_id = {{ level }}.breakdown_id
            and ordered.year = {{ level }}.year
            {%- if code %}
                and {{ 'kostra_groups' if level == 'kostra_group' else 'ordered' }}.{{ code }} = {{ level }}.region_code
            {%- endif %}
{%- endfor %}
left join broken
    on ordered.breakdown_id = broken.breakdown_id and ordered.year = broken.year
