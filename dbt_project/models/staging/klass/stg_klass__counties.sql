-- County codes with the period they hold.
select
    code,
    name,
    valid_from,
    valid_to
from {{ source('klass', 'klass_counties') }}
