-- Cost and grant side by side for each scheme, series and year, each printed pair once.
with ranked as (

    select
        amounts.*,
        row_number() over (
            partition by amounts.source_document, amounts.scheme, amounts.series, amounts.year, amounts.item
            order by length(amounts.source_table), amounts.source_table
        ) as table_order
    from {{ source('published', 'published_cost_and_grant') }} as amounts

)

select
    scheme,
    series,
    year,
    source_document,
    {{ all_of('source_table') }} as source_table,
    {{ the_same('dataset_id') }} as dataset_id,
    {{ the_same('release_id') }} as release_id,
    min(source_row) as source_row,
    max(case when is_demo then 1 else 0 end) = 1 as is_demo,
    case
        when count(case when item in ('five_year_cost_per_person_nok', 'five_year_grant_per_person_nok') then 1 end) > 0
            then 'five_years_per_person'
        else 'sample_total'
    end as basis,
    max(
        case when item in ('five_year_cost_per_person_nok', 'sample_total_cost_nok') then amount_nok end
    ) as cost_nok,
    max(
        case when item in ('five_year_grant_per_person_nok', 'sample_total_income_nok') then amount_nok end
    ) as grant_nok
from ranked
where table_order = 1
group by scheme, series, year, source_document
