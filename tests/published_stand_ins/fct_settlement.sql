{{ config(materialized='table', schema='marts') }}
-- IMDi's settled persons for Larvik and Sandefjord in a few years, one of them hidden.
select region_code, 'municipality' as region_level, year, settled_persons, settled_persons_low, settled_persons_high, false as is_demo
from (
    values
    ('3909', 2021, 35.0, 35.0, 35.0),
    ('3909', 2022, 168.0, 168.0, 168.0),
    ('3907', 2021, 20.0, 20.0, 20.0),
    ('3907', 2022, cast(null as double), 1.0, 4.0),
    ('3907', 2023, 100.0, 100.0, 100.0)
) as settled (region_code, year, settled_persons, settled_persons_low, settled_persons_high)
