-- Every rate on one shape: who it is for, when, and on what terms. Totals that the documents print are left out.
with integration_grants as (

    select * from {{ ref('stg_published__integration_grant_rates') }}
    where row_type = 'rate'

),

supplements as (

    select * from {{ ref('stg_published__supplementary_grant_rates') }}

),

training_grants as (

    select * from {{ ref('stg_published__norwegian_training_grant_rates') }}
    where row_type = 'rate'

),

documents as (

    select * from {{ ref('stg_published__documents') }}

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

)

select
    unified.*,
    coalesce(documents.precedence, 99)
    = min(coalesce(documents.precedence, 99)) over (partition by unified.grant_name, unified.rate_year) as is_used
from unified
left join documents
    on unified.source_document = documents.source_document
