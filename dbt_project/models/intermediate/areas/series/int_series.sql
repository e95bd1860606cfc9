-- One row per series of a dataset: what is measured, in which unit, for which breakdown.
with distinct_series as (

    select distinct
        dataset_id,
        measure,
        unit,
        period_kind,
        {{ dimension_columns() }},
        {{ number_of(joined_text(['dataset_id', 'measure', 'unit', 'period_kind'] + var('dimensions'))) }} as series_id
    from {{ source('landing', 'observation_series') }}

)

select
    distinct_series.series_id,
    distinct_series.dataset_id,
    distinct_series.measure,
    distinct_series.unit,
    distinct_series.period_kind,
    {{ dimension_columns('distinct_series') }},
    units.additive as is_additive,
    datasets.non_negative as is_non_negative
from distinct_series
inner join {{ source('landing', 'unit') }} as units
    on distinct_series.unit = units.unit
inner join {{ source('landing', 'dataset') }} as datasets
    on distinct_series.dataset_id = datasets.dataset_id
