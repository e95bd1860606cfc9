-- Cells of microdata.no by group: the groups of the scripts, and the groups they add up to. A sum is made only where every part that
-- lives there is known; of the whole the platform's own sum stands in then. One row per area, year, scheme (none: residents), measure,
-- group and age.
with cells as (

    select * from {{ source('microdata', 'microdata_benefit_by_group') }}

),

parts as (

    select * from {{ ref('benefit_group_parts') }}

),

living_there as (

    select distinct
        region_code,
        year,
        age_group,
        group_code as part_code
    from cells
    where group_code <> 'all'

),

needed as (

    select
        living_there.region_code,
        living_there.year,
        living_there.age_group,
        parts.group_code,
        count(*) as part_count
    from living_there
    inner join parts
        on living_there.part_code = parts.part_code
    group by living_there.region_code, living_there.year, living_there.age_group, parts.group_code

),

summed as (

    select
        cells.region_code,
        cells.year,
        cells.scheme,
        cells.measure,
        parts.group_code,
        cells.age_group,
        case when count(cells.value) = max(needed.part_count) then {{ exact_sum('cells.value') }} end as value,
        case when max(needed.part_count) > 1 then 'incomplete' else 'suppressed' end as status_without,
        {{ all_of('cells.release_id') }} as release_id,
        case when count(*) = 1 then max(cells.source_row) end as source_row,
        max(cells.databank_version) as databank_version,
        {{ all_of('cells.script_id') }} as script_id,
        {{ all_of('cells.dataset_id') }} as dataset_id,
        max(case when cells.is_demo then 1 else 0 end) = 1 as is_demo
    from cells
    inner join parts
        on cells.group_code = parts.part_code
    inner join needed
        on
            cells.region_code = needed.region_code
            and cells.year = needed.year
            and cells.age_group = needed.age_group
            and parts.group_code = needed.group_code
    group by cells.region_code, cells.year, cells.scheme, cells.measure, parts.group_code, cells.age_group

)

select
    summed.region_code,
    summed.year,
    summed.scheme,
    summed.measure,
    summed.group_code,
    summed.age_group,
    coalesce(summed.value, whole.value) as value,
    case when coalesce(summed.value, whole.value) is not null then 'ok' else summed.status_without end as value_status,
    summed.release_id,
    summed.source_row,
    summed.databank_version,
    summed.script_id,
    summed.dataset_id,
    summed.is_demo
from summed
left join cells as whole
    on
        summed.region_code = whole.region_code
        and summed.year = whole.year
        and summed.scheme = whole.scheme
        and summed.measure = whole.measure
        and summed.group_code = whole.group_code
        and summed.age_group = whole.age_group
        and whole.group_code = 'all'
