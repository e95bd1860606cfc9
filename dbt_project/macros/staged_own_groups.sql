{# Aggregates of the municipality's own files: the keys of a group, then each measure (column -> type) with its status. #}
{% macro staged_own_groups(table, measures) -%}
select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    municipality_code,
    cast(year as integer) as year,
    period,
    period_kind,
    period_start,
    group_code,
    group_name_nb,
    breakdown,
    breakdown_name_nb,
    breakdown_code,
    breakdown_code_name_nb,
    {%- for measure, status in measures.items() %}
    cast({{ measure }} as bigint) as {{ measure }},
    {{ status }},
    {%- endfor %}
    cast(threshold_persons as integer) as threshold_persons
from {{ source('kostra', table) }}
{%- endmacro %}
