{%- set counts = {'residents': 'residents_count', 'recipients': 'recipients_count', 'paid': 'paid_thousand_nok'} %}
select
    {{ landed_in() }},
    region_code,
    cast(year as integer) as year,
    scheme,
    group_code,
    age_group,
    counted_unit,
    {%- for name, column in counts.items() %}
        cast(case when {{ column }} <> ':' then {{ column }} end as double) as {{ name if name != 'paid' else 'paid_thousand' }},
        case when {{ column }} = ':' then 'suppressed' when {{ column }} is null then 'missing' else 'ok' end as {{ name }}_status,
    {%- endfor %}
    order_reference,
    cast(delivered_on as date) as delivered_on
from {{ source('municipal', 'municipal_benefit_by_group') }}
