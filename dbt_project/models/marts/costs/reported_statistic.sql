-- Figures that stand alone in a text, as printed. None is added to another, and none replaces a series.
with shares as (

    select * from {{ source('published', 'published_cohort_shares') }}

)

select
    year,
    cast(null as date) as as_of_date,
    municipality_code,
    item,
    unit,
    value,
    is_approximate,
    note_nb,
    {{ printed_in() }}
from {{ source('published', 'published_reported_statistics') }}

union all

select
    year,
    as_of_date,
    municipality_code,
    item,
    unit,
    value,
    false as is_approximate,
    note_nb,
    {{ printed_in() }}
from {{ source('published', 'published_presentation_counts') }}

union all

select
    year,
    cast(null as date) as as_of_date,
    cast(null as {{ dbt.type_string() }}) as municipality_code,
    item,
    'share_percent' as unit,
    cast(share_pct as double) as value,
    is_approximate,
    cast(null as {{ dbt.type_string() }}) as note_nb,
    {{ printed_in() }}
from shares
