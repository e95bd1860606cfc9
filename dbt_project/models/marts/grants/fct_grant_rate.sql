-- Every rate as printed, on one shape: who it is for, when, and on what terms; totals that the documents print are left out. `is_used`
-- says which of two prints of one rate the forecast takes: rates that the municipality has copied from a document come before those
-- that ship with the product, and among these the document of the first precedence.
{%- set text = dbt.type_string() %}
{%- set columns = {
    'grant_scheme': text, 'grant_name': text, 'rate_level': text, 'rate_year': 'integer', 'grant_year_n': 'integer', 'category': text,
    'payment_type': text, 'max_years': 'integer', 'age_from': 'integer', 'age_to': 'integer', 'disability_grant': 'varchar(1)',
    'proration': text, 'is_per_person': 'boolean', 'amount_nok': 'bigint', 'source_document': text, 'source_table': text,
    'dataset_id': text, 'release_id': text, 'source_row': 'integer', 'is_demo': 'boolean',
} %}
{%- set terms = ['max_years', 'age_from', 'age_to', 'disability_grant'] %}
with supplements as (

    select * from {{ source('published', 'published_supplementary_grant_rates') }}

),

documents as (

    select * from {{ source('published', 'published_documents') }}

),

-- the terms of a supplement (ages, duration, payment) are those of the newest document of the first precedence: a template
-- brings amounts only
terms as (

    select
        supplements.*,
        row_number() over (partition by supplements.grant_name, supplements.age_from order by supplements.year desc) as newness
    from supplements
    inner join documents
        on supplements.source_document = documents.source_document and documents.precedence = 1

),

-- from grant year 2 one rate holds for everyone; it is repeated by category so that no lookup needs an exception
categories as (

    select 'single_adult' as category
    union all
    select 'unaccompanied_minor' as category
    union all
    select 'adult_or_child_in_family' as category

),

unified as (

    select
        {{ row_of('rates', columns, {
            'grant_scheme': "'integration_grant'",
            'grant_name': "'integration_grant'",
            'rate_level': "'single'",
            'rate_year': 'rates.year',
            'category': 'coalesce(categories.category, rates.category)',
            'payment_type': "'by_grant_year'",
            'proration': "'none'",
            'is_per_person': 'true',
        }, untold=terms) }}
    from {{ source('published', 'published_integration_grant_rates') }} as rates
    left join categories
        on rates.category = 'all_categories'
    where rates.row_type = 'rate'

    union all

    select
        {{ row_of('supplements', columns, {
            'grant_scheme': "'supplement'",
            'rate_level': "'single'",
            'rate_year': 'supplements.year',
            'category': "coalesce(supplements.applies_to_category, 'all')",
            'is_per_person': 'true',
        }, untold=['grant_year_n']) }}
    from supplements

    union all

    select
        {{ row_of('rates', columns, {
            'grant_scheme': "'norwegian_training'",
            'rate_year': 'rates.year',
            'category': "'all'",
            'payment_type': "'by_participation'",
            'proration': "'none'",
            'is_per_person': 'false',
        }, untold=terms) }}
    from {{ source('published', 'published_norwegian_training_grant_rates') }} as rates
    where rates.row_type = 'rate'

    union all

    select
        case
            when own.grant_name = 'integration_grant' then 'integration_grant'
            when terms.grant_name is not null then 'supplement'
            else 'norwegian_training'
        end as grant_scheme,
        own.grant_name,
        case when own.category in ('low', 'high') then own.category else 'single' end as rate_level,
        own.rate_year,
        own.grant_year_n,
        case
            when own.grant_name = 'integration_grant' then coalesce(own.category, categories.category)
            else coalesce(terms.applies_to_category, 'all')
        end as category,
        case
            when own.grant_name = 'integration_grant' then 'by_grant_year'
            else coalesce(terms.payment_type, 'by_participation')
        end as payment_type,
        terms.max_years,
        terms.age_from,
        terms.age_to,
        terms.disability_grant,
        coalesce(terms.proration, 'none') as proration,
        own.grant_name = 'integration_grant' or terms.grant_name is not null as is_per_person,
        own.amount_nok,
        own.source_document,
        'satser' as source_table,
        {{ landed_in('own') }}
    from {{ source('municipal', 'municipal_grant_rates') }} as own
    left join categories
        on own.grant_name = 'integration_grant' and own.category is null
    left join terms
        on
            own.grant_name = terms.grant_name
            and terms.newness = 1
            and (own.category is null or own.category = 'age_to_16' and terms.age_to = 16 or own.category = 'age_from_17' and terms.age_from = 17)

),

placed as (

    select
        unified.*,
        case when unified.dataset_id = 'municipal_grant_rates' then 0 else coalesce(documents.precedence, 99) end as precedence
    from unified
    left join documents
        on unified.source_document = documents.source_document

)

select
    grant_scheme,
    grant_name,
    rate_level,
    rate_year,
    grant_year_n,
    category,
    payment_type,
    max_years,
    age_from,
    age_to,
    disability_grant,
    proration,
    is_per_person,
    amount_nok,
    precedence = min(precedence) over (partition by grant_name, rate_year) as is_used,
    {{ printed_in() }}
from placed
