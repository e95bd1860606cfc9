-- What was used as a share of what was allotted the same year. Without an allotment there is no row to take a share of.
with entries as (

    select * from {{ source('municipal', 'municipal_nav_grant_use') }}

),

allotted as (

    select
        municipality_code,
        year,
        amount_nok as allotted_nok
    from entries
    where entry = 'allotted'

)

select
    coalesce(region.region_code, entries.municipality_code) as region_code,
    entries.year,
    entries.entry,
    entries.amount_nok,
    cast(round(100e0 * entries.amount_nok / nullif(allotted.allotted_nok, 0), 1) as double) as share_of_allotted_pct,
    {{ landed_in('entries') }}
from entries
inner join allotted
    on entries.municipality_code = allotted.municipality_code and entries.year = allotted.year
left join {{ ref('int_grants__municipal_code') }} as region
    on entries.municipality_code = region.municipality_code and entries.year = region.year
