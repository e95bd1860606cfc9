{{ config(materialized='table', schema='intermediate') }}
-- Larvik's refugees by secondary move 2022 as IMDi publishes them, a cell of Sandefjord that IMDi has rounded, and made-up outcomes.
select
    series_id, dataset_id, 'release' as release_id, region_code, region_level, year,
    value, value_low, value_high, value_status, 'published' as geography_basis
from (
    values
    (1, 'imdi_flyktning_botid_flytting', '3909', 'municipality', 2022, 1930.0, 1930.0, 1930.0, 'ok'),
    (2, 'imdi_flyktning_botid_flytting', '3909', 'municipality', 2022, 1298.0, 1298.0, 1298.0, 'ok'),
    (3, 'imdi_flyktning_botid_flytting', '3909', 'municipality', 2022, 588.0, 588.0, 588.0, 'ok'),
    (4, 'imdi_flyktning_botid_flytting', '3909', 'municipality', 2022, 44.0, 44.0, 44.0, 'ok'),
    (4, 'imdi_flyktning_botid_flytting', '3907', 'municipality', 2022, 0.0, 0.0, 2.0, 'rounded'),
    (4, 'imdi_flyktning_botid_flytting', '00', 'country', 2022, 0.0, 0.0, 0.0, 'ok'),
    (5, 'imdi_intro_status_arbutd_avslutta', '00', 'country', 2024, 4000.0, 4000.0, 4000.0, 'ok'),
    (6, 'imdi_intro_status_arbutd_avslutta', '00', 'country', 2024, 3000.0, 3000.0, 3000.0, 'ok'),
    (7, 'imdi_intro_status_arbutd_avslutta', '00', 'country', 2024, 74.9, 74.9, 74.9, 'ok'),
    (8, 'imdi_intro_status_arbutd', '00', 'country', 2013, 55.0, 55.0, 55.0, 'ok'),
    (9, 'ssb_10824', '39', 'county', 2021, 61.0, 61.0, 61.0, 'ok')
) as figures (series_id, dataset_id, region_code, region_level, year, value, value_low, value_high, value_status)
