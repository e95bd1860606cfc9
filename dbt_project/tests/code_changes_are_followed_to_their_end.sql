-- The codes are followed through a fixed number of steps. One step more must change nothing: a chain of changes that is
-- longer than the steps would end at a code out of force and say nothing of it.
{{ config(meta={'dagster': {'ref': {'name': 'int_region__code_current'}}}) }}
with periods as (

    select * from {{ ref('int_region__code_period') }}

),

changes as (

    select * from {{ ref('stg_klass__municipality_changes') }}

),

ends as (

    select
        'int_region__code_current' as model,
        code,
        valid_from,
        current_code as end_code,
        current_from as end_from,
        false as renumbered_only
    from {{ ref('int_region__code_current') }}
    union all
    select
        'int_region__code_period' as model,
        code,
        valid_from,
        territory_code as end_code,
        territory_from as end_from,
        true as renumbered_only
    from periods

)

select
    ends.model,
    ends.code,
    ends.valid_from,
    ends.end_code,
    changes.new_code
from ends
inner join periods
    on
        ends.end_code = periods.code
        and ends.end_from >= periods.valid_from
        and (periods.valid_to is null or ends.end_from < periods.valid_to)
inner join changes
    on
        periods.code = changes.old_code
        and periods.valid_to = changes.change_date
        and (changes.change_kind = 'renumber' or (changes.change_kind in ('merge', 'split') and not ends.renumbered_only))
