-- Kroner are the printed share of the sample's cost; they say no more digits than the share does.
with training as (

    select * from {{ ref('norwegian_training') }}
    where area_level = 'sample'

)

select
    shares.year,
    shares.cost_area,
    shares.share_pct,
    cast(round(shares.share_pct / 100e0 * training.cost_nok, 0) as double) as cost_nok,
    {{ printed_in('shares') }}
from {{ source('published', 'published_norwegian_training_cost_shares') }} as shares
left join training
    on shares.year = training.year
