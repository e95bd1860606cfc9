-- Change from the year before for the same area and item only; without a year before there is none.
with sizes as (

    select * from {{ source('published', 'published_target_group_size') }}

)

select
    sizes.year,
    sizes.geography,
    sizes.item,
    sizes.persons,
    cast(sizes.persons - previous.persons as bigint) as change_1y_persons,
    cast(100e0 * (sizes.persons - previous.persons) / nullif(previous.persons, 0) as double) as change_1y_pct,
    sizes.data_owner,
    {{ printed_in('sizes') }}
from sizes
left join sizes as previous
    on
        sizes.year - 1 = previous.year
        and sizes.geography = previous.geography
        and sizes.item = previous.item
