-- What the number of a release stands for.
select
    release_number,
    cast(release_id as {{ dbt.type_string() }}) as release_id
from {{ ref('int_release__number') }}
