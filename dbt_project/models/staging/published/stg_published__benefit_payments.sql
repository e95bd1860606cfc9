with source as (

    select * from {{ source('published', 'published_benefit_payments') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    published_on,
    cast(year as integer) as year,
    stage,
    scheme,
    group_code,
    counted_unit,
    cast(recipients_persons as double) as recipients,
    cast(paid_nok as double) as paid_nok,
    cast(rounded_to_nok as double) as rounded_to_nok,
    share_of_recipients_pct,
    share_of_paid_pct,
    share_of_population_pct,
    recipients_of_group_pct,
    recipients_of_group_standardised_pct,
    note_nb
from source
