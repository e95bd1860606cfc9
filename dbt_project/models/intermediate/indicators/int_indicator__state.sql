-- What is known of the figures: each status with a basis and a reason, or none, that some figure has. `state_key` is made of the
-- places of the three words in their orders (macros/words.sql), the same in every build; `state_number` counts those of this one.
with used as (

    select distinct state_key
    from {{ ref('int_indicator__value') }}

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
    statuses.word as value_status,
    bases.word as geography_basis,
    reasons.word as reason
from statuses
cross join bases
cross join reasons
inner join used
    on 10000 * statuses.place + 100 * bases.place + reasons.place = used.state_key
