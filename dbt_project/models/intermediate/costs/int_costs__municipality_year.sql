-- One row per sample municipality and year, with whether the municipality was in the sample the year before.
with survey as (

    select * from {{ source('published', 'published_municipality_costs') }}
    where scope = 'municipality'

)

select
    survey.year,
    survey.municipality_code as region_code,
    survey.municipality_name as region_name,
    substr(survey.municipality_code, 1, 2) as county_code,
    survey.target_group_persons,
    survey.total_cost_nok,
    survey.average_cost_nok as printed_average_cost_nok,
    previous.municipality_code is not null as was_in_sample_year_before,
    previous.target_group_persons as previous_persons,
    previous.total_cost_nok as previous_cost_nok,
    {{ printed_in('survey') }}
from survey
left join survey as previous
    on survey.municipality_code = previous.municipality_code and survey.year - 1 = previous.year
