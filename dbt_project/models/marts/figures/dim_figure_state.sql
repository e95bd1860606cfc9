-- What is known of a figure: every status with every basis and every reason, or none. The number is made of the places of the three
-- words in their orders (macros/words.sql), their labels are those of dim_code.
with statuses as (
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
),

labels as (

    select * from {{ source('landing', 'code') }}

)

select
    cast(10000 * statuses.place + 100 * bases.place + reasons.place as integer) as state_number,
    cast(statuses.word as {{ dbt.type_string() }}) as value_status,
    cast(value_status_labels.label_nb as {{ dbt.type_string() }}) as value_status_nb,
    cast(value_status_labels.label_en as {{ dbt.type_string() }}) as value_status_en,
    cast(bases.word as {{ dbt.type_string() }}) as geography_basis,
    cast(geography_basis_labels.label_nb as {{ dbt.type_string() }}) as geography_basis_nb,
    cast(geography_basis_labels.label_en as {{ dbt.type_string() }}) as geography_basis_en,
    cast(reasons.word as {{ dbt.type_string() }}) as reason,
    cast(reason_labels.label_nb as {{ dbt.type_string() }}) as reason_nb,
    cast(reason_labels.label_en as {{ dbt.type_string() }}) as reason_en
from statuses
cross join bases
cross join reasons
{%- for column, words in {'value_status': 'statuses', 'geography_basis': 'bases', 'reason': 'reasons'}.items() %}
    left join labels as {{ column }}_labels
        on
            {{ column }}_labels.column_name = '{{ column }}'
            and {{ words }}.word = {{ column }}_labels.code
{%- endfor %}
