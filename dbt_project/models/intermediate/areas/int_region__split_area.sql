-- Areas of today that a split of some municipality since a year leaves without an exact past.
{{ config(materialized='ephemeral') }}

select distinct
    region_code,
    year
from {{ ref('int_region__part') }}
where region_level = 'municipality' and not is_exact
