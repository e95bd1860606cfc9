-- The code of today for each code in each year, where that is one place. A split code has none and is left out.
with codes as (

    select * from {{ ref('int_region__code_current') }}
    where is_exact and length(code) = 4

),

years as (

    {{ years_between(2000, var('last_year')) }}

)

select
    years.year,
    codes.code as municipality_code,
    min(codes.current_code) as region_code
from years
inner join codes
    on
        codes.valid_from <= {{ first_day('years.year') }}
        and (codes.valid_to is null or codes.valid_to > {{ first_day('years.year') }})
group by years.year, codes.code
having count(distinct codes.current_code) = 1
