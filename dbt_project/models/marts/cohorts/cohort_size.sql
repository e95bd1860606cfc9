-- Three kinds of size on one shape: first year, year end, five cohorts together. `size_kind` tells them apart; they are never added.
with composition as (

    select * from {{ source('published', 'published_target_group_composition') }}
    where dimension in ('settlement_cohort', 'total') and population = 'target_group'

)

select
    year,
    settlement_year,
    case when scope = 'single_cohort_year_1' then 'first_year' else 'five_cohorts' end as size_kind,
    persons,
    is_forecast,
    is_approximate,
    {{ printed_in() }}
from {{ source('published', 'published_cohort_sizes') }}

union all

select
    year,
    case when dimension = 'settlement_cohort' then cast(category as integer) end as settlement_year,
    case when dimension = 'settlement_cohort' then 'stock_at_year_end' else 'target_group_at_year_end' end as size_kind,
    persons,
    false as is_forecast,
    false as is_approximate,
    {{ printed_in() }}
from composition
