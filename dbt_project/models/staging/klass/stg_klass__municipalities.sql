-- Municipality codes in force: the anchor from which the history is replayed.
-- Codes of a coming year are published each autumn. Until that year they are no areas of today.
select
    code,
    name,
    valid_from,
    case when valid_to < {{ first_day(last_year()) }} then valid_to end as valid_to
from {{ source('klass', 'klass_municipalities') }}
where valid_from < {{ first_day(last_year()) }}
