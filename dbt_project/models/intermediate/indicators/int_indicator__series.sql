-- Which series make up which indicator, on which side, for which breakdown.
-- A series of a dataset that is used before the one a term names stands beside it (`goes_before`).
-- `breakdown_id` is one number per indicator and breakdown; `match_number` pairs a numerator with its denominator.
with terms as (

    select
        terms.*,
        indicators.indicator_number
    from {{ source('landing', 'indicator_term') }} as terms
    inner join {{ source('landing', 'indicator') }} as indicators
        on terms.indicator_id = indicators.indicator_id

),

named_terms as (

    {%- for dataset, goes_before in (('terms.dataset_id', 'false'), ('dataset_order.dataset_id', 'true')) %}
        select
            terms.indicator_id,
            terms.indicator_number,
            terms.role,
            {{ dataset }} as dataset_id,
            terms.measure,
            terms.unit,
            {%- for name in var('dimensions') %}
                terms.{{ name }},
                terms.match_{{ name }},
            {%- endfor %}
            {{ goes_before }} as goes_before
        from terms
        {% if not loop.last %}
            union all
        {% else %}
            inner join {{ source('landing', 'dataset_order') }} as dataset_order
                on terms.dataset_id = dataset_order.serves_before
        {% endif %}
    {%- endfor %}

),

fitting as (

    select
        term.indicator_id,
        term.indicator_number,
        term.role,
        term.goes_before,
        series.series_id,
        {{ match_text() }} as match_text,
        {{ breakdown_columns() }}
    from named_terms as term
    inner join {{ ref('int_series') }} as series
        on {{ series_fits_term() }}

)

select
    indicator_id,
    indicator_number,
    role,
    goes_before,
    series_id,
    {{ number_of('match_text') }} as match_number,
    {{ dimension_columns() }},
    {{ number_of(joined_text(['indicator_id'] + var('dimensions'))) }} as breakdown_id
from fitting
