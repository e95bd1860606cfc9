-- What is printed beside what was expected. A difference is noted here and corrected nowhere.
select
    discrepancy_id,
    kind,
    title_nb,
    printed as printed_value,
    expected as expected_value,
    note_nb,
    concerns_dataset_id,
    {{ printed_in() }}
from {{ source('published', 'published_discrepancies') }}
