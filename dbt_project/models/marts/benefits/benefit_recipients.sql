-- Who receives what, as published: immigrants beside the rest of the population where a source divides them, all recipients
-- where none does. Kroner are published for all recipients only; `amounts_by_background` says so on every row.
{%- set groups = {
    'immigrants': 'immigrants',
    'rest_of_population': 'population_except_immigrants',
    'everyone': 'all',
} %}

with indicators as (

    select
        indicator_id,
        unit
    from {{ ref('dim_indicator') }}

),

sources as (

    select
        terms.indicator_id,
        {{ all_of('datasets.source') }} as source,
        {{ all_of('datasets.dataset_id') }} as dataset_id
    from {{ ref('dim_indicator_term') }} as terms
    inner join {{ ref('dim_dataset') }} as datasets
        on terms.dataset_id = datasets.dataset_id
    where terms.role in ('value', 'numerator', 'published')
    group by terms.indicator_id

),

figures as (

    select
        figures.region_code,
        figures.region_level,
        figures.year,
        figures.value,
        figures.value_low,
        figures.value_high,
        {{ state_word('figures.state_number', 'value_status') }} as value_status,
        {{ state_word('figures.state_number', 'geography_basis') }} as geography_basis,
        releases.release_id,
        breakdowns.indicator_id,
        breakdowns.sex,
        breakdowns.age_group,
        breakdowns.immigrant_category,
        breakdowns.is_demo,
        wanted.benefit,
        wanted.figure_kind,
        wanted.figure_scope
    from {{ ref('int_indicator__value') }} as figures
    inner join {{ ref('int_indicator__breakdown') }} as breakdowns
        on figures.breakdown_id = breakdowns.breakdown_id
    inner join {{ ref('benefit_indicators') }} as wanted
        on breakdowns.indicator_id = wanted.indicator_id
    left join {{ ref('int_release__number') }} as releases
        on figures.release_key = releases.release_key
    where breakdowns.world_region = 'all' and figures.region_level in ('municipality', 'county', 'country')

)

select
    cast(figures.region_code as {{ dbt.type_string() }}) as region_code,
    cast(figures.region_level as {{ dbt.type_string() }}) as region_level,
    figures.year,
    {{ texts(['benefit', 'figure_kind', 'figure_scope', 'sex', 'age_group'], 'figures') }},
    cast(indicators.unit as {{ dbt.type_string() }}) as unit,
    {%- for name, code in groups.items() %}
        {%- set of_group = "case when figures.immigrant_category = '" ~ code ~ "' then figures." %}
        {%- for measure in ['value', 'value_low', 'value_high'] %}
            max({{ of_group ~ measure }} end) as {{ name }}_{{ measure }},
        {%- endfor %}
        cast({{ worst_status(of_group ~ 'value_status end') }} as {{ dbt.type_string() }}) as {{ name }}_value_status,
        cast({{ worst_basis(of_group ~ 'geography_basis end') }} as {{ dbt.type_string() }}) as {{ name }}_geography_basis,
    {%- endfor %}
    max(case when figures.immigrant_category = 'immigrants' then figures.value end)
    - max(case when figures.immigrant_category = 'population_except_immigrants' then figures.value end)
        as difference_immigrants_rest,
    cast('not_published' as {{ dbt.type_string() }}) as amounts_by_background,
    cast(figures.indicator_id as {{ dbt.type_string() }}) as indicator_id,
    cast(sources.source as {{ dbt.type_string() }}) as source,
    cast(sources.dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast({{ all_of('figures.release_id') }} as {{ dbt.type_string() }}) as release_id,
    figures.is_demo
from figures
inner join indicators
    on figures.indicator_id = indicators.indicator_id
inner join sources
    on figures.indicator_id = sources.indicator_id
group by
    figures.region_code, figures.region_level, figures.year, figures.benefit, figures.figure_kind, figures.figure_scope,
    figures.sex, figures.age_group, indicators.unit, figures.indicator_id, sources.source, sources.dataset_id, figures.is_demo
