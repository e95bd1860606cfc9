-- Which series make up which indicator, on which side, for which breakdown.
-- `breakdown_id` is one number per indicator and breakdown; `match_key` pairs a numerator with its denominator.
with terms as (

    select * from {{ source('landing', 'indicator_term') }}

),

all_series as (

    select * from {{ ref('int_series') }}

),

fitting as (

    select
        term.indicator_id,
        term.role,
        series.series_id,
        series.dataset_id,
        {{ match_text() }} as match_key,
        {{ breakdown_columns() }}
    from terms as term
    inner join all_series as series
        on {{ series_fits_term() }}

)

select
    indicator_id,
    role,
    series_id,
    dataset_id,
    match_key,
    {{ dimension_columns() }},
    {{ number_of(joined_text(['indicator_id'] + var('dimensions'))) }} as breakdown_id
from fitting
