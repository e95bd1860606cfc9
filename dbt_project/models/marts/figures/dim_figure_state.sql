-- What the number of a state stands for: a status with a basis and a reason, or none, with their labels, those of dim_code, and
-- whether the figure is of a whole year. Those that some figure has; the numbers are the same in every release (macros/figures.sql).
with used as (

    select distinct {{ published_state() }} as state_number
    from {{ ref('int_indicator__value') }} as figures
    {{ part_year_join() }}

),

states as (

    select
        state_number,
        {{ state_word('state_number', 'value_status') }} as value_status,
        {{ state_word('state_number', 'geography_basis') }} as geography_basis,
        {{ state_word('state_number', 'reason') }} as reason,
        {{ state_word('state_number', 'is_whole_year') }} as is_whole_year
    from used
    where state_number is not null

),

labels as (

    select * from {{ source('landing', 'code') }}

)

select
    states.state_number,
    cast(states.value_status as {{ dbt.type_string() }}) as value_status,
    cast(value_status_labels.label_nb as {{ dbt.type_string() }}) as value_status_nb,
    cast(value_status_labels.label_en as {{ dbt.type_string() }}) as value_status_en,
    cast(states.geography_basis as {{ dbt.type_string() }}) as geography_basis,
    cast(geography_basis_labels.label_nb as {{ dbt.type_string() }}) as geography_basis_nb,
    cast(geography_basis_labels.label_en as {{ dbt.type_string() }}) as geography_basis_en,
    cast(states.reason as {{ dbt.type_string() }}) as reason,
    cast(reason_labels.label_nb as {{ dbt.type_string() }}) as reason_nb,
    cast(reason_labels.label_en as {{ dbt.type_string() }}) as reason_en,
    states.is_whole_year
from states
{%- for column in ['value_status', 'geography_basis', 'reason'] %}
    left join labels as {{ column }}_labels
        on
            {{ column }}_labels.column_name = '{{ column }}'
            and states.{{ column }} = {{ column }}_labels.code
{%- endfor %}
