with source as (

    select * from {{ source('published', 'published_cohort_shares') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    item,
    cast(is_approximate as boolean) as is_approximate,
    cast(share_pct as double) as share_pct
from source
