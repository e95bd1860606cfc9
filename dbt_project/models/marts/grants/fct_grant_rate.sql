-- Rates as printed, one row each; `is_used` says which of two prints of one rate the forecast takes.
with rates as (

    select * from {{ ref('int_grants__rates') }}

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
    is_used,
    source_document,
    source_table,
    dataset_id,
    release_id,
    source_row,
    is_demo
from rates
