-- What the number of a series stands for: an indicator and the codes it is broken down by, with their labels. A series is a total
-- where it is broken down by nothing; `breakdown` names the dimension where there is just one.
{%- set dimensions = var('dimensions') %}

with series as (

    select
        *,
        {%- for name in dimensions %}
            {{ '+ ' if not loop.first }}case when {{ name }} = 'all' then 0 else 1 end
        {%- endfor %} as broken_down_count
    from {{ ref('int_indicator__breakdown') }}

),

labels as (

    select * from {{ source('landing', 'code') }}

)

select
    series.series_number,
    cast(series.indicator_id as {{ dbt.type_string() }}) as indicator_id,
    {%- for name in dimensions %}
        cast(series.{{ name }} as {{ dbt.type_string() }}) as {{ name }},
    {%- endfor %}
    series.is_demo,
    series.broken_down_count = 0 as is_total,
    cast(
        case
            when series.broken_down_count = 0 then 'total'
            when series.broken_down_count > 1 then 'several'
            {%- for name in dimensions %}
                when series.{{ name }} <> 'all' then '{{ name }}'
            {%- endfor %}
        end as {{ dbt.type_string() }}
    ) as breakdown,
    cast(
        case
            when series.broken_down_count = 0 then 'all'
            {%- for name in dimensions %}
                when series.broken_down_count = 1 and series.{{ name }} <> 'all' then series.{{ name }}
            {%- endfor %}
        end as {{ dbt.type_string() }}
    ) as breakdown_code,
    cast({{ series_label('nb', 'I alt') }} as {{ dbt.type_string() }}) as label_nb,
    cast({{ series_label('en', 'Total') }} as {{ dbt.type_string() }}) as label_en
from series
{%- for name in dimensions %}
    left join labels as {{ name }}_labels
        on
            {{ name }}_labels.column_name = '{{ name }}'
            and series.{{ name }} = {{ name }}_labels.code
{%- endfor %}
