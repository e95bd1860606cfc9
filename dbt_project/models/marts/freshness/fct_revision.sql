-- Cells that a release added, removed or changed against the release it replaced, with old and new value.
-- Cells of a year the release before did not hold at all are news, not revisions: they are counted in revision_summary.
-- A value that a later release hides is withheld: what one vintage shows never fills what a newer one hides.
with releases as (

    select * from {{ source('landing', 'release') }}

),

-- one name for a place in a year, whatever code a vintage lists it under
places as (

    select
        published_code,
        year,
        min(part_code) as place_code
    from {{ ref('int_region__code_year') }}
    group by published_code, year

),

cells as (

    select
        revision.*,
        {{ year_of('revision.period_start') }} as year,
        coalesce(places.place_code, revision.region_code) as place_code,
        {{ number_of(joined_text(['dataset_id', 'measure', 'unit', 'period_kind'] + var('dimensions'))) }} as series_id
    from {{ source('landing', 'revision') }} as revision
    left join places
        on revision.region_code = places.published_code and {{ year_of('revision.period_start') }} = places.year

),

hidden as (

    select
        cells.series_id,
        cells.place_code,
        cells.period_start,
        releases.retrieved_at as hidden_at
    from cells
    inner join releases
        on cells.dataset_id = releases.dataset_id and cells.release_id = releases.release_id
    where cells.status_after = 'suppressed'

    union all

    -- hidden in the release in use: whatever any vintage shows is older, or not for use
    select
        bounded.series_id,
        coalesce(places.place_code, bounded.region_code) as place_code,
        bounded.period_start,
        cast('9999-12-31' as timestamp) as hidden_at
    from {{ ref('int_observation__bounded') }} as bounded
    left join places
        on bounded.region_code = places.published_code and bounded.year = places.year
    where bounded.value_status = 'suppressed' and bounded.dataset_id in (select dataset_id from cells)

),

last_hidden as (

    select
        series_id,
        place_code,
        period_start,
        max(hidden_at) as hidden_at
    from hidden
    group by series_id, place_code, period_start

),

judged as (

    select
        cells.*,
        after_release.retrieved_at,
        after_release.is_demo,
        before_release.publication_status as status_of_before,
        before_release.last_year as last_year_before,
        before_release.retrieved_at as retrieved_before_at,
        coalesce(last_hidden.hidden_at >= after_release.retrieved_at, false) and cells.value_before is not null
            as is_before_withheld,
        coalesce(last_hidden.hidden_at > after_release.retrieved_at, false) and cells.value_after is not null
            as is_after_withheld
    from cells
    inner join releases as after_release
        on cells.dataset_id = after_release.dataset_id and cells.release_id = after_release.release_id
    inner join releases as before_release
        on cells.dataset_id = before_release.dataset_id and cells.before_release_id = before_release.release_id
    left join last_hidden
        on
            cells.series_id = last_hidden.series_id
            and cells.place_code = last_hidden.place_code
            and cells.period_start = last_hidden.period_start

)

select
    {{ texts(['dataset_id', 'release_id', 'before_release_id']) }},
    retrieved_at,
    cast(region_code as {{ dbt.type_string() }}) as published_region_code,
    cast(region_level as {{ dbt.type_string() }}) as region_level,
    period_start,
    year,
    cast(measure as {{ dbt.type_string() }}) as measure,
    cast(unit as {{ dbt.type_string() }}) as unit,
    {%- for name in var('dimensions') %}
        cast({{ name }} as {{ dbt.type_string() }}) as {{ name }},
    {%- endfor %}
    cast(change_kind as {{ dbt.type_string() }}) as change_kind,
    case when not is_before_withheld then value_before end as value_before,
    case when not is_after_withheld then value_after end as value_after,
    case when not is_before_withheld and not is_after_withheld then value_after - value_before end as value_change,
    cast(case when is_before_withheld then 'withheld' else status_before end as {{ dbt.type_string() }}) as status_before,
    cast(case when is_after_withheld then 'withheld' else status_after end as {{ dbt.type_string() }}) as status_after,
    year >= least(last_year_before, {{ year_of('retrieved_before_at') }}) as is_open_year,
    status_of_before = 'preliminary' and year = last_year_before as was_preliminary,
    is_demo
from judged
