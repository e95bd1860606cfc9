-- What the number of a state stands for: a status with a basis and a reason, or none, with their labels, those of dim_code, and
-- whether the figure is of a whole year.
with states as (

    select
        state_number,
        true as is_whole_year,
        value_status,
        geography_basis,
        reason
    from {{ ref('int_indicator__state') }}
    union all
    select
        part_year_state_number as state_number,
        false as is_whole_year,
        value_status,
        geography_basis,
        reason
    from {{ ref('int_indicator__state') }}
    where part_year_state_number is not null

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
