-- Datasets that give a joined series beside the codes of the year.
with joined as (

    select distinct dataset_id from {{ ref('int_observation__joined_year') }}

)

select distinct cells.dataset_id
from {{ ref('int_observation__bounded') }} as cells
inner join joined
    on cells.dataset_id = joined.dataset_id
where cells.geography = 'own_year' and cells.region_level in ('municipality', 'county')
