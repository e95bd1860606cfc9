-- A measure, the figure its text rests on, and the indicators whose card it names. A measure without either stands with nulls.
with indicators as (

    select * from {{ ref('dim_indicator') }}

)

select
    measures.measure_id,
    measures.measure_nb,
    measures.evidence_item,
    evidence.value as evidence_value,
    evidence.unit as evidence_unit,
    evidence.year as evidence_year,
    cards.imdi_card,
    indicators.indicator_id,
    indicators.direction,
    cards.why_nb,
    {{ printed_in('measures') }}
from {{ source('published', 'published_plan_measures') }} as measures
inner join {{ source('published', 'published_plan_measure_cards') }} as cards
    on measures.measure_id = cards.measure_id
left join {{ source('published', 'published_reported_statistics') }} as evidence
    on measures.evidence_item = evidence.item and measures.source_document = evidence.source_document
left join indicators
    on cards.imdi_card = indicators.imdi_card
