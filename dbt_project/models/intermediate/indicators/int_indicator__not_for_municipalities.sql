-- What upstream gives for counties or the country alone is asked for in every municipality all the same: a row without a figure,
-- which says why, for each municipality of today.
{{ config(materialized='ephemeral') }}

with without_municipalities as (

    select
        indicator_number,
        breakdown_id,
        year,
        coalesce({{ the_same("case when role <> 'numerator' then release_number end") }}, {{ the_same('release_number') }})
            as release_number
    from {{ ref('int_indicator__cell') }}
    where role in ('value', 'published', 'numerator') {{ only_changed_indicators() }}
    group by indicator_number, breakdown_id, year
    having max(case when region_level = 'municipality' then 1 else 0 end) = 0

)

select
    without_municipalities.indicator_number,
    without_municipalities.breakdown_id,
    municipalities.code as region_code,
    'municipality' as region_level,
    without_municipalities.year,
    cast(null as double) as value,
    cast(null as double) as value_low,
    cast(null as double) as value_high,
    'unavailable' as value_status,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    'unavailable' as geography_basis,
    'not_published_for_municipalities' as reason,
    0 as hidden_count,
    without_municipalities.release_number
from without_municipalities
cross join {{ ref('stg_klass__municipalities') }} as municipalities
where municipalities.valid_to is null
