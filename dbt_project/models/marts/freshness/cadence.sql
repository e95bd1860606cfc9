-- How often each dataset and each statistic group is really updated, when the next figures are due, and how often a report
-- on the group is therefore sensible. Holds dates, not states: what is late depends on the day it is read.
-- The main rhythm is that of at least half of a group's indicators; those that get figures more often make a supplement, so
-- that neither the many are repeated nor the few left out of date.
with datasets as (

    select * from {{ ref('int_freshness__dataset') }}

),

indicators as (

    select * from {{ ref('int_freshness__indicator') }}

),

group_names as (

    select
        'population_settlement' as statistic_group,
        'Befolkning og bosetting' as name_nb
    union all
    select
        'education' as statistic_group,
        'Utdanning' as name_nb
    union all
    select
        'introduction_programme' as statistic_group,
        'Introduksjonsprogram' as name_nb
    union all
    select
        'work_living_conditions' as statistic_group,
        'Arbeid og levekår' as name_nb
    union all
    select
        'grants' as statistic_group,
        'Tilskudd' as name_nb

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

group_indicators as (

    select
        statistic_group,
        count(*) as indicator_count,
        sum(case when has_new_year then 1 else 0 end) as new_year_indicator_count,
        count(interval_days) as known_count,
        sum(case when interval_days <= 45 then 1 else 0 end) as monthly_count,
        sum(case when interval_days <= 120 then 1 else 0 end) as quarterly_count,
        sum(case when interval_days <= 240 then 1 else 0 end) as half_yearly_count,
        sum(case when interval_days > 240 and extract(month from last_new_year_date) <= 6 then 1 else 0 end) as spring_count,
        sum(case when interval_days > 240 and extract(month from last_new_year_date) > 6 then 1 else 0 end) as autumn_count
    from indicators
    group by statistic_group

),

recommended as (

    select
        *,
        case
            when known_count = 0 then 'unknown'
            when 2 * monthly_count >= known_count then 'monthly'
            when 2 * quarterly_count >= known_count then 'quarterly'
            when
                2 * half_yearly_count >= known_count
                or (4 * (spring_count + half_yearly_count) >= known_count and 4 * (autumn_count + half_yearly_count) >= known_count)
                then 'half_yearly'
            else 'yearly'
        end as recommended_frequency
    from group_indicators

),

-- how often the fastest of a group's indicators get new figures, where that is more often than the group is reported on
supplemented as (

    select
        *,
        case
            when monthly_count > 0 and recommended_frequency in ('quarterly', 'half_yearly', 'yearly') then 'monthly'
            when quarterly_count > 0 and recommended_frequency in ('half_yearly', 'yearly') then 'quarterly'
            when half_yearly_count > 0 and recommended_frequency = 'yearly' then 'half_yearly'
        end as supplement_frequency
    from recommended

),

group_rows as (

    select
        'statistic_group' as scope,
        group_names.statistic_group as scope_id,
        group_names.name_nb,
        group_names.statistic_group,
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
        case chosen.recommended_frequency
            when 'monthly' then 'månedlig'
            when 'quarterly' then 'kvartalsvis'
            when 'half_yearly' then 'halvårlig'
            when 'yearly' then 'årlig'
            else 'for få opplysninger'
        end
        || case chosen.supplement_frequency
            when 'monthly' then ' med månedlig tillegg'
            when 'quarterly' then ' med kvartalsvis tillegg'
            when 'half_yearly' then ' med halvårlig tillegg'
            else ''
        end as recommended_frequency_nb,
        case chosen.recommended_frequency
            when 'monthly'
                then 'Minst halvparten av indikatorene får nye tall hver måned: '
                    || cast(chosen.monthly_count as {{ dbt.type_string() }}) || ' av ' || cast(chosen.known_count as {{ dbt.type_string() }}) || '.'
            when 'quarterly'
                then 'Minst halvparten av indikatorene får nye tall hvert kvartal: '
                    || cast(chosen.quarterly_count as {{ dbt.type_string() }}) || ' av ' || cast(chosen.known_count as {{ dbt.type_string() }}) || '.'
            when 'half_yearly'
                then 'Minst en firedel av indikatorene får nye tall i hvert halvår: '
                    || cast(chosen.spring_count + chosen.half_yearly_count as {{ dbt.type_string() }}) || ' i første og '
                    || cast(chosen.autumn_count + chosen.half_yearly_count as {{ dbt.type_string() }}) || ' i andre halvår, av '
                    || cast(chosen.known_count as {{ dbt.type_string() }}) || '.'
            when 'yearly'
                then 'De fleste indikatorene får nye tall én gang i året: '
                    || cast(chosen.known_count - chosen.half_yearly_count as {{ dbt.type_string() }}) || ' av '
                    || cast(chosen.known_count as {{ dbt.type_string() }}) || '. En rapport oftere ville stort sett gjenta seg selv.'
            else 'Ingen av gruppens indikatorer har kjent oppdateringsrytme.'
        end
        || case chosen.supplement_frequency
            when 'monthly' then ' Nye tall hver måned: ' || cast(chosen.monthly_count as {{ dbt.type_string() }}) || ' av dem.'
            when 'quarterly' then ' Nye tall hvert kvartal: ' || cast(chosen.quarterly_count as {{ dbt.type_string() }}) || ' av dem.'
            when 'half_yearly' then ' Nye tall hvert halvår: ' || cast(chosen.half_yearly_count as {{ dbt.type_string() }}) || ' av dem.'
            else ''
        end as rule_nb
    from group_names
    left join group_datasets
        on group_names.statistic_group = group_datasets.statistic_group
    left join supplemented as chosen
        on group_names.statistic_group = chosen.statistic_group

),

dataset_indicators as (

    select
        terms.dataset_id,
        count(distinct terms.indicator_id) as indicator_count,
        count(distinct case when indicators.has_new_year then terms.indicator_id end) as new_year_indicator_count
    from {{ source('landing', 'indicator_term') }} as terms
    inner join indicators
        on terms.indicator_id = indicators.indicator_id
    group by terms.dataset_id

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
        case
            when datasets.interval_days is null then 'unknown'
            when datasets.interval_days <= 45 then 'monthly'
            when datasets.interval_days <= 120 then 'quarterly'
            when datasets.interval_days <= 240 then 'half_yearly'
            else 'yearly'
        end as recommended_frequency,
        cast(null as {{ dbt.type_string() }}) as supplement_frequency,
        case
            when datasets.interval_days is null then 'ved behov'
            when datasets.interval_days <= 45 then 'månedlig'
            when datasets.interval_days <= 120 then 'kvartalsvis'
            when datasets.interval_days <= 240 then 'halvårlig'
            else 'årlig'
        end as recommended_frequency_nb,
        case
            when datasets.interval_days is null then 'Kilden har ingen fast rytme.'
            when datasets.observed_interval_count >= 3
                then 'Median av ' || cast(datasets.observed_interval_count as {{ dbt.type_string() }}) || ' observerte mellomrom: '
                    || cast(datasets.interval_days as {{ dbt.type_string() }}) || ' dager.'
            else 'Oppgitt av kilden; for få observasjoner til å måle ('
                || cast(datasets.observed_interval_count as {{ dbt.type_string() }}) || ' mellomrom).'
        end as rule_nb
    from datasets
    left join dataset_indicators
        on datasets.dataset_id = dataset_indicators.dataset_id

),

combined as (

    select * from dataset_rows
    union all
    select * from group_rows

)

select
    cast(scope as {{ dbt.type_string() }}) as scope,
    cast(scope_id as {{ dbt.type_string() }}) as scope_id,
    cast(name_nb as {{ dbt.type_string() }}) as name_nb,
    cast(statistic_group as {{ dbt.type_string() }}) as statistic_group,
    cast(declared_cadence as {{ dbt.type_string() }}) as declared_cadence,
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
    cast(recommended_frequency as {{ dbt.type_string() }}) as recommended_frequency,
    cast(supplement_frequency as {{ dbt.type_string() }}) as supplement_frequency,
    cast(recommended_frequency_nb as {{ dbt.type_string() }}) as recommended_frequency_nb,
    cast(rule_nb as {{ dbt.type_string() }}) as rule_nb
from combined
