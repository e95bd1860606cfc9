-- Persons settled by municipality and year, from every source that knows. One is used: a whole year before part of one, then
-- the municipality's own count, the council's presentation, IMDi, and IMDi as others quote it. No source is corrected by another.
with settlement as (

    select * from {{ ref('fct_settlement') }}
    where region_level = 'municipality' and settled_persons_low is not null and figure_source <> 'quoted'

),

quoted as (

    select * from {{ source('published', 'published_settlement_counts') }}
    where length(region_code) = 4

),

region as (

    select * from {{ ref('int_grants__municipal_code') }}

),

unified as (

    select
        region_code,
        settlement_year,
        'municipality' as cohort_source,
        1 as precedence,
        months_counted = 12 as is_whole_year,
        settled_persons,
        settled_persons_low,
        settled_persons_high,
        cast(null as double) as decided_persons,
        cast(null as date) as stated_on,
        {{ landed_in() }}
    from {{ ref('int_grants__municipal_settled_protected') }}

    union all

    select
        coalesce(region.region_code, presented.municipality_code) as region_code,
        presented.year as settlement_year,
        'presentation' as cohort_source,
        2 as precedence,
        true as is_whole_year,
        presented.settled_persons,
        presented.settled_persons as settled_persons_low,
        presented.settled_persons as settled_persons_high,
        cast(null as double) as decided_persons,
        cast(null as date) as stated_on,
        {{ landed_in('presented') }}
    from {{ source('published', 'published_grants_received') }} as presented
    left join region
        on presented.municipality_code = region.municipality_code and presented.year = region.year

    union all

    select
        settlement.region_code,
        settlement.year as settlement_year,
        'imdi' as cohort_source,
        3 as precedence,
        not settlement.is_running_year as is_whole_year,
        settlement.settled_persons,
        settlement.settled_persons_low,
        settlement.settled_persons_high,
        cast(settlement.decided_persons as double) as decided_persons,
        settlement.stated_on,
        settlement.dataset_id,
        settlement.release_id,
        cast(null as integer) as source_row,
        settlement.is_demo
    from settlement

    union all

    select
        coalesce(region.region_code, quoted.region_code) as region_code,
        quoted.year as settlement_year,
        'imdi_copy' as cohort_source,
        4 as precedence,
        true as is_whole_year,
        quoted.settled_persons,
        quoted.settled_persons as settled_persons_low,
        quoted.settled_persons as settled_persons_high,
        cast(null as double) as decided_persons,
        quoted.stated_on,
        {{ landed_in('quoted') }}
    from quoted
    left join region
        on quoted.region_code = region.municipality_code and quoted.year = region.year

),

-- invented figures never fill the gaps of real ones: a municipality with any real cohort uses no demo cohort
marked as (

    select
        unified.*,
        unified.precedence + case when unified.is_whole_year then 0 else 10 end as source_order,
        unified.is_demo
        and min(case when unified.is_demo then 1 else 0 end) over (partition by unified.region_code) = 0 as is_out_of_use
    from unified

)

select
    region_code,
    settlement_year,
    cohort_source,
    is_whole_year,
    not is_out_of_use
    and source_order
    = min(case when is_out_of_use then 99 else source_order end) over (partition by region_code, settlement_year) as is_used,
    cast(settled_persons as double) as settled_persons,
    cast(settled_persons_low as double) as settled_persons_low,
    cast(settled_persons_high as double) as settled_persons_high,
    decided_persons,
    stated_on,
    {{ landed_in() }}
from marked
