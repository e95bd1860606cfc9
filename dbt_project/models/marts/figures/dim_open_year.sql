-- Years of an indicator that were not over when its source stood still, and the day: for those who read the figures of the year.
select
    cast(indicator_id as {{ dbt.type_string() }}) as indicator_id,
    year,
    is_whole_year,
    as_of_date
from {{ ref('int_indicator__open_year') }}
