-- Which private files have been read: attachment, year, layout, lines and hash. Nothing of their content.
select
    cast(municipality_code as varchar) as municipality_code,
    cast(attachment as varchar) as attachment,
    year,
    cast(layout as varchar) as layout,
    lines_count,
    cast(sha256 as varchar) as sha256,
    threshold_persons,
    cast(dataset_id as varchar) as dataset_id,
    cast(release_id as varchar) as release_id,
    source_row,
    is_demo
from {{ ref('stg_kostra__file_receipt') }}
