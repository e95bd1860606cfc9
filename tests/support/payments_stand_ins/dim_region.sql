{{ config(materialized='table', schema='marts') }}
-- The areas of today that the tests of this part name.
select region_code, region_name, region_level, county_code
from (
    values
    ('3909', 'Larvik', 'municipality', '39'),
    ('39', 'Vestfold', 'county', '39'),
    ('00', 'Hele landet', 'country', cast(null as varchar))
) as regions (region_code, region_name, region_level, county_code)
