-- How many cells each release added, removed or changed, by year, measure and unit; new years are counted here only.
with releases as (

    select * from {{ source('landing', 'release') }}

)

select
    {{ texts(['dataset_id', 'release_id', 'before_release_id'], 'counts') }},
    after_release.retrieved_at,
    cast(counts.year as integer) as year,
    {{ texts(['measure', 'unit', 'change_kind'], 'counts') }},
    cast(counts.cell_count as bigint) as cell_count,
    counts.is_new_year,
    counts.year >= least(before_release.last_year, {{ year_of('before_release.retrieved_at') }}) as is_open_year,
    before_release.publication_status = 'preliminary' and counts.year = before_release.last_year as was_preliminary,
    after_release.is_demo
from {{ source('landing', 'revision_count') }} as counts
inner join releases as after_release
    on counts.dataset_id = after_release.dataset_id and counts.release_id = after_release.release_id
inner join releases as before_release
    on counts.dataset_id = before_release.dataset_id and counts.before_release_id = before_release.release_id
