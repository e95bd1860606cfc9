{{ config(materialized='table', schema='marts') }}
-- IMDi's persons for Larvik 2021-2026 (2026 running: 35 settled of 50 decided) and Sandefjord with one year hidden; invented
-- figures for Sandefjord and Tønsberg, and a year for Færder that had not ended when it was fetched.
select
    region_code, 'municipality' as region_level, year, settled_persons,
    settled_persons_low, settled_persons_high, decided_persons, requested_persons, is_running_year,
    case when is_running_year then cast('2026-09-28' as date) end as stated_on,
    'page_table' as figure_source, 'imdi_bosettingstall' as dataset_id, 'release' as release_id, is_demo
from (
    values
    ('3909', 2021, 35.0, 35.0, 35.0, 33.0, cast(null as double), false, false),
    ('3909', 2022, 168.0, 168.0, 168.0, 175.0, 175.0, false, false),
    ('3909', 2024, 42.0, 42.0, 42.0, 44.0, 220.0, false, false),
    ('3909', 2025, 37.0, 37.0, 37.0, 40.0, 35.0, false, false),
    ('3909', 2026, 35.0, 35.0, 35.0, 50.0, 50.0, true, false),
    ('3907', 2021, 20.0, 20.0, 20.0, null, null, false, false),
    ('3907', 2022, cast(null as double), 1.0, 4.0, null, null, false, false),
    ('3907', 2023, 100.0, 100.0, 100.0, null, null, false, false),
    ('3907', 2024, 122.0, 122.0, 122.0, null, null, false, true),
    ('3905', 2023, 80.0, 80.0, 80.0, null, null, false, true),
    ('3911', 2024, 50.0, 50.0, 50.0, null, null, true, false)
) as settled (
    region_code, year, settled_persons, settled_persons_low, settled_persons_high, decided_persons, requested_persons,
    is_running_year, is_demo
)
