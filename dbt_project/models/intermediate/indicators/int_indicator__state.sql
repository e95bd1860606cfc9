-- What is known of the figures: each status with a basis and a reason, or none, that some figure has. `state_key` is made of the
-- places of the three words in their orders (macros/words.sql), the same in every build; `state_number` counts those of this one.
-- A figure of a part of a year has a number of its own, which come after the others.
with used as (

    select
        figures.state_key,
        max(case when open_years.indicator_number is null then 0 else 1 end) as is_of_part_year
    from {{ ref('int_indicator__value') }} as figures
    left join {{ ref('int_indicator__open_year') }} as open_years
        on figures.indicator_number = open_years.indicator_number and figures.year = open_years.year and not open_years.is_whole_year
    group by figures.state_key

),

statuses as (
    {{ word_rows(status_order()) }}
),

bases as (
    {{ word_rows(basis_order()) }}
),

reasons as (
    {{ word_rows(reason_order()) }}
    union all
    select
        0 as place,
        cast(null as {{ dbt.type_string() }}) as word
)

select
    used.state_key,
    cast(row_number() over (order by used.state_key) as integer) as state_number,
    cast(
        case
            when used.is_of_part_year = 1
                then count(*) over () + row_number() over (partition by used.is_of_part_year order by used.state_key)
        end as integer
    ) as part_year_state_number,
    statuses.word as value_status,
    bases.word as geography_basis,
    reasons.word as reason
from statuses
cross join bases
cross join reasons
inner join used
    on 10000 * statuses.place + 100 * bases.place + reasons.place = used.state_key
