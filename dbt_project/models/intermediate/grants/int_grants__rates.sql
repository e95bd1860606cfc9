-- Every rate on one shape: who it is for, when, and on what terms. Totals that the documents print are left out.
with integration_grants as (

    select * from {{ source('published', 'published_integration_grant_rates') }}
    where row_type = 'rate'

),

supplements as (

    select * from {{ source('published', 'published_supplementary_grant_rates') }}

),

training_grants as (

    select * from {{ source('published', 'published_norwegian_training_grant_rates') }}
    where row_type = 'rate'

),

documents as (

    select * from {{ source('published', 'published_documents') }}

),

own as (

    select * from {{ source('municipal', 'municipal_grant_rates') }}

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

categories as (

    select 'single_adult' as category
    union all
    select 'unaccompanied_minor' as category
    union all
    select 'adult_or_child_in_family' as category

),

-- from grant year 2 one rate holds for everyone; it is repeated by category so that no lookup needs an exception
unified as (

    select
        'integration_grant' as grant_scheme,
        'integration_grant' as grant_name,
        'single' as rate_level,
        integration_grants.year as rate_year,
        integration_grants.grant_year_n,
        coalesce(categories.category, integration_grants.category) as category,
        'by_grant_year' as payment_type,
        cast(null as integer) as max_years,
        cast(null as integer) as age_from,
        cast(null as integer) as age_to,
        cast(null as varchar(1)) as disability_grant,
        'none' as proration,
        true as is_per_person,
        integration_grants.amount_nok,
        integration_grants.source_document,
        integration_grants.source_table,
        integration_grants.dataset_id,
        integration_grants.release_id,
        integration_grants.source_row,
        integration_grants.is_demo
    from integration_grants
    left join categories
        on integration_grants.category = 'all_categories'

    union all

    select
        'supplement' as grant_scheme,
        grant_name,
        'single' as rate_level,
        year as rate_year,
        cast(null as integer) as grant_year_n,
        coalesce(applies_to_category, 'all') as category,
        payment_type,
        max_years,
        age_from,
        age_to,
        disability_grant,
        proration,
        true as is_per_person,
        amount_nok,
        source_document,
        source_table,
        dataset_id,
        release_id,
        source_row,
        is_demo
    from supplements

    union all

    select
        'norwegian_training' as grant_scheme,
        grant_name,
        rate_level,
        year as rate_year,
        grant_year_n,
        'all' as category,
        'by_participation' as payment_type,
        cast(null as integer) as max_years,
        cast(null as integer) as age_from,
        cast(null as integer) as age_to,
        cast(null as varchar(1)) as disability_grant,
        'none' as proration,
        false as is_per_person,
        amount_nok,
        source_document,
        source_table,
        dataset_id,
        release_id,
        source_row,
        is_demo
    from training_grants

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
        own.dataset_id,
        own.release_id,
        own.source_row,
        own.is_demo
    from own
    left join categories
        on own.grant_name = 'integration_grant' and own.category is null
    left join terms
        on
            own.grant_name = terms.grant_name
            and terms.newness = 1
            and (own.category is null or own.category = 'age_to_16' and terms.age_to = 16 or own.category = 'age_from_17' and terms.age_from = 17)

),

-- rates that the municipality has copied from a document come before those that ship with the product
placed as (

    select
        unified.*,
        case
            when unified.dataset_id = 'municipal_grant_rates' then 0 else coalesce(documents.precedence, 99)
        end as precedence
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
    source_document,
    source_table,
    dataset_id,
    release_id,
    source_row,
    is_demo,
    precedence = min(precedence) over (partition by grant_name, rate_year) as is_used
from placed
