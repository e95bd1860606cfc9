with source as (

    select * from {{ source('published', 'published_printed_rates') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    "grant" as grant_name,
    applies_to,
    cast(amount_nok as bigint) as amount_nok,
    note_nb
from source
