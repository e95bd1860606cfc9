-- The code of today for each code in each year, where that is one place. A split code has none and is left out.
-- A year before the code history begins is answered as its first year.
with codes as (

    select * from {{ ref('int_region__code_current') }}
    where is_exact and length(code) = 4

),

years as (

    {{ years_between(2000, last_year()) }}

),

history_start as (

    select min(valid_from) as first_date from codes

),

dated as (

    select
        years.year,
        greatest({{ first_day('years.year') }}, history_start.first_date) as on_date
    from years
    cross join history_start

)

select
    dated.year,
    codes.code as municipality_code,
    {{ the_same('codes.current_code') }} as region_code
from dated
inner join codes
    on
        dated.on_date >= codes.valid_from
        and (codes.valid_to is null or dated.on_date < codes.valid_to)
group by dated.year, codes.code
having count(distinct codes.current_code) = 1
