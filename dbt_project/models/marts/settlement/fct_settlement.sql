-- Requests, decisions and settlement of refugees by area of today and year.
-- A figure that hides small counts or passes a split has no value and two bounds. Which source serves a year: settlement_by_source.
{%- set measures = {
    'requested_persons': 'requested',
    'original_request_persons': 'original_request',
    'decided_persons': 'decided',
    'settled_persons': 'settled',
    'settled_collective_persons': 'settled_collective',
    'agreed_persons': 'agreed',
    'agreed_collective_persons': 'agreed_collective',
} %}
with figures as (

    select * from {{ ref('int_settlement__by_source') }}
    where is_used and measure in ({% for measure in measures.values() %}'{{ measure }}'{{ ', ' if not loop.last }}{% endfor %})

),

datasets as (

    select
        dataset_id,
        is_demo
    from {{ ref('dim_dataset') }}

),

-- the dates and the dataset of a row are those of its settled figure, or of the request where nobody is settled yet
main as (

    select
        region_code,
        year,
        coalesce(
            {{ the_same("case when measure = 'settled' then dataset_id end") }}, {{ the_same('dataset_id') }}, 'imdi_bosatt_anmodede'
        ) as dataset_id,
        coalesce(
            {{ the_same("case when measure = 'settled' then figure_source end") }}, {{ the_same('figure_source') }}, 'statistics_table'
        ) as figure_source,
        coalesce(max(case when measure = 'settled' then stated_on end), max(stated_on)) as stated_on,
        coalesce(max(case when measure = 'settled' then retrieved_on end), max(retrieved_on)) as retrieved_on,
        coalesce(
            max(case when measure = 'settled' then case when is_running_year then 1 else 0 end end),
            max(case when is_running_year then 1 else 0 end)
        )
        = 1 as is_running_year,
        max(case when measure in ('requested', 'decided') and is_running_year then coalesce(stated_on, retrieved_on) end) as request_as_of_date
    from figures
    group by region_code, year

)

select
    cast(figures.region_code as {{ dbt.type_string() }}) as region_code,
    cast(figures.region_level as {{ dbt.type_string() }}) as region_level,
    figures.year,
    {%- for column, measure in measures.items() %}
        cast(max(case when figures.measure = '{{ measure }}' then figures.value end) as bigint) as {{ column }},
        cast(max(case when figures.measure = '{{ measure }}' then figures.value_low end) as bigint) as {{ column }}_low,
        cast(max(case when figures.measure = '{{ measure }}' then figures.value_high end) as bigint) as {{ column }}_high,
        cast({{ worst_status("case when figures.measure = '" ~ measure ~ "' then figures.value_status end") }} as {{ dbt.type_string() }}) as {{ column }}_status,
    {%- endfor %}
    cast({{ worst_basis("case when figures.measure = 'settled' then figures.geography_basis end") }} as {{ dbt.type_string() }}) as geography_basis,
    cast({{ the_same("case when figures.measure = 'settled' then figures.reason end") }} as {{ dbt.type_string() }}) as reason,
    cast(main.figure_source as {{ dbt.type_string() }}) as figure_source,
    cast(main.dataset_id as {{ dbt.type_string() }}) as dataset_id,
    main.is_running_year,
    main.stated_on,
    main.retrieved_on,
    cast({{ all_of('figures.release_id') }} as {{ dbt.type_string() }}) as release_id,
    datasets.is_demo,
    main.request_as_of_date
from figures
inner join main
    on figures.region_code = main.region_code and figures.year = main.year
inner join datasets
    on main.dataset_id = datasets.dataset_id
group by
    figures.region_code, figures.region_level, figures.year, main.figure_source, main.dataset_id, main.is_running_year,
    main.stated_on, main.retrieved_on, main.request_as_of_date, datasets.is_demo
