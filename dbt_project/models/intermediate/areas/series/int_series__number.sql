-- From the number a series has inside one release to its number across releases.
select
    dataset_id,
    release_id,
    series_number,
    {{ number_of(joined_text(['dataset_id', 'measure', 'unit', 'period_kind'] + var('dimensions'))) }} as series_id
from {{ source('landing', 'observation_series') }}
