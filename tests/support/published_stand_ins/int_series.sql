{{ config(materialized='table', schema='intermediate') }}
-- Series of the two topics that the cohort marts read from observations.
select series_id, dataset_id, measure, unit, sex, age_group, length_of_residence, category
from (
    values
    (1, 'imdi_flyktning_botid_flytting', 'persons', 'persons', 'all', 'all', 'all', 'all'),
    (2, 'imdi_flyktning_botid_flytting', 'persons', 'persons', 'all', 'all', 'all', 'settled_here'),
    (3, 'imdi_flyktning_botid_flytting', 'persons', 'persons', 'all', 'all', 'all', 'moved_here'),
    (4, 'imdi_flyktning_botid_flytting', 'persons', 'persons', 'all', 'all', 'all', 'unknown'),
    (5, 'imdi_intro_status_arbutd_avslutta', 'left_3_years_ago', 'persons', 'all', 'all', 'all', 'all'),
    (6, 'imdi_intro_status_arbutd_avslutta', 'left_3_years_ago', 'persons', 'all', 'all', 'all', 'work_or_education'),
    (7, 'imdi_intro_status_arbutd_avslutta', 'left_3_years_ago', 'percent', 'all', 'all', 'all', 'work_or_education'),
    (8, 'imdi_intro_status_arbutd', 'left_in_2012', 'percent', 'female', 'all', 'all', 'work_or_education'),
    (9, 'ssb_10824', 'former_participants_one_year_after_pct', 'percent', 'all', 'all', 'all', 'employed_or_in_education')
) as series (series_id, dataset_id, measure, unit, sex, age_group, length_of_residence, category)
