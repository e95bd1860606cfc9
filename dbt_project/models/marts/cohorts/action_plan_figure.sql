-- Tables of the action plan side by side under one key. They are history and are never joined to figures of today.
{%- set parts = [
    ('decisions', 'settlement_decision', 'item', 'decision_sequence', "item = 'decided_total'", 'persons'),
    ('population', 'population', "'all_residents'", 'null', 'true', 'population_persons'),
    ('population', 'population', "'immigrants_and_norwegian_born'", 'null', 'false', 'immigrant_background_persons'),
    ('backgrounds', 'country_background', 'country_background', 'null', 'is_total', 'persons'),
    ('housing', 'unaccompanied_minors_housing', 'housing_type', 'null', 'is_total', 'persons'),
] %}
with decisions as (

    select * from {{ source('published', 'published_plan_settlement_decisions') }}

),

population as (

    select * from {{ source('published', 'published_plan_population') }}

),

backgrounds as (

    select * from {{ source('published', 'published_plan_country_background') }}

),

housing as (

    select * from {{ source('published', 'published_plan_minors_housing') }}

),

unified as (
    {% for source, topic, item, sequence_n, is_total, persons in parts %}
        select
            '{{ topic }}' as topic,
            year,
            municipality_code,
            cast({{ item }} as {{ dbt.type_string() }}) as item,
            cast({{ sequence_n }} as integer) as sequence_n,
            cast({{ is_total }} as boolean) as is_total,
            cast({{ persons }} as bigint) as persons,
            {{ printed_in() }}
        from {{ source }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    unified.topic,
    unified.year,
    unified.municipality_code,
    coalesce(region.region_code, unified.municipality_code) as region_code,
    unified.item,
    unified.sequence_n,
    unified.is_total,
    unified.persons,
    {{ printed_in('unified') }}
from unified
left join {{ ref('int_grants__municipal_code') }} as region
    on unified.municipality_code = region.municipality_code and unified.year = region.year
