-- What is hidden, missing, held, not used or contradictory, counted by dataset and year.
with cells as (

    select
        dataset_id,
        year,
        region_level,
        value_status
    from {{ ref('int_observation__bounded') }}

),

by_status as (

    select
        dataset_id,
        year,
        'cells_' || value_status as finding,
        region_level as detail,
        count(*) as finding_count,
        cast(null as double) as largest
    from cells
    group by dataset_id, year, value_status, region_level

),

meanings as (

    select distinct
        published_code,
        year,
        region_code,
        is_later
    from {{ ref('int_region__code_out_of_force') }}

),

-- figures under a code of no place that year: those that stand in for the place's own codes, and those left out
outside_validity as (

    select
        bounded.dataset_id,
        bounded.year,
        case
            when standing_in.series_id is null then 'figures_under_code_of_no_place'
            else 'figures_under_code_not_in_force'
        end as finding,
        min(bounded.region_code) || '-' || max(bounded.region_code) as detail,
        count(*) as finding_count,
        max(bounded.value) as largest
    from {{ ref('int_observation__bounded') }} as bounded
    left join {{ ref('int_region__code_year') }} as code_year
        on bounded.region_code = code_year.published_code and bounded.year = code_year.year
    left join meanings
        on bounded.region_code = meanings.published_code and bounded.year = meanings.year
    left join {{ ref('int_observation__out_of_force') }} as standing_in
        on
            bounded.series_id = standing_in.series_id
            and bounded.period_start = standing_in.period_start
            and meanings.region_code = standing_in.region_code
            and (bounded.region_code = standing_in.published_code or not meanings.is_later)
    where
        bounded.region_level = 'municipality'
        and bounded.geography = 'own_year'
        and code_year.published_code is null
        and {{ has_figure('bounded.value_status') }}
        and bounded.value <> 0
    group by
        bounded.dataset_id,
        bounded.year,
        case
            when standing_in.series_id is null then 'figures_under_code_of_no_place'
            else 'figures_under_code_not_in_force'
        end

),

-- reported, never corrected
against_parts as (

    select
        dataset_id,
        year,
        'published_outside_sum_of_parts' as finding,
        region_level as detail,
        sum(outside_count) as finding_count,
        max(largest_difference) as largest
    from {{ ref('int_region__against_parts') }}
    where outside_count > 0
    group by dataset_id, year, region_level

),

-- shares that upstream prints beside counts that do not make them, and parts larger than their whole
contradicted_shares as (

    select
        terms.dataset_id,
        figures.year,
        'share_contradicts_counts' as finding,
        breakdowns.indicator_id as detail,
        count(*) as finding_count,
        max(greatest(figures.value_high - figures.value, figures.value - figures.value_low)) as largest
    from {{ ref('int_indicator__value') }} as figures
    inner join {{ ref('int_indicator__breakdown') }} as breakdowns
        on figures.breakdown_id = breakdowns.breakdown_id
    inner join {{ source('landing', 'indicator_term') }} as terms
        on breakdowns.indicator_id = terms.indicator_id and terms.role = 'numerator'
    where {{ is_of_status('figures.state_number', 'contradicted') }}
    group by terms.dataset_id, figures.year, breakdowns.indicator_id

),

held as (

    select
        dataset_id,
        last_year as year,
        case when state = 'accepted' then 'release_not_used' else 'release_' || state end as finding,
        release_id || ': ' || reasons as detail,
        1 as finding_count,
        cast(null as double) as largest
    from {{ source('landing', 'release') }}
    -- an accepted release has such a reason when it covers less than the one in use
    where state in ('held', 'rejected') or (state = 'accepted' and reasons like 'not in use:%')

),

findings as (

    select * from by_status
    union all
    select * from outside_validity
    union all
    select * from against_parts
    union all
    select * from contradicted_shares
    union all
    select * from held

)

select
    cast(dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(year as integer) as year,
    cast(finding as {{ dbt.type_string() }}) as finding,
    cast(detail as {{ dbt.type_string() }}) as detail,
    cast(finding_count as bigint) as finding_count,
    largest
from findings
