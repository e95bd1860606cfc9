-- The indicator registry, one row per indicator.
with breaks as (

    select
        indicator_id,
        min(break_year) as first_break_year,
        max(break_year) as last_break_year
    from {{ source('landing', 'indicator_break') }}
    group by indicator_id

)

select
    {{ texts(['indicator_id', 'name_nb', 'definition_nb', 'statistic_group', 'imdi_card', 'unit'], 'indicators') }},
    cast(units.name_nb as {{ dbt.type_string() }}) as unit_nb,
    cast(indicators.direction as {{ dbt.type_string() }}) as direction,
    cast(indicators.kind as {{ dbt.type_string() }}) as kind,
    cast(indicators.keeps as {{ dbt.type_string() }}) as breakdown_names,
    cast(breaks.first_break_year as integer) as first_break_year,
    cast(breaks.last_break_year as integer) as last_break_year,
    cast(indicators.name_en as {{ dbt.type_string() }}) as name_en
from {{ source('landing', 'indicator') }} as indicators
inner join {{ source('landing', 'unit') }} as units
    on indicators.unit = units.unit
left join breaks
    on indicators.indicator_id = breaks.indicator_id
