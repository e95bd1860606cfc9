{{ config(materialized='table', schema='marts') }}
-- The areas of today from the bundled code history.
select region_code, region_name, region_level, county_code from landing.stand_in_region
