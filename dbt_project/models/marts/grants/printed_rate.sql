-- Rates as other documents print them, beside the rates that forecasts use; never used for a forecast.
select
    year,
    grant_name,
    applies_to,
    cast(amount_nok as double) as amount_nok,
    note_nb,
    {{ printed_in() }}
from {{ source('published', 'published_printed_rates') }}
