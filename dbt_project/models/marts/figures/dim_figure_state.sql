-- What is known of a figure: every status with every basis and every reason, or none. The number is made of the places of the three
-- words in their orders (macros/words.sql).
with statuses as (
    {{ word_rows('value_status', status_order()) }}
),

bases as (
    {{ word_rows('geography_basis', basis_order()) }}
),

reasons as (
    {{ word_rows('reason', reason_order()) }}
    union all
    select
        0 as place,
        cast(null as {{ dbt.type_string() }}) as word,
        cast(null as {{ dbt.type_string() }}) as name_nb
)

select
    cast(10000 * statuses.place + 100 * bases.place + reasons.place as integer) as state_number,
    cast(statuses.word as {{ dbt.type_string() }}) as value_status,
    cast(statuses.name_nb as {{ dbt.type_string() }}) as value_status_nb,
    cast(bases.word as {{ dbt.type_string() }}) as geography_basis,
    cast(bases.name_nb as {{ dbt.type_string() }}) as geography_basis_nb,
    cast(reasons.word as {{ dbt.type_string() }}) as reason,
    cast(reasons.name_nb as {{ dbt.type_string() }}) as reason_nb
from statuses
cross join bases
cross join reasons
