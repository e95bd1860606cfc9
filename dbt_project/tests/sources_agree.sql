-- Two sources on the same thing, and municipalities against county and country: a difference warns, it corrects nothing.
{{ config(severity='warn') }}

select
    check_id,
    region_code,
    year,
    dataset_id,
    other_dataset_id,
    largest_difference
from {{ ref('source_consistency') }}
where not is_within
