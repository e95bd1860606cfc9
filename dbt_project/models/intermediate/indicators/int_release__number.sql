-- The releases in use by number: `release_key` is the same in every build, `release_number` counts those of this one.
with releases as (

    select distinct release_id
    from {{ source('landing', 'current_release') }}

)

select
    release_id,
    {{ number_of('release_id') }} as release_key,
    cast(row_number() over (order by release_id) as integer) as release_number
from releases
