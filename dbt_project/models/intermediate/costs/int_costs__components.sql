-- Cost per person by component, each figure once: later tables of a report repeat earlier ones to the krone.
with components as (

    select * from {{ ref('stg_published__cost_components') }}

),

ranked as (

    select
        components.*,
        row_number() over (
            partition by source_document, year, target_group, series, cost_component
            order by length(source_table), source_table
        ) as table_order
    from components

)

select * from ranked
where table_order = 1
