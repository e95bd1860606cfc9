-- Changes in prices and wages as printed; kinds are never chained to each other.
with deflators as (

    select * from {{ source('published', 'published_deflators') }}

)

select
    year,
    index_name,
    application,
    change_pct,
    is_approximate,
    {{ printed_in() }}
from deflators
