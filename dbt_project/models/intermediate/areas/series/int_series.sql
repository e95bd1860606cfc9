-- One row per series of a dataset: what is measured, in which unit, for which breakdown.
with numbered as (

    select * from {{ source('landing', 'observation_series') }}

),

units as (

    select * from {{ source('landing', 'unit') }}

),

datasets as (

    select * from {{ source('landing', 'dataset') }}

),

distinct_series as (

    select distinct
        dataset_id,
        measure,
        unit,
        period_kind,
        {{ dimension_columns() }},
        {{ number_of(joined_text(['dataset_id', 'measure', 'unit', 'period_kind'] + var('dimensions'))) }} as series_id
    from numbered

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
inner join units
    on distinct_series.unit = units.unit
inner join datasets
    on distinct_series.dataset_id = datasets.dataset_id
