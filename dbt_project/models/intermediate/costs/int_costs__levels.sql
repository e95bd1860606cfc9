-- Every level whose change the documents print, on the keys that the change columns use.
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

sizes as (

    select * from {{ ref('target_group_size') }}

)

select
    year,
    target_group,
    cast(null as varchar(4)) as municipality_code,
    cost_component as item,
    'five_year_cost_per_person_nok' as measure,
    cast(amount_nok as double) as value
from components

union all

select
    year,
    'all_persons_with_integration_grant' as target_group,
    cast(null as varchar(4)) as municipality_code,
    cost_area as item,
    'one_year_cost_per_person_nok' as measure,
    cast(amount_nok as double) as value
from areas

union all

select
    year,
    cast(null as varchar(80)) as target_group,
    cast(null as varchar(4)) as municipality_code,
    scheme as item,
    case
        when basis = 'sample_total' then 'sample_total_cost_nok'
        else 'five_year_cost_per_person_nok'
    end as measure,
    cast(cost_nok as double) as value
from pairs

union all

select
    year,
    cast(null as varchar(80)) as target_group,
    cast(null as varchar(4)) as municipality_code,
    scheme as item,
    case
        when basis = 'sample_total' then 'sample_total_income_nok'
        else 'five_year_grant_per_person_nok'
    end as measure,
    cast(grant_nok as double) as value
from pairs

union all

select
    year,
    cast(null as varchar(80)) as target_group,
    cast(null as varchar(4)) as municipality_code,
    scheme as item,
    'coverage_percent' as measure,
    100e0 * grant_nok / cost_nok as value
from pairs

union all

select
    year,
    cast(null as varchar(80)) as target_group,
    case when area_level = 'municipality' then region_code end as municipality_code,
    case when area_level = 'municipality' then 'municipality' else 'sample_total' end as item,
    'norwegian_training_participants' as measure,
    cast(participant_persons as double) as value
from training

union all

select
    year,
    cast(null as varchar(80)) as target_group,
    case when area_level = 'municipality' then region_code end as municipality_code,
    case when area_level = 'municipality' then 'municipality' else 'sample_total' end as item,
    'norwegian_training_hours' as measure,
    cast(teaching_hours as double) as value
from training

union all

select
    year,
    cast(null as varchar(80)) as target_group,
    cast(null as varchar(4)) as municipality_code,
    'sample_average' as item,
    'norwegian_training_cost_per_hour_nok' as measure,
    cost_per_hour_nok as value
from training
where area_level = 'sample'

union all

select
    year,
    geography as target_group,
    cast(null as varchar(4)) as municipality_code,
    item,
    'persons' as measure,
    cast(persons as double) as value
from sizes
