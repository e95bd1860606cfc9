-- Changes of municipality codes with the kind derived by the reader.
select distinct
    old_code,
    old_name,
    new_code,
    new_name,
    change_date,
    change_kind,
    covers_from
from {{ source('klass', 'klass_municipality_changes') }}
where change_date < {{ first_day(last_year()) }}
