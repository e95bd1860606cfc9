{{ config(materialized='table', schema='marts') }}
-- Larvik's codes as Klass has them, and one sample municipality that kept its code.
select code, valid_from, valid_to, current_code, true as is_exact
from (
    values
    ('0709', date '2015-01-01', date '2018-01-01', '3909'),
    ('0712', date '2018-01-01', date '2020-01-01', '3909'),
    ('3805', date '2020-01-01', date '2024-01-01', '3909'),
    ('3909', date '2024-01-01', cast(null as date), '3909'),
    ('3907', date '2024-01-01', cast(null as date), '3907')
) as codes (code, valid_from, valid_to, current_code)
