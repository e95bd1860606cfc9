-- Municipality codes in force: the anchor from which the history is replayed.
select
    code,
    name,
    valid_from,
    valid_to
from {{ source('klass', 'klass_municipalities') }}
