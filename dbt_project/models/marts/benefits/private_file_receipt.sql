-- Which private files have been read: attachment, year, layout, lines and hash. Nothing of their content.
select
    cast(municipality_code as {{ dbt.type_string() }}) as municipality_code,
    cast(attachment as {{ dbt.type_string() }}) as attachment,
    year,
    cast(layout as {{ dbt.type_string() }}) as layout,
    lines_count,
    cast(sha256 as {{ dbt.type_string() }}) as sha256,
    threshold_persons,
    cast(dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(release_id as {{ dbt.type_string() }}) as release_id,
    source_row,
    is_demo
from {{ source('kostra', 'kostra_file_receipt') }}
