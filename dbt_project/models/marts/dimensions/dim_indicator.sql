-- The indicator registry, one row per indicator.
with indicators as (

    select * from {{ source('landing', 'indicator') }}

),

units as (

    select * from {{ source('landing', 'unit') }}

),

breaks as (

    select
        indicator_id,
        min(break_year) as first_break_year,
        max(break_year) as last_break_year
    from {{ source('landing', 'indicator_break') }}
    group by indicator_id

)

select
    cast(indicators.indicator_id as varchar) as indicator_id,
    cast(indicators.name_nb as varchar) as name_nb,
    cast(indicators.definition_nb as varchar) as definition_nb,
    cast(indicators.statistic_group as varchar) as statistic_group,
    cast(indicators.imdi_card as varchar) as imdi_card,
    cast(indicators.unit as varchar) as unit,
    cast(units.name_nb as varchar) as unit_nb,
    cast(indicators.direction as varchar) as direction,
    cast(indicators.kind as varchar) as kind,
    cast(indicators.keeps as varchar) as breakdown_names,
    cast(breaks.first_break_year as integer) as first_break_year,
    cast(breaks.last_break_year as integer) as last_break_year
from indicators
inner join units
    on indicators.unit = units.unit
left join breaks
    on indicators.indicator_id = breaks.indicator_id
