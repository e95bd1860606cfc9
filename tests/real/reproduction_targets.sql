-- The figures of REPRODUCTION_TARGETS.md, each derived from rows of the product's own marts: number, printed figures, question.
-- Expected figures are the published ones; a question holds no figure but years, codes and the 5 of five years.

-- R01: 174587
select sum(amount_nok) from marts.cohort_benefit where benefit = 'social_assistance' and year = 2024;

-- R02: 194517
select sum(amount_nok) from marts.cohort_benefit where benefit = 'introduction_benefit' and year = 2024;

-- R03: 129640 243797
select sum(amount_nok) from marts.cohort_benefit where year = 2023 group by benefit order by 1;

-- R04: 450334
select 5 * average_cost_nok from marts.integration_cost where area_level = 'sample' and year = 2024;

-- R05: 443690
select 5 * average_cost_nok from marts.integration_cost where area_level = 'sample' and year = 2023;

-- R06: 889055
select sum(amount_nok) from component where series = 'actual' and year = 2024 and not is_total;

-- R07: 91.8 90.9
select coverage_pct from coverage where series = 'actual' and year in (2023, 2024) order by year;

-- R08: -0.9
select change_1y_percentage_points from coverage where series = 'actual' and year = 2024;

-- R09: 81104
select uncovered_nok from coverage where series = 'actual' and year = 2024;

-- R10: -20.2 34.7 26.1
select change_1y_pct from component where series = 'actual' and year = 2024 and cost_component in
    ('introduction_benefit', 'social_assistance', 'waiting_benefit_incl_establishment') order by cost_component;

-- R11: 22.6 17.2
select sum(share_of_cost_pct) from component where series = 'actual' and year in (2023, 2024) and cost_component in
    ('social_assistance', 'waiting_benefit_incl_establishment') group by year order by year desc;

-- R12: 50.7
select share_of_cost_pct from component where series = 'actual' and year = 2024 and cost_component =
    'integration_measures_and_administration';

-- R14: -4.1
select real_grant_change_1y_pct from coverage where series = 'actual' and year = 2024;

-- R15: 3916542 107.2
select sum(amount_nok) from minors where year = 2024 and not is_total union all select coverage_pct from
    marts.cost_coverage where year = 2024 and scheme = 'integration_grant_plus_special_grant_unaccompanied_minors';

-- R17: 4.41 1.26
select (select amount_nok from minors where year = 2024 and is_total) / (select amount_nok from component where series
    = 'actual' and year = 2024 and is_total) union all select
    statistic('average_cost_per_unaccompanied_minor_five_years', 2015) /
    statistic('average_cost_per_refugee_five_years', 2015);

-- R18: 21701 -18272 -7110
select sum(case when series = 'actual' then amount_nok else -amount_nok end) from component where year = 2024 and
    cost_component in ('social_assistance', 'introduction_benefit', 'average_cost_per_person') group by
    cost_component, is_total order by is_total, cost_component desc;

-- R19: 93.2 91.9 89.3
select coverage_pct from coverage where sensitivity = 'main' order by year;

-- R21: 905506 921488 949259
select cost_nok from coverage where sensitivity = 'high' order by year;

-- R22: 27731 28452 29192
select amount_nok * exp(sum(ln(1 + price.change_pct / 100)) over (order by price.year)) from (select amount_nok from
    component where series = 'actual' and year = 2024 and cost_component = 'waiting_benefit_incl_establishment') as
    base cross join marts.fct_price_change as price where price.application = 'forecast_price_adjustment' and
    price.index_name like '%_estimate' or price.application = 'forecast_price_adjustment' and price.index_name like
    '%_forecast' order by price.year;

-- R23: 5.3
select change_1y_pct from component where series = 'actual' and year = 2024 and cost_component = 'health_services';

-- R25: -56.1 41.0
select change_4y_pct from marts.cost_area where year = 2024 and statistic = 'mean' and cost_area in
    ('adult_primary_education_fov', 'introduction_programme') order by cost_area;

-- R26: 90929 77806
select average_cost_nok from marts.integration_cost where region_code = '3909' order by year desc;

-- R27: 16.9
select 100 * (max(average_cost_nok) filter (year = 2024) / max(average_cost_nok) filter (year = 2023) - 1) from
    marts.integration_cost where region_code = '3909';

-- R28: 1.0 -12.3
select difference_from_sample_pct from marts.integration_cost where region_code = '3909' order by year desc;

-- R29: 10 24 16 23
select unnest([average_rank, ranked_count]) from marts.integration_cost where region_code = '3909' order by year desc;

-- R31: 84082 75291
select average_cost_nok from marts.integration_cost where area_level = 'county_sample' and region_code = '39' order by
    year desc;

-- R33: 4631 54925 3201 141930
select unnest([cast(region_code as integer), average_cost_nok]) from marts.integration_cost where area_level =
    'municipality' and year = 2024 and average_rank in (1, ranked_count) order by average_rank desc;

-- R35: 80.1 83.1
select coverage_pct from marts.norwegian_training where area_level = 'sample' and year >= 2023 order by year;

-- R36: 1968 2069 5.1
select cost_per_hour_nok from marts.norwegian_training where area_level = 'sample' and year >= 2023 union all select
    100 * (max(cost_per_hour_nok) filter (year = 2024) / max(cost_per_hour_nok) filter (year = 2023) - 1) from
    marts.norwegian_training where area_level = 'sample';

-- R37: 47629 44590
select cost_per_participant_nok from marts.norwegian_training where area_level = 'sample' and year >= 2023;

-- R38: 5037522 71.7
select unnest([deficit_nok, coverage_pct]) from marts.norwegian_training where region_code = '3909' and year = 2024;

-- R39: 1848 32103
select unnest([cost_per_hour_nok, cost_per_participant_nok]) from marts.norwegian_training where region_code = '3909'
    and year = 2024;

-- R41: 6 15718106
select unnest([count(*), -sum(deficit_nok)]) from marts.norwegian_training where area_level = 'municipality' and year
    = 2024 and deficit_nok < 0;

-- R42: 42.5
select share_of_sample_deficit_pct from marts.norwegian_training where region_code = '4601' and year = 2024;

-- R44: 14.5 11.7
select unnest([participants_change_1y_pct, hours_change_1y_pct]) from marts.norwegian_training where region_code =
    '3909' and year = 2024;

-- R45: 612.6
select cost_nok / 1000000 from marts.norwegian_training_cost_area where cost_area = 'teacher_salary' and year = 2024;

-- R46: 90.2
select sum(share_pct) from marts.target_group_composition where population = 'target_group' and dimension =
    'settlement_cohort' and cast(category as integer) >= 2022;

-- R47: 29.3
select 100.0 * max(persons) filter (population = 'admin_survey_municipalities') / max(persons) filter (population =
    'target_group') from marts.target_group_composition where dimension = 'total';

-- R48: 162 92
select distinct unplaced_persons from marts.target_group_composition where dimension = 'citizenship' order by 1 desc;

-- R50: 20.2 75.7
select change_1y_pct from marts.target_group_size where year = 2024 and item = 'target_group' and geography =
    'national' union all select 100.0 * max(persons) filter (item = 'first_time_settled_persons_in_families') /
    max(persons) filter (item = 'first_time_settled') from marts.target_group_size where year = 2024 and geography =
    'national';

-- R51: 97812 95195
select sum(persons) from marts.cohort_size where size_kind = 'first_year' and year between 2020 and 2024 union all
    select persons from marts.cohort_size where size_kind = 'target_group_at_year_end' and year = 2024;

-- R52: 828000 773900 781300
select sum(amount_nok) from rate where rate_year = 2024 group by category order by case category when 'single_adult'
    then 1 when 'unaccompanied_minor' then 2 else 3 end;

-- R53: 822900 768900 776200
select sum(rate.amount_nok) from rate inner join marts.cohort_window as cohort on cohort.year = rate.rate_year and
    cohort.grant_year_n = rate.grant_year_n where cohort.settlement_year = 2020 group by rate.category order by case
    category when 'single_adult' then 1 when 'unaccompanied_minor' then 2 else 3 end;

-- R62: 489144177 519
select sum(amount_nok) from marts.fct_grant_received where region_code = '3909' and grant_type =
    'all_grants_from_imdi' union all select sum(settled_persons) from marts.settled_cohort where region_code = '3909'
    and cohort_source = 'presentation';

-- R63: 61.2
select share_pct from marts.introduction_programme_count where region_code = '3909' and protection_status =
    'collective_protection';

-- R64: 2.0
select 100 * statistic('social_assistance_main_income_recipients_registered_refugees', 2024) /
    statistic('social_assistance_main_income_recipients', 2024);

-- R65: 9.6 13.3
select 100.0 * max(persons) filter (not is_total) / max(persons) filter (is_total) from marts.action_plan_figure where
    topic = 'population' and year in (2010, 2016) group by year order by year;

-- R66: 122.7 -331
select unnest([100.0 * part / whole, whole - part]) from ( select sum(case when year = 2016 then persons else -persons
    end) filter (is_total) as whole, sum(case when year = 2016 then persons else -persons end) filter (not is_total)
    as part from marts.action_plan_figure where topic = 'population' and year in (2010, 2016));

-- R67: 391 80
select sum(persons) from marts.action_plan_figure where topic = 'settlement_decision' and item in
    ('municipal_council_decision', 'of_which_or_additional_unaccompanied_minors') group by item order by 1 desc;

-- R68: 42.4
select 100.0 * sum(persons) filter (place <= 5) / max(persons) filter (is_total) from ( select persons, is_total,
    row_number() over (order by is_total or item = 'Andre', persons desc) as place from marts.action_plan_figure where
    topic = 'country_background');

-- R69: 65 15.3
select unnest([100 * grant_amount / cost, cost - grant_amount]) from ( select
    statistic('host_municipality_total_grant', 2015) as grant_amount, statistic('host_municipality_total_cost', 2015)
    as cost);

-- R70: 107
select statistic('norwegian_training_cost_per_participant', 2015) /
    statistic('norwegian_training_hours_per_participant', 2015);
