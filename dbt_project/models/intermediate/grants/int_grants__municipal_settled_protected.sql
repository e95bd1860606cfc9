-- The municipality's own count of settled persons as it may be published: whole years only, and a year below the
-- threshold as an interval. Months and categories stay in the build file; a sum over a year reveals none of them.
with yearly as (

    select
        coalesce(region.region_code, settled.municipality_code) as region_code,
        settled.year as settlement_year,
        cast(sum(settled.settled_persons) as bigint) as settled_persons,
        count(distinct settled.month) as months_counted,
        {{ the_same('settled.dataset_id') }} as dataset_id,
        {{ the_same('settled.release_id') }} as release_id,
        min(settled.source_row) as source_row,
        max(case when settled.is_demo then 1 else 0 end) = 1 as is_demo
    from {{ source('municipal', 'municipal_settled') }} as settled
    left join {{ ref('int_grants__municipal_code') }} as region
        on settled.municipality_code = region.municipality_code and settled.year = region.year
    group by coalesce(region.region_code, settled.municipality_code), settled.year

)

select
    region_code,
    settlement_year,
    case
        when settled_persons = 0 or settled_persons >= {{ var('disclosure_threshold', 5) }} then settled_persons
    end as settled_persons,
    case
        when settled_persons = 0 or settled_persons >= {{ var('disclosure_threshold', 5) }} then settled_persons
        else 1
    end as settled_persons_low,
    case
        when settled_persons = 0 or settled_persons >= {{ var('disclosure_threshold', 5) }} then settled_persons
        else {{ var('disclosure_threshold', 5) }} - 1
    end as settled_persons_high,
    months_counted,
    {{ landed_in() }}
from yearly
