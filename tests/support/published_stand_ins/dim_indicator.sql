{{ config(materialized='table', schema='marts') }}
-- Two indicators of one card and one of another.
select indicator_id, imdi_card, direction
from (
    values
    ('settled_persons', 'bosatt_anmodede', 'neither'),
    ('settled_of_decided_share', 'bosatt_anmodede', 'neither'),
    ('refugees_moved_here_share', 'flyktning_botid_flytting', 'neither')
) as indicators (indicator_id, imdi_card, direction)
