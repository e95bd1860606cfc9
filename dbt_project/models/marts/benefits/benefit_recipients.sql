-- Who receives what, as published: immigrants beside the rest of the population where a source divides them, all recipients
-- where none does. Kroner are published for all recipients only; `amounts_by_background` says so on every row.
{%- set by_background = {
    'social_assistance_recipients_persons': ('social_assistance', 'recipients'),
    'social_assistance_recipients_share': ('social_assistance', 'share_of_recipients'),
    'social_assistance_recipients_of_group_share': ('social_assistance', 'share_of_group'),
    'unemployed_persons': ('unemployment', 'recipients'),
    'unemployed_share': ('unemployment', 'share_of_group'),
    'persistent_low_income_share': ('persistent_low_income', 'share_of_group'),
    'outside_by_category_persons': ('outside_work_education_measures', 'recipients'),
    'outside_by_category_share': ('outside_work_education_measures', 'share_of_group'),
    'main_status_unemployed_persons': ('main_status_unemployed', 'recipients'),
    'main_status_unemployed_share': ('main_status_unemployed', 'share_of_group'),
    'main_status_on_measures_persons': ('main_status_on_measures', 'recipients'),
    'main_status_on_measures_share': ('main_status_on_measures', 'share_of_group'),
    'main_status_aap_disability_persons': ('main_status_aap_disability', 'recipients'),
    'main_status_aap_disability_share': ('main_status_aap_disability', 'share_of_group'),
    'main_status_pension_persons': ('main_status_pension', 'recipients'),
    'main_status_pension_share': ('main_status_pension', 'share_of_group'),
    'main_status_other_persons': ('main_status_other', 'recipients'),
    'main_status_other_share': ('main_status_other', 'share_of_group'),
} %}
{%- set all_recipients = {
    'social_assistance_recipients_all_persons': ('social_assistance', 'recipients'),
    'social_assistance_recipients_per_1000': ('social_assistance', 'share_of_group'),
    'social_assistance_duration_months': ('social_assistance', 'duration'),
    'social_assistance_paid_thousand_nok': ('social_assistance', 'amount_paid'),
    'social_assistance_paid_per_recipient_nok': ('social_assistance', 'amount_per_recipient'),
} %}
{%- set context = {
    'nav_unemployed_persons': ('unemployment', 'recipients'),
    'nav_unemployed_share': ('unemployment', 'share_of_group'),
    'work_assessment_allowance_persons': ('work_assessment_allowance', 'recipients'),
    'work_assessment_allowance_share': ('work_assessment_allowance', 'share_of_group'),
    'disability_benefit_persons': ('disability_benefit', 'recipients'),
    'disability_benefit_share': ('disability_benefit', 'share_of_group'),
    'reduced_work_capacity_persons': ('reduced_work_capacity', 'recipients'),
    'reduced_work_capacity_share': ('reduced_work_capacity', 'share_of_group'),
} %}
{%- set scopes = {'by_background': by_background, 'all_recipients': all_recipients, 'context': context} %}
{%- set groups = {
    'immigrants': 'immigrants',
    'rest_of_population': 'population_except_immigrants',
    'everyone': 'all',
} %}

with wanted as (

    {%- for scope, indicators in scopes.items() %}
        {%- set outer_last = loop.last %}
        {%- for indicator_id, (benefit, figure_kind) in indicators.items() %}
            select
                '{{ indicator_id }}' as indicator_id,
                '{{ benefit }}' as benefit,
                '{{ figure_kind }}' as figure_kind,
                '{{ scope }}' as figure_scope
            {{ 'union all' if not (loop.last and outer_last) }}
        {%- endfor %}
    {%- endfor %}

),

indicators as (

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
        states.value_status,
        states.geography_basis,
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
    inner join wanted
        on breakdowns.indicator_id = wanted.indicator_id
    inner join {{ ref('dim_figure_state') }} as states
        on figures.state_number = states.state_number
    left join {{ ref('int_release__number') }} as releases
        on figures.release_key = releases.release_key
    where breakdowns.world_region = 'all' and figures.region_level in ('municipality', 'county', 'country')

)

select
    cast(figures.region_code as {{ dbt.type_string() }}) as region_code,
    cast(figures.region_level as {{ dbt.type_string() }}) as region_level,
    figures.year,
    cast(figures.benefit as {{ dbt.type_string() }}) as benefit,
    cast(figures.figure_kind as {{ dbt.type_string() }}) as figure_kind,
    cast(figures.figure_scope as {{ dbt.type_string() }}) as figure_scope,
    cast(figures.sex as {{ dbt.type_string() }}) as sex,
    cast(figures.age_group as {{ dbt.type_string() }}) as age_group,
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
