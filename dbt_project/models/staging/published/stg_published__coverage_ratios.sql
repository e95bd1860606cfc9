with source as (

    select * from {{ source('published', 'published_coverage_ratios') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    scheme,
    series,
    cast(is_approximate as boolean) as is_approximate,
    cast(coverage_pct as double) as coverage_pct,
    note_nb
from source
