{{ config(materialized='table', schema='marts') }}
-- The datasets whose observations the other stand-ins hold.
select dataset_id, false as is_demo, timestamp '2024-03-11 12:00:00' as last_retrieved_at
from (
    values ('imdi_bosatt_anmodede'), ('imdi_flyktning_botid_flytting'), ('imdi_intro_status_arbutd'),
    ('imdi_intro_status_arbutd_avslutta'), ('ssb_10824')
) as datasets (dataset_id)
