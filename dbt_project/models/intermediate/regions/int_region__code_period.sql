-- One row per municipality code and unbroken period with one territory.
-- A code's period ends where it is an old code of a renumbering, merger or split, also when the same code lives on in a
-- merger: its territory is another one from that day. Boundary moves and new names do not break a period.
with changes as (

    select * from {{ ref('stg_klass__municipality_changes') }}
    where change_kind in ('renumber', 'merge', 'split')

),

-- a code that only took in a part of a split code goes on: that day is no start for it
boundary_moves as (

    select
        new_code as code,
        change_date
    from {{ ref('stg_klass__municipality_changes') }}
    where change_kind = 'boundary'

),

anchor as (

    select
        code,
        name
    from {{ ref('stg_klass__municipalities') }}
    where valid_to is null

),

history_start as (

    select min(covers_from) as covers_from from {{ ref('stg_klass__municipality_changes') }}

),

ends as (

    select
        old_code as code,
        change_date as valid_to,
        max(old_name) as name
    from changes
    group by old_code, change_date

),

starts as (

    select distinct
        changes.new_code as code,
        changes.change_date as valid_from
    from changes
    left join boundary_moves
        on changes.new_code = boundary_moves.code and changes.change_date = boundary_moves.change_date
    where boundary_moves.code is null

),

first_starts as (

    select
        code,
        min(valid_from) as valid_from
    from starts
    group by code

),

first_ends as (

    select
        code,
        min(valid_to) as valid_to
    from ends
    group by code

),

all_starts as (

    select
        code,
        valid_from
    from starts
    union
    -- a code that ends or stands today without having started inside the history was there when it begins
    select
        known.code,
        history_start.covers_from as valid_from
    from (
        select code from ends
        union
        select code from anchor
    ) as known
    cross join history_start
    left join first_starts
        on known.code = first_starts.code
    left join first_ends
        on known.code = first_ends.code
    where first_starts.code is null or first_ends.valid_to <= first_starts.valid_from

),

periods as (

    select
        all_starts.code,
        all_starts.valid_from,
        min(ends.valid_to) as valid_to
    from all_starts
    left join ends
        on
            all_starts.code = ends.code
            and all_starts.valid_from < ends.valid_to
    group by all_starts.code, all_starts.valid_from

),

named as (

    select
        periods.code,
        periods.valid_from,
        periods.valid_to,
        coalesce(ends.name, anchor.name) as name
    from periods
    left join ends
        on
            periods.code = ends.code
            and periods.valid_to = ends.valid_to
    left join anchor
        on
            periods.code = anchor.code
            and periods.valid_to is null

),

-- Follow renumberings forward: codes that only changed number denote one territory, named by its last code.
{%- set steps = 6 %}
{%- for step in range(steps) %}
    step_{{ step }} as (

        select
        {% if step == 0 -%}
            named.code,
            named.valid_from,
            named.valid_to,
            named.name,
            coalesce(changes.new_code, named.code) as territory_code,
            coalesce(changes.change_date, named.valid_from) as territory_from
        from named
        left join changes
            on named.code = changes.old_code and named.valid_to = changes.change_date and changes.change_kind = 'renumber'
        {%- else -%}
            previous.code,
            previous.valid_from,
            previous.valid_to,
            previous.name,
            coalesce(changes.new_code, previous.territory_code) as territory_code,
            coalesce(changes.change_date, previous.territory_from) as territory_from
        from step_{{ step - 1 }} as previous
        left join named
            on
                previous.territory_code = named.code
                and previous.territory_from >= named.valid_from
                and (named.valid_to is null or previous.territory_from < named.valid_to)
        left join changes
            on named.code = changes.old_code and named.valid_to = changes.change_date and changes.change_kind = 'renumber'
        {%- endif %}

    ){{ ',' if not loop.last }}
{%- endfor %}

select
    code,
    name,
    valid_from,
    valid_to,
    territory_code,
    territory_from
from step_{{ steps - 1 }}
