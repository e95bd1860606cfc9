-- Shares of the printed total, beside the printed share. `unplaced_persons` is what the parts leave of the total: unknown is no part.
with composition as (

    select * from {{ source('published', 'published_target_group_composition') }}

),

totals as (

    select
        year,
        population,
        persons
    from composition
    where dimension = 'total'

),

parts as (

    select
        year,
        population,
        dimension,
        sum(persons) as persons
    from composition
    group by year, population, dimension

)

select
    composition.year,
    composition.population,
    composition.dimension,
    composition.category,
    composition.category_nb,
    composition.persons,
    cast(100e0 * composition.persons / nullif(totals.persons, 0) as double) as share_pct,
    composition.share_pct as printed_share_pct,
    cast(totals.persons - parts.persons as bigint) as unplaced_persons,
    {{ printed_in('composition') }}
from composition
inner join totals
    on composition.year = totals.year and composition.population = totals.population
inner join parts
    on
        composition.year = parts.year
        and composition.population = parts.population
        and composition.dimension = parts.dimension
