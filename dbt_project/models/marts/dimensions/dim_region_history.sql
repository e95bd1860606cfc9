-- Every municipality code in every period, with the code(s) of today that hold it.
with ended_by as (

    select
        old_code,
        change_date,
        case
            {%- for kind in ['split', 'merge', 'renumber'] %}
                when count(case when change_kind = '{{ kind }}' then 1 end) > 0 then '{{ kind }}'
            {%- endfor %}
        end as change_kind
    from {{ ref('stg_klass__municipality_changes') }}
    where change_kind in ('renumber', 'merge', 'split')
    group by old_code, change_date

),

county as (

    -- the first two digits of a municipality code; no code of a county has stood for two
    select
        code,
        max(name) as name
    from {{ ref('stg_klass__counties') }}
    group by code

)

select
    cast(code_current.code as {{ dbt.type_string() }}) as code,
    cast(code_current.name as {{ dbt.type_string() }}) as name,
    cast(county.name as {{ dbt.type_string() }}) as county_name,
    code_current.valid_from,
    code_current.valid_to,
    cast(code_current.current_code as {{ dbt.type_string() }}) as current_code,
    cast(coalesce(ended_by.change_kind, 'none') as {{ dbt.type_string() }}) as change_kind,
    code_current.is_exact
from {{ ref('int_region__code_current') }} as code_current
left join ended_by
    on code_current.code = ended_by.old_code and code_current.valid_to = ended_by.change_date
left join county
    on substr(code_current.code, 1, 2) = county.code
