-- Figures of two sources side by side, one row per check, area and year, both with their bounds: the pairs of
-- seeds/consistency_pairs.csv, and IMDi's figure beside what the municipality printed of itself (a pair whose other side stands in no
-- dataset of figures). Invented figures are not held against what the municipality printed.
{{ config(materialized='view') }}

with figures as (

    select
        pairs.check_id,
        pairs.tolerance,
        pairs.side,
        figures.region_code,
        figures.region_level,
        figures.year,
        series.dataset_id,
        figures.value_low,
        figures.value_high
    from {{ ref('consistency_pairs') }} as pairs
    inner join {{ ref('int_series') }} as series
        on
            pairs.dataset_id = series.dataset_id
            and pairs.measure = series.measure
            and pairs.unit = series.unit
            and pairs.immigrant_category = series.immigrant_category
            -- totals in every other breakdown
            {%- for name in var('dimensions') if name != 'immigrant_category' %}
                and series.{{ name }} = 'all'
            {%- endfor %}
    inner join {{ ref('int_region__observation_today') }} as figures
        on series.series_id = figures.series_id
    where figures.region_level in ('municipality', 'county', 'country')

),

own_figures as (

    select
        'own_grants_imdi' as check_id,
        region_code,
        year,
        dataset_id,
        amount_nok as value
    from {{ ref('fct_grant_received') }}
    where grant_source = 'presentation'
    union all
    select
        'own_settled_imdi' as check_id,
        region.region_code,
        printed.year,
        printed.dataset_id,
        printed.settled_persons as value
    from {{ source('published', 'published_grants_received') }} as printed
    inner join {{ ref('int_grants__municipal_code') }} as region
        on printed.municipality_code = region.municipality_code and printed.year = region.year

),

others as (

    select
        check_id,
        region_code,
        region_level,
        year,
        dataset_id,
        value_low,
        value_high,
        false as is_own
    from figures
    where side = 'right'
    union all
    select
        check_id,
        region_code,
        'municipality' as region_level,
        year,
        dataset_id,
        value as value_low,
        value as value_high,
        true as is_own
    from own_figures

)

select
    figures.check_id,
    figures.region_code,
    figures.region_level,
    figures.year,
    figures.dataset_id,
    others.dataset_id as other_dataset_id,
    figures.value_low,
    figures.value_high,
    others.value_low as other_low,
    others.value_high as other_high,
    figures.tolerance
from figures
inner join others
    on
        figures.check_id = others.check_id
        and figures.region_code = others.region_code
        and figures.region_level = others.region_level
        and figures.year = others.year
inner join {{ ref('dim_dataset') }} as datasets
    on figures.dataset_id = datasets.dataset_id
where figures.side = 'left' and not (others.is_own and datasets.is_demo)
