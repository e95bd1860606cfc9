-- Recipients and kroner by scheme and group from every source, each with its bounds and what the source does to its figures: one row per
-- area, year, scheme, group, age, unit, source and document. Bounds follow from rules alone: a hidden count of a group lies between none
-- and the group itself, a printed amount within half of what it is rounded to. Noise of unknown size gives no bound.
{%- set text = dbt.type_string() %}
{%- set of_script = ['databank_version', 'script_id'] %}
{%- set of_print = [
    'share_of_recipients_pct', 'share_of_paid_pct', 'share_of_population_pct', 'recipients_of_group_pct', 'note_nb'
] %}
with ordered as (

    select
        {{ payment_row({
            'source_kind': "'ssb_order'",
            'precision_code': "'exact_or_hidden'",
            'paid_nok': 'payments.paid_thousand * 1000e0',
            'rounded_to_nok': 'cast(1000 as double)',
            'source_document': 'payments.order_reference',
            'published_on': 'cast(payments.delivered_on as ' ~ text ~ ')',
        }, untold=of_script + of_print) }}
    from {{ ref('stg_municipal__benefit_by_group') }} as payments

),

exported as (

    select
        {{ payment_row({
            'counted_unit': "'person'",
            'source_kind': "'microdata'",
            'precision_code': "'noise_added'",
            'source_document': filled('benefit_document.name_nb', {'script': "coalesce(payments.script_id, '')"}),
        }, untold=['rounded_to_nok', 'published_on'] + of_print) }}
    from {{ ref('int_payments__microdata') }} as payments
    {{ join_words('benefit_document', "case when payments.script_id is null then 'script_unknown' else 'script' end") }}

),

own as (

    select
        {{ payment_row({
            'age_group': "'all'",
            'source_kind': "'own_files'",
            'precision_code': "'protected'",
            'residents_status': "case when payments.residents is null then 'missing' else 'ok' end",
            'source_document': 'benefit_document.name_nb',
        }, untold=['rounded_to_nok', 'published_on'] + of_script + of_print) }}
    from {{ ref('int_payments__own_files') }} as payments
    {{ join_words('benefit_document', 'payments.scheme') }}

),

printed as (

    select
        {{ payment_row({
            'region_code': "'00'",
            'age_group': "'all'",
            'source_kind': "'national_reference'",
            'precision_code': "case when payments.stage = 'budget_proposal' then 'proposal' else 'printed_rounded' end",
            'residents_status': "'missing'",
            'recipients_status': "case when payments.recipients is null then 'missing' else 'ok' end",
            'paid_status': "case when payments.paid_nok is null then 'missing' else 'ok' end",
        }, untold=['residents'] + of_script) }}
    from {{ source('published', 'published_benefit_payments') }} as payments

),

united as (

    select * from ordered
    union all
    select * from exported
    union all
    select * from own
    union all
    select * from printed

)

select
    united.*,
    {{ dbt.concat(['united.source_kind', "'|'", "case when united.source_kind = 'national_reference' then united.source_document else '' end"]) }}
        as whole_of,
    case
        when united.recipients_status = 'ok' and united.precision_code in ('exact_or_hidden', 'protected') then united.recipients
        when united.recipients_status = 'suppressed' then 0
    end as recipients_low,
    case
        when united.recipients_status = 'ok' and united.precision_code in ('exact_or_hidden', 'protected') then united.recipients
        when united.recipients_status = 'suppressed' then united.residents
    end as recipients_high,
    case
        when united.paid_status = 'ok' and united.precision_code <> 'noise_added'
            then united.paid_nok - coalesce(united.rounded_to_nok, 0) / 2
        when united.paid_status = 'suppressed' then 0
    end as paid_nok_low,
    case
        when united.paid_status = 'ok' and united.precision_code <> 'noise_added'
            then united.paid_nok + coalesce(united.rounded_to_nok, 0) / 2
    end as paid_nok_high
from united
