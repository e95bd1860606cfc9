{# Benefits by group: what every source of payments tells in one order of columns, so that a source names only what is its own. #}

{# The columns of a payment with their types. #}
{% macro payment_columns() -%}
    {%- set text = dbt.type_string() -%}
    {{ return({
        'region_code': text, 'year': 'integer', 'scheme': text, 'group_code': text, 'age_group': text, 'counted_unit': text,
        'source_kind': text, 'precision_code': text,
        'residents': 'double', 'residents_status': text, 'recipients': 'double', 'recipients_status': text,
        'paid_nok': 'double', 'paid_status': text, 'rounded_to_nok': 'double',
        'source_document': text, 'published_on': text, 'dataset_id': text, 'release_id': text, 'source_row': 'integer',
        'databank_version': 'integer', 'script_id': text, 'share_of_recipients_pct': 'double', 'share_of_paid_pct': 'double',
        'share_of_population_pct': 'double', 'recipients_of_group_pct': 'double', 'note_nb': text, 'is_demo': 'boolean',
    }) }}
{%- endmacro %}

{# The select list of one source under the alias `payments`; see row_of. #}
{% macro payment_row(own, untold) -%}
    {{ row_of('payments', payment_columns(), own, untold) }}
{%- endmacro %}
