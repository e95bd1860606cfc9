-- State appropriations for the grants by year and stage: what the national sum of a forecast must move with.
select
    year,
    grant_item,
    stage,
    cast(amount_nok as double) as amount_nok,
    {{ printed_in() }}
from {{ source('published', 'published_state_budget') }}
