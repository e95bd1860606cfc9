-- Cost per person by component, each figure once: later tables of a report repeat earlier ones to the krone.
with ranked as (

    select
        components.*,
        cast(row_number() over (
            partition by components.source_document, components.year, components.target_group, components.series, components.cost_component
            order by length(components.source_table), components.source_table
        ) as integer) as table_order
    from {{ source('published', 'published_cost_components') }} as components

)

select * from ranked
where table_order = 1
