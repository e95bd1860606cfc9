-- Changes in prices and wages as printed; kinds are never chained to each other.
select
    year,
    index_name,
    application,
    change_pct,
    is_approximate,
    {{ printed_in() }}
from {{ source('published', 'published_deflators') }}
