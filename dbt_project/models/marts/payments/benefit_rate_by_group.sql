-- Recipients in percent of the group, raw and age-standardised by the direct method: the rate of each age weighted by how many of that
-- age live in the whole country, in the same source and year. Needs every age: one that is unknown leaves the rate without a value, one
-- that is hidden gives it bounds. Two rates differ clearly where the difference is more than 1.96 standard errors of a count and at
-- least ten receive in either group; else the difference is unclear.
{%- set fewest_recipients = 10 %}
with grouped as (

    select * from {{ ref('int_payments__standardised') }}

),

printed as (

    select
        '00' as region_code,
        year,
        scheme,
        group_code,
        'national_reference' as source_kind,
        recipients as recipients_persons,
        cast(null as double) as residents_persons,
        recipients_of_group_pct as raw_rate_pct,
        recipients_of_group_standardised_pct as standardised_rate_pct,
        'rest_of_population_age_and_sex' as standard_population,
        source_document,
        dataset_id,
        release_id,
        is_demo
    from {{ source('published', 'published_benefit_payments') }}
    where recipients_of_group_pct is not null

),

compared as (

    select
        grouped.*,
        100e0 * grouped.recipients_persons / nullif(grouped.residents_persons, 0) as raw_rate_pct,
        100e0 * rest.recipients_persons / nullif(rest.residents_persons, 0) as rest_raw_rate_pct,
        rest.standardised as rest_standardised,
        case
            when grouped.group_code in ('all', 'population_except_immigrants') then 'not_compared'
            when grouped.standardised is null or rest.standardised is null then 'not_known'
            when
                least(grouped.recipients_persons, rest.recipients_persons) >= {{ fewest_recipients }}
                and abs(grouped.standardised - rest.standardised) > 1.96 * sqrt(grouped.variance + rest.variance)
                then 'clear'
            else 'unclear'
        end as difference_status
    from grouped
    left join grouped as rest
        on
            grouped.region_code = rest.region_code
            and grouped.year = rest.year
            and grouped.scheme = rest.scheme
            and grouped.source_kind = rest.source_kind
            and rest.group_code = 'population_except_immigrants'

),

united as (

    select
        region_code,
        year,
        scheme,
        group_code,
        source_kind,
        recipients_persons,
        residents_persons,
        raw_rate_pct,
        100e0 * standardised as standardised_rate_pct,
        100e0 * standardised_low as standardised_rate_pct_low,
        100e0 * standardised_high as standardised_rate_pct_high,
        case when standardised is not null then 100e0 * sqrt(variance) end as standard_error_pct,
        rest_raw_rate_pct,
        100e0 * rest_standardised as rest_standardised_rate_pct,
        difference_status,
        case when age_count is null then 'none' else 'country_age' end as standard_population,
        cast(age_count as integer) as age_group_count,
        cast(null as {{ dbt.type_string() }}) as source_document,
        dataset_id,
        release_id,
        is_demo
    from compared

    union all

    select
        printed.region_code,
        printed.year,
        printed.scheme,
        printed.group_code,
        printed.source_kind,
        printed.recipients_persons,
        printed.residents_persons,
        printed.raw_rate_pct,
        printed.standardised_rate_pct,
        printed.standardised_rate_pct as standardised_rate_pct_low,
        printed.standardised_rate_pct as standardised_rate_pct_high,
        cast(null as double) as standard_error_pct,
        rest.raw_rate_pct as rest_raw_rate_pct,
        case when printed.standardised_rate_pct is not null then rest.raw_rate_pct end as rest_standardised_rate_pct,
        'not_known' as difference_status,
        case when printed.standardised_rate_pct is null then 'none' else printed.standard_population end as standard_population,
        cast(null as integer) as age_group_count,
        printed.source_document,
        printed.dataset_id,
        printed.release_id,
        printed.is_demo
    from printed
    left join printed as rest
        on
            printed.source_document = rest.source_document
            and printed.year = rest.year
            and printed.scheme = rest.scheme
            and rest.group_code = 'population_except_immigrants'

)

select
    cast(united.region_code as {{ dbt.type_string() }}) as region_code,
    cast(regions.region_level as {{ dbt.type_string() }}) as region_level,
    united.year,
    cast(united.scheme as {{ dbt.type_string() }}) as scheme,
    cast(coalesce(benefit_scheme.name_nb, united.scheme) as {{ dbt.type_string() }}) as scheme_name_nb,
    cast(united.group_code as {{ dbt.type_string() }}) as group_code,
    cast(coalesce(benefit_group.name_nb, united.group_code) as {{ dbt.type_string() }}) as group_name_nb,
    cast(united.source_kind as {{ dbt.type_string() }}) as source_kind,
    cast(coalesce(benefit_source.name_nb, united.source_kind) as {{ dbt.type_string() }}) as source_name_nb,
    united.recipients_persons,
    united.residents_persons,
    united.raw_rate_pct,
    united.standardised_rate_pct,
    united.standardised_rate_pct_low,
    united.standardised_rate_pct_high,
    united.standard_error_pct,
    united.rest_raw_rate_pct,
    united.rest_standardised_rate_pct,
    cast(united.difference_status as {{ dbt.type_string() }}) as difference_status,
    cast(united.standard_population as {{ dbt.type_string() }}) as standard_population,
    united.age_group_count,
    {{ texts(['source_document', 'dataset_id', 'release_id'], 'united') }},
    united.is_demo
from united
left join {{ ref('dim_region') }} as regions
    on united.region_code = regions.region_code
{{ join_words('benefit_scheme', 'united.scheme') }}
{{ join_words('benefit_group', 'united.group_code') }}
{{ join_words('benefit_source', 'united.source_kind') }}
