{{ config(materialized='table', schema='intermediate') }}
-- Invented public figures of 2024 for Larvik, its county and the country.
select series_id, region_code, region_level, 2024 as year, cast(value as double) as value
from (
    values
    (1, '3909', 'municipality', 50000.0),
    (1, '39', 'county', 250000.0),
    (1, '00', 'country', 5500000.0),
    (2, '3909', 'municipality', 7000.0),
    (3, '3909', 'municipality', 24.0),
    (3, '39', 'county', 26.5),
    (3, '00', 'country', 25.1),
    (4, '3909', 'municipality', 602.0),
    (5, '3909', 'municipality', 7300.0),
    (5, '39', 'county', 500000.0),
    (6, '3909', 'municipality', 60000.0),
    (7, '3909', 'municipality', 150.0)
) as figures (series_id, region_code, region_level, value)
