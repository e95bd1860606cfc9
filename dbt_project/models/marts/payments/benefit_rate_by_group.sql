-- Recipients in percent of the group, raw and age-standardised by the direct method: the rate of each age weighted by how many of that
-- age live in the whole country, in the same source and year. Needs every age: one that is unknown leaves the rate without a value, one
-- that is hidden gives it bounds. Two rates differ clearly where the difference is more than 1.96 standard errors of a count and at
-- least ten receive in either group; else the difference is unclear.
{%- set statuses = {
    'employed': 'main_status_employed',
    'registered_unemployed': 'main_status_unemployed',
    'labour_market_measures': 'main_status_on_measures',
    'ordinary_education': 'main_status_in_education',
    'work_assessment_or_disability': 'main_status_aap_disability',
    'old_age_pension': 'main_status_pension',
    'other': 'main_status_other',
} %}
{%- set fewest_recipients = 10 %}
with status_counts as (

    select
        figures.region_code,
        figures.year,
        series.category,
        series.immigrant_category as group_code,
        series.age_group,
        figures.value,
        figures.value_low,
        figures.value_high,
        figures.dataset_id,
        figures.release_id
    from {{ ref('int_region__observation_today') }} as figures
    inner join {{ ref('int_series') }} as series
        on figures.series_id = series.series_id
    where
        series.dataset_id = 'ssb_13563'
        and series.unit = 'persons'
        and series.age_group <> 'all'
        and series.sex = 'all'
        and series.immigrant_category in ('all', 'immigrants', 'population_except_immigrants')
        and figures.region_level in ('municipality', 'county', 'country')

),

invented as (

    select
        current_release.dataset_id,
        max(case when releases.is_demo then 1 else 0 end) = 1 as is_demo
    from {{ source('landing', 'current_release') }} as current_release
    inner join {{ source('landing', 'release') }} as releases
        on current_release.dataset_id = releases.dataset_id and current_release.release_id = releases.release_id
    group by current_release.dataset_id

),

by_age as (

    select
        counts.region_code,
        counts.year,
        {{ named('counts.category', statuses) }} as scheme,
        counts.group_code,
        counts.age_group,
        'ssb_main_status' as source_kind,
        people.value as residents,
        counts.value as recipients,
        counts.value_low as recipients_low,
        counts.value_high as recipients_high,
        counts.dataset_id,
        counts.release_id,
        invented.is_demo
    from status_counts as counts
    inner join status_counts as people
        on
            counts.region_code = people.region_code
            and counts.year = people.year
            and counts.group_code = people.group_code
            and counts.age_group = people.age_group
            and people.category = 'all'
    left join invented
        on counts.dataset_id = invented.dataset_id
    where counts.category in ('{{ statuses | join("', '") }}')

    union all

    select
        region_code,
        year,
        scheme,
        group_code,
        age_group,
        source_kind,
        residents,
        recipients,
        coalesce(recipients_low, recipients) as recipients_low,
        coalesce(recipients_high, recipients) as recipients_high,
        dataset_id,
        release_id,
        is_demo
    from {{ ref('int_payments__by_source') }}
    where age_group not in ('all', 'age_0_17') and counted_unit = 'person' and source_kind in ('microdata', 'ssb_order')

),

-- the standard: how the country's people are spread over the ages of the source
standard as (

    select
        source_kind,
        year,
        scheme,
        age_group,
        residents / nullif(sum(residents) over (partition by source_kind, year, scheme), 0) as weight
    from by_age
    where region_code = '00' and group_code = 'all'

),

ages as (

    select
        source_kind,
        year,
        scheme,
        count(*) as age_count
    from standard
    where weight > 0
    group by source_kind, year, scheme

),

rated as (

    select
        by_age.*,
        standard.weight,
        by_age.recipients / nullif(by_age.residents, 0) as rate,
        by_age.recipients_low / nullif(by_age.residents, 0) as rate_low,
        by_age.recipients_high / nullif(by_age.residents, 0) as rate_high
    from by_age
    left join standard
        on
            by_age.source_kind = standard.source_kind
            and by_age.year = standard.year
            and by_age.scheme = standard.scheme
            and by_age.age_group = standard.age_group
            and standard.weight > 0

),

grouped as (

    select
        rated.region_code,
        rated.year,
        rated.scheme,
        rated.group_code,
        rated.source_kind,
        case when count(rated.recipients) = count(*) then sum(rated.recipients) end as recipients_persons,
        case when count(rated.residents) = count(*) then sum(rated.residents) end as residents_persons,
        case when count(rated.weight * rated.rate) = max(ages.age_count) then sum(rated.weight * rated.rate) end as standardised,
        case when count(rated.weight * rated.rate_low) = max(ages.age_count) then sum(rated.weight * rated.rate_low) end
            as standardised_low,
        case when count(rated.weight * rated.rate_high) = max(ages.age_count) then sum(rated.weight * rated.rate_high) end
            as standardised_high,
        case
            when count(rated.weight * rated.rate) = max(ages.age_count)
                then sum(rated.weight * rated.weight * rated.rate * (1 - rated.rate) / nullif(rated.residents, 0))
        end as variance,
        max(ages.age_count) as age_count,
        {{ all_of('rated.dataset_id') }} as dataset_id,
        {{ all_of('rated.release_id') }} as release_id,
        max(case when rated.is_demo then 1 else 0 end) = 1 as is_demo
    from rated
    left join ages
        on rated.source_kind = ages.source_kind and rated.year = ages.year and rated.scheme = ages.scheme
    group by rated.region_code, rated.year, rated.scheme, rated.group_code, rated.source_kind

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

),

regions as (

    select * from {{ ref('dim_region') }}

)

select
    cast(united.region_code as {{ dbt.type_string() }}) as region_code,
    cast(regions.region_level as {{ dbt.type_string() }}) as region_level,
    united.year,
    cast(united.scheme as {{ dbt.type_string() }}) as scheme,
    cast({{ named('united.scheme', benefit_schemes()) }} as {{ dbt.type_string() }}) as scheme_name_nb,
    cast(united.group_code as {{ dbt.type_string() }}) as group_code,
    cast({{ named('united.group_code', benefit_groups()) }} as {{ dbt.type_string() }}) as group_name_nb,
    cast(united.source_kind as {{ dbt.type_string() }}) as source_kind,
    cast({{ named('united.source_kind', benefit_sources()) }} as {{ dbt.type_string() }}) as source_name_nb,
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
    cast(united.source_document as {{ dbt.type_string() }}) as source_document,
    cast(united.dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(united.release_id as {{ dbt.type_string() }}) as release_id,
    united.is_demo
from united
left join regions
    on united.region_code = regions.region_code
