with decisions as (

    select * from {{ ref('stg_published__plan_settlement_decisions') }}

),

population as (

    select * from {{ ref('stg_published__plan_population') }}

),

backgrounds as (

    select * from {{ ref('stg_published__plan_country_background') }}

),

housing as (

    select * from {{ ref('stg_published__plan_minors_housing') }}

),

region as (

    select * from {{ ref('int_grants__municipal_code') }}

),

unified as (

    select
        'settlement_decision' as topic,
        year,
        municipality_code,
        item,
        decision_sequence as sequence_n,
        item = 'decided_total' as is_total,
        persons,
        source_document,
        source_table,
        dataset_id,
        release_id,
        source_row,
        is_demo
    from decisions

    union all

    select
        'population' as topic,
        year,
        municipality_code,
        'all_residents' as item,
        cast(null as integer) as sequence_n,
        true as is_total,
        population_persons as persons,
        source_document,
        source_table,
        dataset_id,
        release_id,
        source_row,
        is_demo
    from population

    union all

    select
        'population' as topic,
        year,
        municipality_code,
        'immigrants_and_norwegian_born' as item,
        cast(null as integer) as sequence_n,
        false as is_total,
        immigrant_background_persons as persons,
        source_document,
        source_table,
        dataset_id,
        release_id,
        source_row,
        is_demo
    from population

    union all

    select
        'country_background' as topic,
        year,
        municipality_code,
        country_background as item,
        cast(null as integer) as sequence_n,
        is_total,
        persons,
        source_document,
        source_table,
        dataset_id,
        release_id,
        source_row,
        is_demo
    from backgrounds

    union all

    select
        'unaccompanied_minors_housing' as topic,
        year,
        municipality_code,
        housing_type as item,
        cast(null as integer) as sequence_n,
        is_total,
        persons,
        source_document,
        source_table,
        dataset_id,
        release_id,
        source_row,
        is_demo
    from housing

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
    unified.source_document,
    unified.source_table,
    unified.dataset_id,
    unified.release_id,
    unified.source_row,
    unified.is_demo
from unified
left join region
    on unified.municipality_code = region.municipality_code and unified.year = region.year
