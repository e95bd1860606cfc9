with source as (

    select * from {{ source('published', 'published_settlement_counts') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    document as source_document,
    source_table,
    cast(year as integer) as year,
    region_code,
    cast(settled_persons as bigint) as settled_persons,
    cast(settled_ukrainian_persons as bigint) as settled_ukrainian_persons,
    cast(stated_on as date) as stated_on
from source
