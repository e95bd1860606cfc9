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
    {%- for column, words in {'value_status': 'statuses', 'geography_basis': 'bases', 'reason': 'reasons'}.items() %}
        cast({{ words }}.word as {{ dbt.type_string() }}) as {{ column }},
        cast({{ column }}_labels.label_nb as {{ dbt.type_string() }}) as {{ column }}_nb,
        cast({{ column }}_labels.label_en as {{ dbt.type_string() }}) as {{ column }}_en{{ ',' if not loop.last }}
    {%- endfor %}
from statuses
cross join bases
cross join reasons
{%- for column, words in {'value_status': 'statuses', 'geography_basis': 'bases', 'reason': 'reasons'}.items() %}
    left join labels as {{ column }}_labels
        on
            {{ column }}_labels.column_name = '{{ column }}'
            and {{ words }}.word = {{ column }}_labels.code
{%- endfor %}
