-- What IMDi has paid in grants by type, area and year, as others quote it.
select
    year,
    region_code,
    grant_type,
    cast(amount_nok as double) as amount_nok,
    {{ printed_in() }}
from {{ source('published', 'published_grants_paid') }}
