-- What is paid in each scheme, to whom: recipients and kroner by group, per recipient and per inhabitant of the group, and the group's
-- share of the scheme's kroner beside its share of the population. Every row says what kind of source it is from; sources are never
-- mixed in one figure, and a hidden part leaves what follows from it empty.
with payments as (

    select * from {{ ref('int_payments__by_source') }}

),

documents as (

    select
        source_document,
        title_nb,
        publisher_nb
    from {{ source('published', 'published_documents') }}

),

wholes as (

    select
        region_code,
        year,
        scheme,
        age_group,
        counted_unit,
        whole_of,
        residents,
        recipients,
        paid_nok
    from payments
    where group_code = 'all'

)

select
    cast(payments.region_code as {{ dbt.type_string() }}) as region_code,
    cast(regions.region_level as {{ dbt.type_string() }}) as region_level,
    cast(regions.region_name as {{ dbt.type_string() }}) as region_name,
    payments.year,
    cast(payments.scheme as {{ dbt.type_string() }}) as scheme,
    cast(coalesce(benefit_scheme.name_nb, payments.scheme) as {{ dbt.type_string() }}) as scheme_name_nb,
    cast(payments.group_code as {{ dbt.type_string() }}) as group_code,
    cast(coalesce(benefit_group.name_nb, payments.group_code) as {{ dbt.type_string() }}) as group_name_nb,
    {{ texts(['age_group', 'counted_unit', 'source_kind'], 'payments') }},
    cast(coalesce(benefit_source.name_nb, payments.source_kind) as {{ dbt.type_string() }}) as source_name_nb,
    cast(payments.source_document as {{ dbt.type_string() }}) as source_document,
    cast(coalesce(documents.title_nb, payments.source_document) as {{ dbt.type_string() }}) as document_title_nb,
    cast(
        case when payments.source_kind = 'national_reference' then documents.publisher_nb else benefit_source.phrase_nb end
        as {{ dbt.type_string() }}
    ) as publisher_nb,
    cast(payments.published_on as {{ dbt.type_string() }}) as published_on,
    payments.residents as residents_persons,
    cast(payments.residents_status as {{ dbt.type_string() }}) as residents_status,
    payments.recipients as recipients_persons,
    cast(payments.recipients_low as double) as recipients_persons_low,
    cast(payments.recipients_high as double) as recipients_persons_high,
    cast(payments.recipients_status as {{ dbt.type_string() }}) as recipients_status,
    payments.paid_nok,
    cast(payments.paid_nok_low as double) as paid_nok_low,
    cast(payments.paid_nok_high as double) as paid_nok_high,
    cast(payments.paid_status as {{ dbt.type_string() }}) as paid_status,
    payments.paid_nok / nullif(payments.recipients, 0) as paid_per_recipient_nok,
    payments.paid_nok / nullif(payments.residents, 0) as paid_per_inhabitant_nok,
    coalesce(payments.recipients_of_group_pct, 100e0 * payments.recipients / nullif(payments.residents, 0)) as recipients_of_group_pct,
    coalesce(payments.share_of_recipients_pct, 100e0 * payments.recipients / nullif(wholes.recipients, 0)) as share_of_recipients_pct,
    coalesce(payments.share_of_paid_pct, 100e0 * payments.paid_nok / nullif(wholes.paid_nok, 0)) as share_of_paid_pct,
    coalesce(payments.share_of_population_pct, 100e0 * payments.residents / nullif(wholes.residents, 0)) as share_of_population_pct,
    cast(payments.precision_code as {{ dbt.type_string() }}) as precision_code,
    cast(coalesce(benefit_precision.name_nb, payments.precision_code) as {{ dbt.type_string() }}) as precision_nb,
    understated.at_most_seen_pct as understated_at_most_seen_pct,
    payments.databank_version,
    {{ texts(['script_id', 'note_nb', 'dataset_id', 'release_id'], 'payments') }},
    payments.source_row,
    payments.is_demo
from payments
left join {{ ref('dim_region') }} as regions
    on payments.region_code = regions.region_code
left join documents
    on payments.source_document = documents.source_document
left join wholes
    on
        payments.region_code = wholes.region_code
        and payments.year = wholes.year
        and payments.scheme = wholes.scheme
        and payments.age_group = wholes.age_group
        and payments.counted_unit = wholes.counted_unit
        and payments.whole_of = wholes.whole_of
left join {{ ref('understated_sums') }} as understated
    on payments.source_kind = understated.source_kind and (payments.scheme = 'all_transfers') = understated.is_total
{{ join_words('benefit_scheme', 'payments.scheme') }}
{{ join_words('benefit_group', 'payments.group_code') }}
{{ join_words('benefit_source', 'payments.source_kind') }}
{{ join_words('benefit_precision', 'payments.precision_code') }}
