{{ config(materialized='table', schema='intermediate') }}
-- The series that this part reads from other topics.
select series_id, dataset_id, measure, unit, immigrant_category, sex, category
from (
    values
    (1, 'imdi_befolkning_hovedgruppe', 'persons', 'persons', 'all', 'all', 'all'),
    (2, 'imdi_befolkning_hovedgruppe', 'persons', 'persons', 'immigrants', 'all', 'all'),
    (3, 'ssb_13995', 'social_assistance_recipients_per_1000', 'per_1000', 'all', 'all', 'all'),
    (4, 'ssb_13995', 'social_assistance_recipients_persons', 'persons', 'all', 'all', 'all'),
    (5, 'ssb_13995', 'social_assistance_paid_thousand_nok', 'thousand_nok', 'all', 'all', 'all'),
    (6, 'ssb_12367', 'gross_operating_expenditure_thousand_nok', 'thousand_nok', 'all', 'all', 'function_275_introduction_scheme'),
    (7, 'imdi_intro_deltakere', 'participants', 'persons', 'all', 'all', 'all')
) as series (series_id, dataset_id, measure, unit, immigrant_category, sex, category)
