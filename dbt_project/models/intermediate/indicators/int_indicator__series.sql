-- Which series make up which indicator, on which side, for which breakdown.
-- `breakdown_id` is one number per indicator and breakdown; `match_number` pairs a numerator with its denominator.
with terms as (

    select
        terms.*,
        indicators.indicator_number
    from {{ source('landing', 'indicator_term') }} as terms
    inner join {{ source('landing', 'indicator') }} as indicators
        on terms.indicator_id = indicators.indicator_id

),

all_series as (

    select * from {{ ref('int_series') }}

),

fitting as (

    select
        term.indicator_id,
        term.indicator_number,
        term.role,
        series.series_id,
        {{ match_text() }} as match_text,
        {{ breakdown_columns() }}
    from terms as term
    inner join all_series as series
        on {{ series_fits_term() }}

)

select
    indicator_id,
    indicator_number,
    role,
    series_id,
    {{ number_of('match_text') }} as match_number,
    {{ dimension_columns() }},
    {{ number_of(joined_text(['indicator_id'] + var('dimensions'))) }} as breakdown_id
from fitting
