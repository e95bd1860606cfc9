-- Averages are kroner over persons at each level, never averages of averages; the printed average stands beside them.
{%- set levels = [
    ('municipality', 'region_code', the_same('region_name')),
    ('county_sample', 'county_code', 'null'),
    ('sample', "'00'", "'Utvalgskommunene'"),
] %}
with municipality_year as (

    select * from {{ ref('int_costs__municipality_year') }}

),

printed as (

    select * from {{ source('published', 'published_municipality_costs') }}
    where scope = 'sample_total'

),

ranked as (

    select
        municipality_year.*,
        1e0 * municipality_year.total_cost_nok / nullif(municipality_year.target_group_persons, 0) as exact_average_nok,
        rank() over (partition by municipality_year.year order by 1e0 * municipality_year.total_cost_nok / nullif(municipality_year.target_group_persons, 0) desc) as average_rank,
        row_number() over (partition by municipality_year.year order by 1e0 * municipality_year.total_cost_nok / nullif(municipality_year.target_group_persons, 0)) as ascending_place,
        count(*) over (partition by municipality_year.year) as ranked_count
    from municipality_year

),

medians as (

    select
        year,
        avg(exact_average_nok) as median_average_nok
    from ranked
    where ascending_place in (floor((ranked_count + 1) / 2.0), ceil((ranked_count + 1) / 2.0))
    group by year

),

areas as (
    {% for area_level, region_code, region_name in levels %}
        select
            year,
            '{{ area_level }}' as area_level,
            cast({{ region_code }} as {{ dbt.type_string() }}) as region_code,
            cast({{ region_name }} as {{ dbt.type_string() }}) as region_name,
            count(*) as municipality_count,
            {{ exact_sum('target_group_persons') }} as target_group_persons,
            sum(total_cost_nok) as total_cost_nok,
            {{ exact_sum('case when was_in_sample_year_before then target_group_persons end') }} as same_persons,
            sum(case when was_in_sample_year_before then total_cost_nok end) as same_cost_nok,
            {{ exact_sum('previous_persons') }} as same_previous_persons,
            sum(previous_cost_nok) as same_previous_cost_nok
        from municipality_year
        group by year{{ ', ' ~ region_code if area_level != 'sample' }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}

),

samples as (

    select
        year,
        total_cost_nok / nullif(target_group_persons, 0) as average_cost_nok
    from areas
    where area_level = 'sample'

)

select
    areas.year,
    areas.area_level,
    areas.region_code,
    areas.region_name,
    areas.municipality_count,
    areas.target_group_persons,
    cast(areas.total_cost_nok as bigint) as total_cost_nok,
    cast(areas.total_cost_nok / nullif(areas.target_group_persons, 0) as double) as average_cost_nok,
    cast(samples.average_cost_nok as double) as sample_average_cost_nok,
    cast(100e0 * (areas.total_cost_nok / nullif(areas.target_group_persons, 0) / nullif(samples.average_cost_nok, 0) - 1) as double)
        as difference_from_sample_pct,
    cast(medians.median_average_nok as double) as sample_median_cost_nok,
    cast(ranked.average_rank as integer) as average_rank,
    cast(ranked.ranked_count as integer) as ranked_count,
    cast(areas.same_cost_nok / nullif(areas.same_persons, 0) as double) as same_sample_average_cost_nok,
    cast(
        100e0 * (
            (areas.same_cost_nok / nullif(areas.same_persons, 0))
            / nullif(areas.same_previous_cost_nok / nullif(areas.same_previous_persons, 0), 0) - 1
        ) as double
    ) as same_sample_change_1y_pct,
    coalesce(ranked.printed_average_cost_nok, printed.average_cost_nok) as printed_average_cost_nok,
    printed.total_cost_nok as printed_total_cost_nok,
    coalesce(ranked.source_document, printed.source_document) as source_document,
    coalesce(ranked.source_table, printed.source_table) as source_table,
    coalesce(ranked.dataset_id, printed.dataset_id) as dataset_id,
    coalesce(ranked.release_id, printed.release_id) as release_id,
    coalesce(ranked.source_row, printed.source_row) as source_row
from areas
inner join samples
    on areas.year = samples.year
inner join medians
    on areas.year = medians.year
left join ranked
    on areas.area_level = 'municipality' and areas.year = ranked.year and areas.region_code = ranked.region_code
left join printed
    on areas.area_level = 'sample' and areas.year = printed.year
