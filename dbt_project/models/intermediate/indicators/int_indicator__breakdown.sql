-- The codes behind each breakdown number, with what the published tables show of its indicator. `breakdown_id` is the same in
-- every build; `series_number` counts those of this one, in the order of kinds of indicators, indicators and codes.
with breakdowns as (

    select distinct
        breakdown_id,
        indicator_id,
        indicator_number,
        {{ dimension_columns() }}
    from {{ ref('int_indicator__series') }}
    where role in ('value', 'numerator', 'published')

),

indicators as (

    select
        indicator_id,
        direction,
        kind,
        unit,
        scale
    from {{ source('landing', 'indicator') }}

),

demo as (

    select
        terms.indicator_id,
        max(case when datasets.is_demo then 1 else 0 end) = 1 as is_demo
    from {{ source('landing', 'indicator_term') }} as terms
    inner join {{ ref('dim_dataset') }} as datasets
        on terms.dataset_id = datasets.dataset_id
    group by terms.indicator_id

)

select
    breakdowns.*,
    demo.is_demo,
    case when indicators.direction = 'lower_better' then 1 else -1 end as rank_sign,
    case when indicators.kind = 'share' then indicators.scale end as scale,
    -- of one kind and unit side by side: figures that look alike pack into fewer bits
    cast(row_number() over (order by indicators.kind, indicators.unit, breakdowns.indicator_id, {{ dimension_columns('breakdowns') }}) as integer)
        as series_number
from breakdowns
inner join indicators
    on breakdowns.indicator_id = indicators.indicator_id
inner join demo
    on breakdowns.indicator_id = demo.indicator_id
