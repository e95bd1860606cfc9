-- Cells that a release added, removed or changed against the release it replaced, with old and new value.
-- Cells of a year the release before did not hold at all are news, not revisions: they are counted in revision_summary.
with cells as (

    select * from {{ source('landing', 'revision') }}

),

releases as (

    select * from {{ source('landing', 'release') }}

)

select
    cast(cells.dataset_id as varchar) as dataset_id,
    cast(cells.release_id as varchar) as release_id,
    cast(cells.before_release_id as varchar) as before_release_id,
    after_release.retrieved_at,
    cast(cells.region_code as varchar) as published_region_code,
    cast(cells.region_level as varchar) as region_level,
    cells.period_start,
    {{ year_of('cells.period_start') }} as year,
    cast(cells.measure as varchar) as measure,
    cast(cells.unit as varchar) as unit,
    {%- for name in var('dimensions') %}
        cast(cells.{{ name }} as varchar) as {{ name }},
    {%- endfor %}
    cast(cells.change_kind as varchar) as change_kind,
    cells.value_before,
    cells.value_after,
    cells.value_after - cells.value_before as value_change,
    cast(cells.status_before as varchar) as status_before,
    cast(cells.status_after as varchar) as status_after,
    {{ year_of('cells.period_start') }} >= least(before_release.last_year, {{ year_of('before_release.retrieved_at') }}) as is_open_year,
    before_release.publication_status = 'preliminary' and {{ year_of('cells.period_start') }} = before_release.last_year as was_preliminary,
    after_release.is_demo
from cells
inner join releases as after_release
    on cells.dataset_id = after_release.dataset_id and cells.release_id = after_release.release_id
inner join releases as before_release
    on cells.dataset_id = before_release.dataset_id and cells.before_release_id = before_release.release_id
