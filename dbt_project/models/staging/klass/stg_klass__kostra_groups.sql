-- The KOSTRA group of each municipality code on the days asked.
select
    code,
    target_code as group_code,
    target_name as group_name,
    valid_on
from {{ source('klass', 'klass_kostra_groups') }}
