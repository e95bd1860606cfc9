-- Sources held against each other: one row per check, area and year. A difference is shown, never corrected.
-- Figures that hide small counts are compared as intervals: they agree where some value inside both bounds is the same.
-- IMDi's two places for settlement, and parts against totals, are counted over the figures of a year.
with distances as (

    select
        *,
        {{ distance('value_low', 'value_high', 'other_low', 'other_high') }} as distance,
        tolerance * greatest(value_high, other_high) as allowed
    from {{ ref('int_quality__compared') }}
    where value_low is not null and value_high is not null and other_low is not null and other_high is not null

),

-- IMDi's two places for the same figure, and beside its tables the text of its page and what others quoted of it
settlement as (

    select * from {{ ref('settlement_by_source') }}
    where persons_low is not null and persons_high is not null

),

settlement_sources as (

    select
        case other.figure_source
            when 'page_text' then 'settlement_page_text'
            when 'quoted' then 'settlement_quoted'
            else 'settlement_page_table'
        end as check_id,
        used.region_code,
        used.region_level,
        used.year,
        used.dataset_id,
        other.dataset_id as other_dataset_id,
        count(*) as compared_count,
        count(case when used.persons_low > other.persons_high or used.persons_high < other.persons_low then 1 end) as outside_count,
        cast(max({{ distance('used.persons_low', 'used.persons_high', 'other.persons_low', 'other.persons_high') }}) as double)
            as largest_difference
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
    from {{ ref('int_region__against_parts') }}

    union all

    select * from settlement_sources

),

checked as (

    select
        check_id,
        region_code,
        region_level,
        year,
        dataset_id,
        other_dataset_id,
        value_low,
        value_high,
        other_low,
        other_high,
        1 as compared_count,
        case when distance > allowed then 1 else 0 end as outside_count,
        distance as largest_difference,
        tolerance
    from distances

    union all

    select
        check_id,
        region_code,
        region_level,
        year,
        dataset_id,
        other_dataset_id,
        {% for bound in ['value_low', 'value_high', 'other_low', 'other_high'] -%}
            cast(null as double) as {{ bound }},
        {% endfor -%}
        compared_count,
        outside_count,
        largest_difference,
        0e0 as tolerance
    from counted

)

select
    {{ texts(['check_id', 'region_code', 'region_level']) }},
    year,
    cast(dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(other_dataset_id as {{ dbt.type_string() }}) as other_dataset_id,
    value_low,
    value_high,
    other_low,
    other_high,
    cast(compared_count as bigint) as compared_count,
    cast(outside_count as bigint) as outside_count,
    largest_difference,
    tolerance,
    outside_count = 0 as is_within
from checked
