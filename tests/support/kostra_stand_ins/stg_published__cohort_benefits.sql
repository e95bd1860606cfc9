{{ config(materialized='table', schema='staging') }}
-- Two lines of the committee's table of social assistance per person (2024).
select year, settlement_year, benefit, is_total, amount_nok
from (
    values
    (2024, 2022, 'social_assistance', false, 41018),
    (2024, cast(null as integer), 'social_assistance', true, 174587),
    (2024, 2022, 'introduction_benefit', false, 21362)
) as benefits (year, settlement_year, benefit, is_total, amount_nok)
