-- Rates as other documents print them, beside the rates that forecasts use; never used for a forecast.
select
    year,
    grant_name,
    applies_to,
    cast(amount_nok as double) as amount_nok,
    note_nb,
    source_document,
    source_table,
    dataset_id,
    release_id,
    source_row,
    is_demo
from {{ source('published', 'published_printed_rates') }}
