"""Cohort marts and the municipality's own figures on their way to the marts: bounds, disclosure and which source wins.

Here: a build with drop-folder rows. Not here: reading the templates, or the forecast rules.
"""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from report.forecast.wording import assumption_lines
from sources.dataset.spec import load_specs
from tests.support.published_build import build, connect, shared_build
from warehouse.forecast.answer import forecast
from warehouse.forecast.question import Question, Settled

pytestmark = pytest.mark.xdist_group("published_build")

MONTHS = [
    {"municipality_code": "3909", "year": 2024, "month": month, "category": "single_adult", "settled_persons": count}
    for month, count in enumerate([5, 4, 3, 6, 5, 2, 0, 8, 7, 9, 6, 5], start=1)
]
"""Sixty persons in 2024, many months below the threshold."""

RATES = {
    (1, "single_adult"): 250_000,
    (1, "adult_or_child_in_family"): 200_000,
    (1, "unaccompanied_minor"): 190_000,
    (2, None): 260_000,
    (3, None): 180_000,
    (4, None): 90_000,
    (5, None): 75_000,
}
"""Invented rates of 2030, as a filled template gives them."""
SPECIAL = "special_grant_unaccompanied_minor"
DOCUMENT = {"source_document": "Prop. 1 S (2029–2030) AID", "document_date": date(2029, 10, 7)}

MUNICIPAL = {
    "municipal_grant_rates": [
        {
            "rate_year": 2030,
            "grant_name": grant,
            "grant_year_n": n,
            "category": category,
            "amount_nok": amount,
            **DOCUMENT,
        }
        for grant, n, category, amount in [
            *[("integration_grant", n, category, amount) for (n, category), amount in RATES.items()],
            ("kindergarten_supplement", None, None, 30_000),
            (SPECIAL, None, "age_to_16", 1_300_000),
            (SPECIAL, None, "age_from_17", 800_000),
        ]
    ],
    "municipal_settled": [
        *MONTHS,
        {"municipality_code": "3907", "year": 2024, "month": 1, "category": "single_adult", "settled_persons": 3},
    ],
    "municipal_introduction_programme": [
        {"municipality_code": "3909", "as_of_date": date(2025, 3, 1), "protection_status": s, "participant_persons": n}
        for s, n in (("collective_protection", 90), ("ordinary", 2))
    ],
    "municipal_nav_grant_use": [
        {"municipality_code": "3909", "year": 2024, "entry": entry, "amount_nok": amount}
        for entry, amount in (("allotted", 10_000_000), ("housing", 7_500_000), ("carried_forward", 2_500_000))
    ],
    "municipal_grants_received": [
        {"municipality_code": "0709", "year": 2016, "grant_type": "other", "amount_nok": 1_000_000}
    ],
    "municipal_settlement_plan": [
        {
            "municipality_code": "3909",
            "plan": "em",
            "year": 2027,
            "month": 7,
            "category": "unaccompanied_minor",
            "age": 16,
            "planned_persons": 2,
        },
    ],
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(build(tmp_path_factory.mktemp("cohorts"), MUNICIPAL)) as connection:
        yield connection


def test_own_count_comes_first_and_small_years_are_intervals(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.sql(
        """select region_code, settled_persons, settled_persons_low, settled_persons_high, is_used, is_whole_year
           from marts.settled_cohort where cohort_source = 'municipality' order by region_code"""
    ).fetchall()
    assert rows == [("3907", None, 1, 4, True, False), ("3909", 60, 60, 60, True, True)]


def test_a_presented_year_beats_imdi_and_imdi_fills_the_rest(warehouse: duckdb.DuckDBPyConnection) -> None:
    used = warehouse.sql(
        """select settlement_year, cohort_source, settled_persons from marts.settled_cohort
           where region_code = '3909' and is_used and settlement_year >= 2021 order by 1"""
    ).fetchall()
    assert used == [
        (2021, "presentation", 35),
        (2022, "presentation", 168),
        (2023, "presentation", 241),
        (2024, "municipality", 60),
        (2025, "imdi", 37),
        (2026, "imdi", 35),
    ]


def test_no_month_or_category_reaches_a_mart(warehouse: duckdb.DuckDBPyConnection) -> None:
    tables = warehouse.sql(
        """select table_name from information_schema.columns
           where table_schema = 'marts' and column_name in ('month', 'settlement_month')"""
    ).fetchall()
    assert tables == []


def test_small_part_hides_its_neighbour(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.sql(
        """select protection_status, participant_persons, share_pct, total_persons, is_suppressed
           from marts.introduction_programme_count where count_source = 'municipality' order by 1"""
    ).fetchall()
    assert rows == [("collective_protection", None, None, 92, True), ("ordinary", None, None, 92, True)]


def test_own_2024_count_enters_the_forecast(warehouse: duckdb.DuckDBPyConnection) -> None:
    answer = forecast(warehouse, Question("3909", settle=[0], from_year=2025, years=1))
    legacy = next(r["amount_nok"] for r in answer.totals if r["component"] == "legacy")
    assert legacy == 60_057_400 + 60 * 249_500
    assert "2024: 60 (kommunens egne tall; IMDi: 42)" in " ".join(assumption_lines(answer))


def test_rates_of_a_template_are_used_from_their_year(warehouse: duckdb.DuckDBPyConnection) -> None:
    """By hand: the rates of 2024 to 2029, those of the template in 2030 and held in 2031."""
    answer = forecast(warehouse, Question("3909", settle=[40], from_year=2027, today=date(2026, 11, 29)))
    new = [r["amount_nok"] for r in answer.totals if r["component"] == "new"]
    assert new == [
        7_776_000,
        17_756_000,
        24_852_000,
        40 * (200_000 + 260_000 + 180_000 + 90_000),
        40 * (200_000 + 260_000 + 180_000 + 90_000 + 75_000),
    ]
    assert "Satser for 2024–2030, holdt uendret fra 2030. De er lest fra malen «satser»" in " ".join(
        assumption_lines(answer)
    )


def test_supplements_of_a_template_keep_the_terms_that_are_known(warehouse: duckdb.DuckDBPyConnection) -> None:
    plan = {
        "p": [
            Settled(2030, 1, "unaccompanied_minor", month=7, age=16),
            Settled(2030, 1, age=4),
            Settled(2030, 1, age=7),
        ]
    }
    answer = forecast(
        warehouse, Question("3909", settle=[], plans=plan, from_year=2030, years=2, today=date(2026, 11, 29))
    )
    new = [r["amount_nok"] for r in answer.totals if r["component"] == "new"]
    assert new == [190_000 + 1_300_000 / 2 + 2 * 200_000 + 30_000, 3 * 260_000 + 800_000]


def test_rates_of_a_template_change_no_other_rate(warehouse: duckdb.DuckDBPyConnection) -> None:
    bundled = """select * exclude (release_id) from marts.fct_grant_rate
        where dataset_id <> 'municipal_grant_rates' order by all"""
    with connect(shared_build()) as without:
        assert warehouse.sql(bundled).fetchall() == without.sql(bundled).fetchall()
    own = warehouse.sql(
        "select distinct source_document from marts.fct_grant_rate where dataset_id = 'municipal_grant_rates' and is_used"
    ).fetchall()
    assert own == [("Prop. 1 S (2029–2030) AID",)]


def test_plan_from_the_drop_folder_is_a_scenario_with_months(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.sql(
        """select amount_nok, legacy_years_known from marts.grant_forecast
           where scenario_id = 'plan_em' and component = 'new' and year = 2027"""
    ).fetchall()
    assert rows == [(2 * 187_000 + 2 * 1_194_800 / 2, 4)]


def test_share_of_what_nav_was_allotted(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.sql("select entry, share_of_allotted_pct from marts.nav_grant_use order by entry").fetchall()
    assert rows == [("allotted", 100), ("carried_forward", 25), ("housing", 75)]


def test_old_code_lands_on_the_municipality_of_today(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.sql(
        "select region_code, year from marts.fct_grant_received where grant_source = 'municipality'"
    ).fetchall()
    assert rows == [("3909", 2016)]


def test_every_measure_is_evidenced_and_tied_or_says_why_not(warehouse: duckdb.DuckDBPyConnection) -> None:
    counts = warehouse.sql(
        """select count(distinct measure_id), count(*) filter (evidence_value is null),
               count(distinct measure_id) filter (imdi_card is null)
           from marts.action_plan_measure"""
    ).fetchall()
    assert counts == [(11, 0, 1)]
    housing = warehouse.sql(
        """select distinct indicator_id from marts.action_plan_measure
           where measure_id = 'housing_investment' order by 1"""
    ).fetchall()
    assert [row[0] for row in housing] == ["refugees_moved_here_share", "settled_of_decided_share", "settled_persons"]


def test_five_year_window(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.sql(
        "select settlement_year, grant_year_n from marts.cohort_window where year = 2024 order by 1"
    ).fetchall()
    assert rows == [(2020, 5), (2021, 4), (2022, 3), (2023, 2), (2024, 1)]


LABELLED = {
    "fct_grant_rate": ("grant_scheme", "grant_name", "rate_level", "category", "payment_type", "proration"),
    "fct_price_change": ("index_name",),
    "fct_grant_received": ("grant_type", "grant_source"),
    "nav_grant_use": ("entry",),
    "grant_forecast": ("component",),
    "grant_forecast_sensitivity": ("sensitivity",),
    "cost_component": ("target_group", "series", "cost_component"),
    "cost_area": ("cost_area", "statistic"),
    "cost_coverage": ("scheme", "series", "basis"),
    "integration_cost": ("area_level",),
    "norwegian_training_cost_area": ("cost_area",),
    "source_discrepancy": ("kind",),
    "cohort_benefit": ("benefit",),
    "cohort_size": ("size_kind",),
    "settled_cohort": ("cohort_source",),
    "introduction_programme_count": ("protection_status",),
    "target_group_composition": ("population", "dimension"),
    "target_group_size": ("geography",),
    "action_plan_figure": ("topic",),
}
"""Coded columns a Norwegian reader meets."""


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in LABELLED.items() for c in columns])
def test_every_code_has_a_norwegian_label(table: str, column: str, warehouse: duckdb.DuckDBPyConnection) -> None:
    missing = warehouse.sql(
        f"""select distinct {column} from marts.{table}
            where {column} is not null
            and {column} not in (select code from marts.code_label where column_name = '{column}')"""
    ).fetchall()
    assert missing == []


def test_codes_of_moves_and_outcomes_have_a_norwegian_label(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Their tables are built of observations, which are none here: the codes are those of the specs."""
    labelled = set(warehouse.sql("select column_name, code from marts.code_label").fetchall())
    for column, dataset in (("move_status", "imdi_flyktning_botid_flytting"), ("status", "imdi_intro_status_arbutd")):
        spec = load_specs()[dataset]
        codes = {code for told in spec.columns if told.dimension == "category" for code in told.codes.values()}
        assert codes and {(column, code) for code in codes} <= labelled
