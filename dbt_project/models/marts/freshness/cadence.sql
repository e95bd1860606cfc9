-- How often each dataset and each statistic group is really updated, when the next figures are due, and how often a report
-- on the group is therefore sensible. Holds dates, not states: what is late depends on the day it is read.
with datasets as (

    select * from {{ ref('int_freshness__dataset') }}

),

group_datasets as (

    select
        statistic_group,
        min(first_seen_date) as first_seen_date,
        max(last_release_date) as last_release_date,
        max(last_year) as last_year,
        sum(release_count) as release_count,
        min(next_expected_from_date) as next_expected_from_date,
        min(next_expected_to_date) as next_expected_to_date,
        max(as_of_date) as as_of_date
    from datasets
    group by statistic_group

),

group_rows as (

    select
        'statistic_group' as scope,
        reported.code as scope_id,
        reported.name_nb,
        reported.code as statistic_group,
        cast(null as {{ dbt.type_string() }}) as declared_cadence,
        cast(null as integer) as declared_interval_days,
        cast(null as double) as observed_interval_days,
        cast(null as integer) as observed_interval_count,
        group_datasets.first_seen_date,
        group_datasets.last_release_date,
        group_datasets.last_year,
        group_datasets.release_count,
        group_datasets.next_expected_from_date,
        group_datasets.next_expected_to_date,
        cast(null as date) as overdue_after_date,
        cast(null as date) as discontinued_after_date,
        group_datasets.as_of_date,
        coalesce(chosen.indicator_count, 0) as indicator_count,
        coalesce(chosen.new_year_indicator_count, 0) as new_year_indicator_count,
        coalesce(chosen.recommended_frequency, 'unknown') as recommended_frequency,
        chosen.supplement_frequency,
        {{ filled('coalesce(supplement_rhythm.name_nb, \'{main}\')', {'main': 'cadence.name_nb'}) }} as recommended_frequency_nb,
        {{ filled('group_rhythm.name_nb', {
            'count': counts('chosen.main_count'), 'second': counts('chosen.second_half_count'), 'known': counts('chosen.known_count'),
        }) }}
        || {{ filled("coalesce(supplement_rhythm.phrase_nb, '')", {'count': counts('chosen.supplement_count')}) }} as rule_nb
    from {{ source('landing', 'word') }} as reported
    left join group_datasets
        on reported.code = group_datasets.statistic_group
    left join {{ ref('int_freshness__group') }} as chosen
        on reported.code = chosen.statistic_group
    {{ join_words('cadence', "coalesce(chosen.recommended_frequency, 'unknown')") }}
    {{ join_words('group_rhythm', "coalesce(chosen.recommended_frequency, 'unknown')") }}
    {{ join_words('supplement_rhythm', 'chosen.supplement_frequency') }}
    where reported.kind = 'statistic_group' and reported.is_reported

),

dataset_indicators as (

    select
        terms.dataset_id,
        count(distinct terms.indicator_id) as indicator_count,
        count(distinct case when indicators.has_new_year then terms.indicator_id end) as new_year_indicator_count
    from {{ source('landing', 'indicator_term') }} as terms
    inner join {{ ref('int_freshness__indicator') }} as indicators
        on terms.indicator_id = indicators.indicator_id
    group by terms.dataset_id

),

dataset_rhythms as (

    select
        *,
        case
            when interval_days <= {{ longest_days('monthly') }} then 'monthly'
            when interval_days <= {{ longest_days('quarterly') }} then 'quarterly'
            when interval_days <= {{ longest_days('half_yearly') }} then 'half_yearly'
            when interval_days is not null then 'yearly'
        end as frequency,
        case
            when interval_days is null then 'none'
            when observed_interval_count >= 3 then 'observed'
            else 'declared'
        end as rhythm
    from datasets

),

dataset_rows as (

    select
        'dataset' as scope,
        datasets.dataset_id as scope_id,
        datasets.title_nb as name_nb,
        datasets.statistic_group,
        datasets.declared_cadence,
        datasets.declared_interval_days,
        datasets.observed_interval_days,
        datasets.observed_interval_count,
        datasets.first_seen_date,
        datasets.last_release_date,
        datasets.last_year,
        datasets.release_count,
        datasets.next_expected_from_date,
        datasets.next_expected_to_date,
        datasets.overdue_after_date,
        datasets.discontinued_after_date,
        datasets.as_of_date,
        coalesce(dataset_indicators.indicator_count, 0) as indicator_count,
        coalesce(dataset_indicators.new_year_indicator_count, 0) as new_year_indicator_count,
        coalesce(datasets.frequency, 'unknown') as recommended_frequency,
        cast(null as {{ dbt.type_string() }}) as supplement_frequency,
        {{ filled('dataset_rhythm.name_nb', {'main': "coalesce(cadence.name_nb, '')"}) }} as recommended_frequency_nb,
        {{ filled('dataset_rhythm.phrase_nb', {
            'count': counts('datasets.observed_interval_count'), 'days': counts('datasets.interval_days'),
        }) }} as rule_nb
    from dataset_rhythms as datasets
    left join dataset_indicators
        on datasets.dataset_id = dataset_indicators.dataset_id
    {{ join_words('cadence', 'datasets.frequency') }}
    {{ join_words('dataset_rhythm', 'datasets.rhythm') }}

),

combined as (

    select * from dataset_rows
    union all
    select * from group_rows

)

select
    {{ texts(['scope', 'scope_id', 'name_nb', 'statistic_group', 'declared_cadence']) }},
    cast(declared_interval_days as integer) as declared_interval_days,
    cast(observed_interval_days as double) as observed_interval_days,
    cast(observed_interval_count as integer) as observed_interval_count,
    first_seen_date,
    last_release_date,
    cast(last_year as integer) as last_year,
    cast(release_count as integer) as release_count,
    next_expected_from_date,
    next_expected_to_date,
    overdue_after_date,
    discontinued_after_date,
    as_of_date,
    cast(indicator_count as integer) as indicator_count,
    cast(new_year_indicator_count as integer) as new_year_indicator_count,
    case when indicator_count > 0 then cast(100e0 * new_year_indicator_count / nullif(indicator_count, 0) as double) end as new_year_share_pct,
    {{ texts(['recommended_frequency', 'supplement_frequency', 'recommended_frequency_nb', 'rule_nb']) }}
from combined
