-- Each printed change beside the one computed from the levels, and whether rounding of the levels explains the difference.
with levels as (

    select * from {{ ref('int_costs__levels') }}

),

-- the document counts a municipality that is new in the sample as a change from nobody
compared as (

    select
        printed.*,
        case
            when printed.change_unit = 'percent'
                then round(100e0 * (later.value - earlier.value) / nullif(earlier.value, 0), 1)
            when printed.change_unit = 'percentage_points' then round(later.value - earlier.value, 1)
            else round(later.value - coalesce(earlier.value, 0), 0)
        end as computed_change,
        -- how far the printed change may lie from the computed one when every printed level is rounded to a whole
        case
            when printed.change_unit = 'percent'
                then 0.1 + 50.0 / nullif(abs(earlier.value), 0) + 50.0 * abs(later.value) / nullif(earlier.value * earlier.value, 0)
            when printed.change_unit = 'percentage_points' then 0.1
            else 1.0
        end as tolerance
    from {{ source('published', 'published_printed_changes') }} as printed
    left join levels as later
        on
            printed.year = later.year
            and coalesce(printed.target_group, '') = coalesce(later.target_group, '')
            and coalesce(printed.municipality_code, '') = coalesce(later.municipality_code, '')
            and printed.item = later.item
            and printed.measure = later.measure
    left join levels as earlier
        on
            printed.from_year = earlier.year
            and coalesce(printed.target_group, '') = coalesce(earlier.target_group, '')
            and coalesce(printed.municipality_code, '') = coalesce(earlier.municipality_code, '')
            and printed.item = earlier.item
            and printed.measure = earlier.measure

)

select
    from_year,
    year,
    target_group,
    municipality_code as region_code,
    item,
    measure,
    change_unit,
    change_value as printed_change,
    cast(computed_change as double) as computed_change,
    coalesce(change_value = computed_change, false) as is_equal,
    coalesce(abs(change_value - computed_change) <= tolerance, false) as is_within_rounding,
    {{ printed_in() }}
from compared
