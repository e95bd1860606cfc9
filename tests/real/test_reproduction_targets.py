"""The 58 figures of REPRODUCTION_TARGETS.md, each derived in SQL from rows of the product's own marts.

Here: one query and the printed figures per target. Not here: the printed change columns (test_published_changes.py).
Expected figures are the published ones; a query holds no figure but years, codes and the 5 of five years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

from tests.support.published_build import connect, shared_build

pytestmark = pytest.mark.xdist_group("published_build")

RATE = "from marts.fct_grant_rate where is_used and grant_name = 'integration_grant'"
COMPONENT = "from marts.cost_component where target_group = 'all_persons_with_integration_grant'"
MINOR = "from marts.cost_component where target_group = 'unaccompanied_minors'"
COVERAGE = "from marts.cost_coverage where scheme = 'integration_grant'"
TRAINING = "from marts.norwegian_training where"
STATISTIC = "(select value from marts.reported_statistic where item = '{}' and year = {})"
CATEGORIES = """order by case category when 'single_adult' then 1 when 'unaccompanied_minor' then 2 else 3 end"""


TARGETS: dict[str, tuple[str, str]] = {
    "R01": (
        "select sum(amount_nok) from marts.cohort_benefit where benefit = 'social_assistance' and year = 2024",
        "174587",
    ),
    "R02": (
        "select sum(amount_nok) from marts.cohort_benefit where benefit = 'introduction_benefit' and year = 2024",
        "194517",
    ),
    "R03": (
        "select sum(amount_nok) from marts.cohort_benefit where year = 2023 group by benefit order by 1",
        "129640 243797",
    ),
    "R04": (
        "select 5 * average_cost_nok from marts.integration_cost where area_level = 'sample' and year = 2024",
        "450334",
    ),
    "R05": (
        "select 5 * average_cost_nok from marts.integration_cost where area_level = 'sample' and year = 2023",
        "443690",
    ),
    "R06": (f"select sum(amount_nok) {COMPONENT} and series = 'actual' and year = 2024 and not is_total", "889055"),
    "R07": (
        f"select coverage_pct {COVERAGE} and series = 'actual' and year in (2023, 2024) order by year",
        "91.8 90.9",
    ),
    "R08": (f"select change_1y_percentage_points {COVERAGE} and series = 'actual' and year = 2024", "-0.9"),
    "R09": (f"select uncovered_nok {COVERAGE} and series = 'actual' and year = 2024", "81104"),
    "R10": (
        f"""select change_1y_pct {COMPONENT} and series = 'actual' and year = 2024
            and cost_component in ('introduction_benefit', 'social_assistance', 'waiting_benefit_incl_establishment')
            order by cost_component""",
        "-20.2 34.7 26.1",
    ),
    "R11": (
        f"""select sum(share_of_cost_pct) {COMPONENT} and series = 'actual' and year in (2023, 2024)
            and cost_component in ('social_assistance', 'waiting_benefit_incl_establishment')
            group by year order by year desc""",
        "22.6 17.2",
    ),
    "R12": (
        f"""select share_of_cost_pct {COMPONENT} and series = 'actual' and year = 2024
            and cost_component = 'integration_measures_and_administration'""",
        "50.7",
    ),
    "R14": (f"select real_grant_change_1y_pct {COVERAGE} and series = 'actual' and year = 2024", "-4.1"),
    "R15": (
        f"""select sum(amount_nok) {MINOR} and year = 2024 and not is_total
            union all
            select coverage_pct from marts.cost_coverage where year = 2024
            and scheme = 'integration_grant_plus_special_grant_unaccompanied_minors'""",
        "3916542 107.2",
    ),
    "R17": (
        f"""select (select amount_nok {MINOR} and year = 2024 and is_total)
                / (select amount_nok {COMPONENT} and series = 'actual' and year = 2024 and is_total)
            union all
            select {STATISTIC.format("average_cost_per_unaccompanied_minor_five_years", 2015)}
                / {STATISTIC.format("average_cost_per_refugee_five_years", 2015)}""",
        "4.41 1.26",
    ),
    "R18": (
        f"""select sum(case when series = 'actual' then amount_nok else -amount_nok end) {COMPONENT} and year = 2024
            and cost_component in ('social_assistance', 'introduction_benefit', 'average_cost_per_person')
            group by cost_component, is_total
            order by is_total, cost_component desc""",
        "21701 -18272 -7110",
    ),
    "R19": (f"select coverage_pct {COVERAGE} and sensitivity = 'main' order by year", "93.2 91.9 89.3"),
    "R21": (f"select cost_nok {COVERAGE} and sensitivity = 'high' order by year", "905506 921488 949259"),
    "R22": (
        f"""select amount_nok * exp(sum(ln(1 + price.change_pct / 100)) over (order by price.year))
            from (select amount_nok {COMPONENT} and series = 'actual' and year = 2024
                and cost_component = 'waiting_benefit_incl_establishment') as base
            cross join marts.fct_price_change as price
            where price.application = 'forecast_price_adjustment' and price.index_name like '%_estimate'
            or price.application = 'forecast_price_adjustment' and price.index_name like '%_forecast'
            order by price.year""",
        "27731 28452 29192",
    ),
    "R23": (
        f"""select change_1y_pct {COMPONENT} and series = 'actual' and year = 2024
            and cost_component = 'health_services'""",
        "5.3",
    ),
    "R25": (
        """select change_4y_pct from marts.cost_area where year = 2024 and statistic = 'mean'
           and cost_area in ('adult_primary_education_fov', 'introduction_programme') order by cost_area""",
        "-56.1 41.0",
    ),
    "R26": (
        "select average_cost_nok from marts.integration_cost where region_code = '3909' order by year desc",
        "90929 77806",
    ),
    "R27": (
        """select 100 * (max(average_cost_nok) filter (year = 2024) / max(average_cost_nok) filter (year = 2023) - 1)
           from marts.integration_cost where region_code = '3909'""",
        "16.9",
    ),
    "R28": (
        "select difference_from_sample_pct from marts.integration_cost where region_code = '3909' order by year desc",
        "1.0 -12.3",
    ),
    "R29": (
        """select unnest([average_rank, ranked_count]) from marts.integration_cost
           where region_code = '3909' order by year desc""",
        "10 24 16 23",
    ),
    "R31": (
        """select average_cost_nok from marts.integration_cost
           where area_level = 'county_sample' and region_code = '39' order by year desc""",
        "84082 75291",
    ),
    "R33": (
        """select unnest([cast(region_code as integer), average_cost_nok]) from marts.integration_cost
           where area_level = 'municipality' and year = 2024 and average_rank in (1, ranked_count)
           order by average_rank desc""",
        "4631 54925 3201 141930",
    ),
    "R35": (f"select coverage_pct {TRAINING} area_level = 'sample' and year >= 2023 order by year", "80.1 83.1"),
    "R36": (
        f"""select cost_per_hour_nok {TRAINING} area_level = 'sample' and year >= 2023
            union all
            select 100 * (max(cost_per_hour_nok) filter (year = 2024) / max(cost_per_hour_nok) filter (year = 2023) - 1)
            {TRAINING} area_level = 'sample'""",
        "1968 2069 5.1",
    ),
    "R37": (f"select cost_per_participant_nok {TRAINING} area_level = 'sample' and year >= 2023", "47629 44590"),
    "R38": (
        f"select unnest([deficit_nok, coverage_pct]) {TRAINING} region_code = '3909' and year = 2024",
        "5037522 71.7",
    ),
    "R39": (
        f"""select unnest([cost_per_hour_nok, cost_per_participant_nok])
            {TRAINING} region_code = '3909' and year = 2024""",
        "1848 32103",
    ),
    "R41": (
        f"""select unnest([count(*), -sum(deficit_nok)])
            {TRAINING} area_level = 'municipality' and year = 2024 and deficit_nok < 0""",
        "6 15718106",
    ),
    "R42": (f"select share_of_sample_deficit_pct {TRAINING} region_code = '4601' and year = 2024", "42.5"),
    "R44": (
        f"""select unnest([participants_change_1y_pct, hours_change_1y_pct])
            {TRAINING} region_code = '3909' and year = 2024""",
        "14.5 11.7",
    ),
    "R45": (
        """select cost_nok / 1000000 from marts.norwegian_training_cost_area
           where cost_area = 'teacher_salary' and year = 2024""",
        "612.6",
    ),
    "R46": (
        """select sum(share_pct) from marts.target_group_composition where population = 'target_group'
           and dimension = 'settlement_cohort' and cast(category as integer) >= 2022""",
        "90.2",
    ),
    "R47": (
        """select 100.0 * max(persons) filter (population = 'admin_survey_municipalities')
                / max(persons) filter (population = 'target_group')
           from marts.target_group_composition where dimension = 'total'""",
        "29.3",
    ),
    "R48": (
        """select distinct unplaced_persons from marts.target_group_composition
           where dimension = 'citizenship' order by 1 desc""",
        "162 92",
    ),
    "R50": (
        """select change_1y_pct from marts.target_group_size
           where year = 2024 and item = 'target_group' and geography = 'national'
           union all
           select 100.0 * max(persons) filter (item = 'first_time_settled_persons_in_families')
                / max(persons) filter (item = 'first_time_settled')
           from marts.target_group_size where year = 2024 and geography = 'national'""",
        "20.2 75.7",
    ),
    "R51": (
        """select sum(persons) from marts.cohort_size where size_kind = 'first_year' and year between 2020 and 2024
           union all
           select persons from marts.cohort_size where size_kind = 'target_group_at_year_end' and year = 2024""",
        "97812 95195",
    ),
    "R52": (
        f"""select sum(amount_nok) {RATE} and rate_year = 2024 group by category {CATEGORIES}""",
        "828000 773900 781300",
    ),
    "R53": (
        f"""select sum(rate.amount_nok) from (select * {RATE}) as rate
            inner join marts.cohort_window as cohort
            on cohort.year = rate.rate_year and cohort.grant_year_n = rate.grant_year_n
            where cohort.settlement_year = 2020 group by rate.category {CATEGORIES}""",
        "822900 768900 776200",
    ),
    "R62": (
        """select sum(amount_nok) from marts.fct_grant_received
           where region_code = '3909' and grant_type = 'all_grants_from_imdi'
           union all
           select sum(settled_persons) from marts.settled_cohort
           where region_code = '3909' and cohort_source = 'presentation'""",
        "489144177 519",
    ),
    "R63": (
        """select share_pct from marts.introduction_programme_count
           where region_code = '3909' and protection_status = 'collective_protection'""",
        "61.2",
    ),
    "R64": (
        f"""select 100 * {STATISTIC.format("social_assistance_main_income_recipients_registered_refugees", 2024)}
            / {STATISTIC.format("social_assistance_main_income_recipients", 2024)}""",
        "2.0",
    ),
    "R65": (
        """select 100.0 * max(persons) filter (not is_total) / max(persons) filter (is_total)
           from marts.action_plan_figure where topic = 'population' and year in (2010, 2016)
           group by year order by year""",
        "9.6 13.3",
    ),
    "R66": (
        """select unnest([100.0 * part / whole, whole - part]) from (
               select sum(case when year = 2016 then persons else -persons end) filter (is_total) as whole,
                   sum(case when year = 2016 then persons else -persons end) filter (not is_total) as part
               from marts.action_plan_figure where topic = 'population' and year in (2010, 2016))""",
        "122.7 -331",
    ),
    "R67": (
        """select sum(persons) from marts.action_plan_figure where topic = 'settlement_decision'
           and item in ('municipal_council_decision', 'of_which_or_additional_unaccompanied_minors')
           group by item order by 1 desc""",
        "391 80",
    ),
    "R68": (
        """select 100.0 * sum(persons) filter (place <= 5) / max(persons) filter (is_total) from (
               select persons, is_total,
                   row_number() over (order by is_total or item = 'Andre', persons desc) as place
               from marts.action_plan_figure where topic = 'country_background')""",
        "42.4",
    ),
    "R69": (
        f"""select unnest([100 * grant_amount / cost, cost - grant_amount]) from (
                select {STATISTIC.format("host_municipality_total_grant", 2015)} as grant_amount,
                    {STATISTIC.format("host_municipality_total_cost", 2015)} as cost)""",
        "65 15.3",
    ),
    "R70": (
        f"""select {STATISTIC.format("norwegian_training_cost_per_participant", 2015)}
            / {STATISTIC.format("norwegian_training_hours_per_participant", 2015)}""",
        "107",
    ),
}

ELSEWHERE = {"R54", "R56", "R57", "R58", "R59", "R61"}
"""Targets that run the forecast on a plan of their own: tests/models/test_forecast_targets.py."""


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(shared_build()) as connection:
        yield connection


def rounded(value: float, printed: str) -> str:
    """A figure half up to the decimals of the printed one."""
    step = Decimal(1).scaleb(-len(printed.partition(".")[2]))
    return str(Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP))


@pytest.mark.parametrize("target", TARGETS)
def test_target(target: str, warehouse: duckdb.DuckDBPyConnection) -> None:
    query, expected = TARGETS[target]
    found = [row[0] for row in warehouse.sql(query).fetchall()]
    printed = expected.split()
    assert len(found) == len(printed), found
    assert [rounded(value, text) for value, text in zip(found, printed, strict=True)] == printed


def test_no_target_has_gone() -> None:
    assert len(TARGETS) + len(ELSEWHERE) == 58
    assert not set(TARGETS) & ELSEWHERE


def test_every_target_has_a_test(shared: Path) -> None:
    text = (shared / "upstream/published_tables/REPRODUCTION_TARGETS.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| (R\d\d) \|", text, re.MULTILINE))
    assert len(listed) == 58
    assert set(TARGETS) | ELSEWHERE == listed
