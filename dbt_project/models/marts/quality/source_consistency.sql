-- Sources held against each other: one row per check, area and year. A difference is shown, never corrected.
-- Figures that hide small counts are compared as intervals: they agree where some value inside both bounds is the same.
with figures as (

    select
        figures.region_code,
        figures.region_level,
        figures.year,
        figures.value_low,
        figures.value_high,
        figures.value_status,
        figures.release_id,
        series.dataset_id,
        series.measure,
        series.unit,
        {{ dimension_columns('series') }}
    from {{ ref('int_region__observation_today') }} as figures
    inner join {{ ref('int_series') }} as series
        on figures.series_id = series.series_id
    where
        series.dataset_id in (
            'imdi_befolkning_hovedgruppe', 'imdi_befolkning_innvandringsgrunn', 'imdi_befolkning_botid', 'ssb_07459',
            'ssb_07459_harmonised', 'ssb_09817', 'imdi_bosatt_anmodede', 'imdi_tilskudd'
        )
        and figures.region_level in ('municipality', 'county', 'country')

),

-- the two sides of each pair: totals in every breakdown but the immigrant category that the pair names
sides as (

    select
        pairs.check_id,
        pairs.tolerance,
        pairs.side,
        figures.*
    from figures
    inner join {{ ref('consistency_pairs') }} as pairs
        on
            figures.dataset_id = pairs.dataset_id
            and figures.measure = pairs.measure
            and figures.unit = pairs.unit
            and figures.immigrant_category = pairs.immigrant_category
            {%- for name in var('dimensions') if name != 'immigrant_category' %}
                and figures.{{ name }} = 'all'
            {%- endfor %}

),

-- invented figures are not held against what the municipality printed
real_datasets as (

    select dataset_id from {{ ref('dim_dataset') }}
    where not is_demo

),

-- what the municipality printed of itself, with the table of IMDi's that it is held against: grants to the krone
own as (

    select
        'own_grants_imdi' as check_id,
        'imdi_tilskudd' as held_against,
        cast(0.00001 as double) as tolerance,
        fct.region_code,
        fct.year,
        fct.dataset_id,
        fct.amount_nok as value
    from {{ ref('fct_grant_received') }} as fct
    where fct.grant_source = 'presentation'
    union all
    select
        'own_settled_imdi' as check_id,
        'imdi_bosatt_anmodede' as held_against,
        cast(0 as double) as tolerance,
        region.region_code,
        printed.year,
        printed.dataset_id,
        printed.settled_persons as value
    from {{ source('published', 'published_grants_received') }} as printed
    inner join {{ ref('int_grants__municipal_code') }} as region
        on printed.municipality_code = region.municipality_code and printed.year = region.year

),

compared as (

    select
        left_side.check_id,
        left_side.region_code,
        left_side.region_level,
        left_side.year,
        left_side.dataset_id,
        right_side.dataset_id as other_dataset_id,
        left_side.value_low,
        left_side.value_high,
        right_side.value_low as other_low,
        right_side.value_high as other_high,
        left_side.tolerance
    from sides as left_side
    inner join sides as right_side
        on
            left_side.check_id = right_side.check_id
            and left_side.region_code = right_side.region_code
            and left_side.region_level = right_side.region_level
            and left_side.year = right_side.year
    where left_side.side = 'left' and right_side.side = 'right'

    union all

    select
        own.check_id,
        figures.region_code,
        figures.region_level,
        figures.year,
        figures.dataset_id,
        own.dataset_id as other_dataset_id,
        figures.value_low,
        figures.value_high,
        own.value as other_low,
        own.value as other_high,
        own.tolerance
    from figures
    inner join own
        on
            figures.dataset_id = own.held_against
            and figures.region_code = own.region_code
            and figures.year = own.year
    inner join real_datasets
        on figures.dataset_id = real_datasets.dataset_id
    where
        figures.region_level = 'municipality'
        and case
            when own.check_id = 'own_grants_imdi' then figures.category = 'all'
            else figures.measure = 'settled' and figures.unit = 'persons'
        end

),

against_parts as (

    select * from {{ ref('int_region__against_parts') }}

),

-- IMDi's two places for the same figure, and the text of its page beside the tables
settlement as (

    select * from {{ ref('settlement_by_source') }}

),

settlement_sources as (

    select
        case when other.figure_source = 'page_text' then 'settlement_page_text' else 'settlement_page_table' end as check_id,
        used.region_code,
        used.region_level,
        used.year,
        used.dataset_id,
        other.dataset_id as other_dataset_id,
        count(*) as compared_count,
        count(case when used.persons_low > other.persons_high or used.persons_high < other.persons_low then 1 end) as outside_count,
        max(greatest(used.persons_low - other.persons_high, other.persons_low - used.persons_high, 0)) as largest_difference
    from settlement as used
    inner join settlement as other
        on
            used.region_code = other.region_code
            and used.year = other.year
            and used.measure = other.measure
    where
        used.is_used
        and used.figure_source = 'page_table'
        and not other.is_used
        and used.persons_low is not null
        and used.persons_high is not null
        and other.persons_low is not null
        and other.persons_high is not null
    group by other.figure_source, used.region_code, used.region_level, used.year, used.dataset_id, other.dataset_id

),

counted as (

    select
        'municipalities_' || region_level as check_id,
        region_code,
        region_level,
        year,
        dataset_id,
        dataset_id as other_dataset_id,
        compared_count,
        outside_count,
        largest_difference
    from against_parts

    union all

    select
        check_id,
        region_code,
        region_level,
        year,
        dataset_id,
        other_dataset_id,
        compared_count,
        outside_count,
        cast(largest_difference as double) as largest_difference
    from settlement_sources

),

distances as (

    select
        compared.*,
        greatest(compared.value_low - compared.other_high, compared.other_low - compared.value_high, 0) as distance
    from compared
    where
        compared.value_low is not null
        and compared.value_high is not null
        and compared.other_low is not null
        and compared.other_high is not null

)

select
    cast(check_id as {{ dbt.type_string() }}) as check_id,
    cast(region_code as {{ dbt.type_string() }}) as region_code,
    cast(region_level as {{ dbt.type_string() }}) as region_level,
    year,
    cast(dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(other_dataset_id as {{ dbt.type_string() }}) as other_dataset_id,
    value_low,
    value_high,
    other_low,
    other_high,
    cast(1 as bigint) as compared_count,
    cast(case when distance > tolerance * greatest(value_high, other_high) then 1 else 0 end as bigint) as outside_count,
    distance as largest_difference,
    tolerance,
    distance <= tolerance * greatest(value_high, other_high) as is_within
from distances

union all

select
    cast(check_id as {{ dbt.type_string() }}) as check_id,
    cast(region_code as {{ dbt.type_string() }}) as region_code,
    cast(region_level as {{ dbt.type_string() }}) as region_level,
    year,
    cast(dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(other_dataset_id as {{ dbt.type_string() }}) as other_dataset_id,
    cast(null as double) as value_low,
    cast(null as double) as value_high,
    cast(null as double) as other_low,
    cast(null as double) as other_high,
    cast(compared_count as bigint) as compared_count,
    cast(outside_count as bigint) as outside_count,
    largest_difference,
    cast(0 as double) as tolerance,
    outside_count = 0 as is_within
from counted
