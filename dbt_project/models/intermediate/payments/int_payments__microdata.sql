-- Tables of microdata.no by group, as the platform counts and sums: residents, recipients and kroner beside each other. One row per area,
-- year, scheme, group and age.
with figures as (

    select * from {{ ref('int_payments__microdata_cell') }}

),

schemes as (

    select
        region_code,
        year,
        scheme,
        group_code,
        age_group,
        max(case when measure = 'recipients_persons' then value end) as recipients,
        max(case when measure = 'paid_nok' then value end) as paid_nok,
        {{ worst_status("case when measure = 'recipients_persons' then value_status end") }} as recipients_status,
        {{ worst_status("case when measure = 'paid_nok' then value_status end") }} as paid_status,
        -- the release of the cell that source_row names: tables may have been exported one by one
        coalesce(
            {{ the_same("case when measure = 'paid_nok' then release_id end") }},
            {{ the_same("case when measure = 'recipients_persons' then release_id end") }}
        ) as release_id,
        coalesce(
            max(case when measure = 'paid_nok' then source_row end), max(case when measure = 'recipients_persons' then source_row end)
        ) as source_row,
        max(databank_version) as databank_version,
        {{ all_of('script_id') }} as script_id,
        {{ all_of('dataset_id') }} as dataset_id,
        max(case when is_demo then 1 else 0 end) = 1 as is_demo
    from figures
    where scheme <> 'none'
    group by region_code, year, scheme, group_code, age_group

)

select
    schemes.region_code,
    schemes.year,
    schemes.scheme,
    schemes.group_code,
    schemes.age_group,
    people.value as residents,
    coalesce(people.value_status, 'missing') as residents_status,
    schemes.recipients,
    coalesce(schemes.recipients_status, 'missing') as recipients_status,
    schemes.paid_nok,
    coalesce(schemes.paid_status, 'missing') as paid_status,
    schemes.databank_version,
    schemes.script_id,
    {{ landed_in('schemes') }}
from schemes
left join figures as people
    on
        schemes.region_code = people.region_code
        and schemes.year = people.year
        and schemes.group_code = people.group_code
        and schemes.age_group = people.age_group
        and people.scheme = 'none'
