{{ config(materialized='table', schema='intermediate') }}
-- Participants in the introduction programme.
select '3909' as region_code, 2023 as year, '275' as function_code, cast(300 as double) as participants_persons
