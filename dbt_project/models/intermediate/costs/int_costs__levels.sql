-- Every level whose change the documents print, on the keys that the change columns use.
-- Each line of `levels`: where from, on which keys (item, target group, municipality), under which measure, and the value.
{%- set own_code = "case when area_level = 'municipality' then region_code end" %}
{%- set own_item = "case when area_level = 'municipality' then 'municipality' else 'sample_total' end" %}
{%- set levels = [
    ('components', 'cost_component', 'target_group', 'null', "'five_year_cost_per_person_nok'", 'amount_nok'),
    ('areas', 'cost_area', "'all_persons_with_integration_grant'", 'null', "'one_year_cost_per_person_nok'", 'amount_nok'),
    ('pairs', 'scheme', 'null', 'null',
        "case when basis = 'sample_total' then 'sample_total_cost_nok' else 'five_year_cost_per_person_nok' end", 'cost_nok'),
    ('pairs', 'scheme', 'null', 'null',
        "case when basis = 'sample_total' then 'sample_total_income_nok' else 'five_year_grant_per_person_nok' end", 'grant_nok'),
    ('pairs', 'scheme', 'null', 'null', "'coverage_percent'", '100e0 * grant_nok / nullif(cost_nok, 0)'),
    ('training', own_item, 'null', own_code, "'norwegian_training_participants'", 'participant_persons'),
    ('training', own_item, 'null', own_code, "'norwegian_training_hours'", 'teaching_hours'),
    ('sample_training', "'sample_average'", 'null', 'null', "'norwegian_training_cost_per_hour_nok'", 'cost_per_hour_nok'),
    ('sizes', 'item', 'geography', 'null', "'persons'", 'persons'),
] %}
with components as (

    select * from {{ ref('int_costs__components') }}
    where series = 'actual'

),

areas as (

    select * from {{ ref('cost_area') }}
    where statistic = 'mean'

),

pairs as (

    select * from {{ ref('int_costs__cost_and_grant') }}
    where series = 'actual'

),

training as (

    select * from {{ ref('norwegian_training') }}

),

sample_training as (

    select * from training
    where area_level = 'sample'

),

sizes as (

    select * from {{ ref('target_group_size') }}

)
{% for source, item, target_group, municipality_code, measure, value in levels %}
    select
        year,
        cast({{ target_group }} as {{ dbt.type_string() }}) as target_group,
        cast({{ municipality_code }} as {{ dbt.type_string() }}) as municipality_code,
        cast({{ item }} as {{ dbt.type_string() }}) as item,
        {{ measure }} as measure,
        cast({{ value }} as double) as value
    from {{ source }}
    {{ 'union all' if not loop.last }}
{%- endfor %}
