-- The codes behind each breakdown number.
select distinct
    breakdown_id,
    indicator_id,
    {{ dimension_columns() }}
from {{ ref('int_indicator__series') }}
where role in ('value', 'numerator', 'published')
