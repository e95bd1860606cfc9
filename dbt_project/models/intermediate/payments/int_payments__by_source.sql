-- Recipients and kroner by scheme and group from every source, each with its bounds and what the source does to its figures: one row per
-- area, year, scheme, group, age, unit, source and document. Bounds follow from rules alone: a hidden count of a group lies between none
-- and the group itself, a printed amount within half of what it is rounded to. Noise of unknown size gives no bound.
{#- What only some sources tell, in one order for all; a source that does not tell it has nothing there. -#}
{%- set more = {
    'databank_version': 'integer',
    'script_id': dbt.type_string(),
    'share_of_recipients_pct': 'double',
    'share_of_paid_pct': 'double',
    'share_of_population_pct': 'double',
    'recipients_of_group_pct': 'double',
    'note_nb': dbt.type_string(),
} %}
{%- set of_script = ['databank_version', 'script_id'] %}
{%- set printed_only = more | reject('in', of_script) | list %}
with ordered as (

    select
        region_code,
        year,
        scheme,
        group_code,
        age_group,
        counted_unit,
        'ssb_order' as source_kind,
        'exact_or_hidden' as precision_code,
        residents,
        residents_status,
        recipients,
        recipients_status,
        paid_thousand * 1000e0 as paid_nok,
        paid_status,
        cast(1000 as double) as rounded_to_nok,
        order_reference as source_document,
        cast(delivered_on as {{ dbt.type_string() }}) as published_on,
        dataset_id,
        release_id,
        source_row,
        {%- for name, kind in more.items() %}
            cast(null as {{ kind }}) as {{ name }},
        {%- endfor %}
        is_demo
    from {{ ref('stg_municipal__benefit_by_group') }}

),

exported as (

    select
        region_code,
        year,
        scheme,
        group_code,
        age_group,
        'person' as counted_unit,
        'microdata' as source_kind,
        'noise_added' as precision_code,
        residents,
        residents_status,
        recipients,
        recipients_status,
        paid_nok,
        paid_status,
        cast(null as double) as rounded_to_nok,
        concat('skript ', coalesce(script_id, 'ukjent')) as source_document,
        cast(null as {{ dbt.type_string() }}) as published_on,
        dataset_id,
        release_id,
        source_row,
        {%- for name, kind in more.items() %}
            {{ name if name in of_script else 'cast(null as ' ~ kind ~ ') as ' ~ name }},
        {%- endfor %}
        is_demo
    from {{ ref('int_payments__microdata') }}

),

own as (

    select
        region_code,
        year,
        scheme,
        group_code,
        'all' as age_group,
        counted_unit,
        'own_files' as source_kind,
        'protected' as precision_code,
        residents,
        case when residents is null then 'missing' else 'ok' end as residents_status,
        recipients,
        recipients_status,
        paid_nok,
        paid_status,
        cast(null as double) as rounded_to_nok,
        case scheme
            when 'social_assistance' then 'KOSTRA 11F'
            when 'qualification_benefit' then 'KOSTRA 11CF'
            else 'Regnskap 0A, funksjon 275'
        end as source_document,
        cast(null as {{ dbt.type_string() }}) as published_on,
        dataset_id,
        release_id,
        source_row,
        {%- for name, kind in more.items() %}
            cast(null as {{ kind }}) as {{ name }},
        {%- endfor %}
        is_demo
    from {{ ref('int_payments__own_files') }}

),

printed as (

    select
        '00' as region_code,
        year,
        scheme,
        group_code,
        'all' as age_group,
        counted_unit,
        'national_reference' as source_kind,
        case when stage = 'budget_proposal' then 'proposal' else 'printed_rounded' end as precision_code,
        cast(null as double) as residents,
        'missing' as residents_status,
        recipients,
        case when recipients is null then 'missing' else 'ok' end as recipients_status,
        paid_nok,
        case when paid_nok is null then 'missing' else 'ok' end as paid_status,
        rounded_to_nok,
        source_document,
        published_on,
        dataset_id,
        release_id,
        source_row,
        {%- for name, kind in more.items() %}
            {{ name if name in printed_only else 'cast(null as ' ~ kind ~ ') as ' ~ name }},
        {%- endfor %}
        is_demo
    from {{ source('published', 'published_benefit_payments') }}

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
