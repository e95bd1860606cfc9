-- One row per code period and code of today that holds (a part of) it.
-- `is_exact` is false once the way to today passes a split: the part may have gone wholly, partly or not at all to this code.
with periods as (

    select * from {{ ref('int_region__code_period') }}

),

changes as (

    select * from {{ ref('stg_klass__municipality_changes') }}
    where change_kind in ('renumber', 'merge', 'split')

),

{%- set steps = 8 %}
{%- for step in range(steps) %}
    step_{{ step }} as (

        select distinct
        {% if step == 0 -%}
            periods.code,
            periods.valid_from,
            coalesce(changes.new_code, periods.code) as current_code,
            coalesce(changes.change_date, periods.valid_from) as current_from,
            coalesce(changes.change_kind <> 'split', true) as is_exact
        from periods
        left join changes
            on periods.code = changes.old_code and periods.valid_to = changes.change_date
        {%- else -%}
            previous.code,
            previous.valid_from,
            coalesce(changes.new_code, previous.current_code) as current_code,
            coalesce(changes.change_date, previous.current_from) as current_from,
            previous.is_exact and coalesce(changes.change_kind <> 'split', true) as is_exact
        from step_{{ step - 1 }} as previous
        left join periods
            on
                previous.current_code = periods.code
                and previous.current_from >= periods.valid_from
                and (periods.valid_to is null or previous.current_from < periods.valid_to)
        left join changes
            on periods.code = changes.old_code and periods.valid_to = changes.change_date
        {%- endif %}

    ){{ ',' if not loop.last }}
{%- endfor %},

-- two ways to one code (a part that was split and came together again) are one exact way only if all of them are
counted as (

    select
        code,
        valid_from,
        current_code,
        min(current_from) as current_from,
        min(case when is_exact then 1 else 0 end) = 1 as is_exact
    from step_{{ steps - 1 }}
    group by code, valid_from, current_code

),

-- a code whose split parts have all come together in one place again is exact there
alone as (

    select
        code,
        valid_from,
        count(*) as targets
    from counted
    group by code, valid_from

)

select
    periods.code,
    periods.name,
    periods.valid_from,
    periods.valid_to,
    counted.current_code,
    counted.current_from,
    counted.is_exact or alone.targets = 1 as is_exact
from counted
inner join alone
    on counted.code = alone.code and counted.valid_from = alone.valid_from
inner join periods
    on counted.code = periods.code and counted.valid_from = periods.valid_from
