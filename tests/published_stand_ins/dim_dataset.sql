{{ config(materialized='table', schema='marts') }}
-- The datasets whose observations the other stand-ins hold.
select dataset_id, false as is_demo
from (
    values ('imdi_flyktning_botid_flytting'), ('imdi_intro_status_arbutd'),
    ('imdi_intro_status_arbutd_avslutta'), ('ssb_10824')
) as datasets (dataset_id)
