"""The grant forecast on the targets R54 to R61, and how each stated assumption changes it.

Here: forecasts against figures of the documents or worked out by hand. Not here: the command line.
"""

from collections import defaultdict
from datetime import date

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from report.forecast.wording import assumption_lines, lead, money
from warehouse.forecast.answer import Forecast, forecast
from warehouse.forecast.question import (
    Assumptions,
    ForecastError,
    Question,
    Settled,
    municipality_code,
    plans_from_rows,
)

pytestmark = pytest.mark.xdist_group("published_build")

ADULT_YEARS = [194_400, 249_500, 177_400, 88_000, 72_000]
"""Tabell 14, 2024: adult or child in family, grant years 1 to 5."""


TODAY = date(2026, 11, 29)


def ask(connection: duckdb.DuckDBPyConnection, municipality: str = "3909", **asked: object) -> Forecast:
    return forecast(connection, Question(municipality, today=TODAY, **asked))


def said(answer: Forecast) -> str:
    return " ".join(assumption_lines(answer))


def yearly(answer: Forecast, scenario: str, component: str) -> list[float]:
    rows = [r for r in answer.totals if r["scenario_id"] == scenario and r["component"] == component]
    return [r["amount_nok"] for r in sorted(rows, key=lambda r: r["year"])]


def family_plan(warehouse: duckdb.DuckDBPyConnection, rows: list[Settled], years: int = 5, **more: object) -> Forecast:
    return ask(warehouse, municipality="3909", settle=[], plans={"plan": rows}, from_year=2024, years=years, **more)


def test_r54_family_of_five(warehouse: duckdb.DuckDBPyConnection) -> None:
    family = [Settled(2024, 1, age=age) for age in (35, 33, 3, 8, 12)]
    new = yearly(family_plan(warehouse, family), "plan", "new")
    assert new[0] == 999_800
    assert sum(new) == 3_934_300


def test_r56_unaccompanied_minor_of_16(warehouse: duckdb.DuckDBPyConnection) -> None:
    answer = family_plan(warehouse, [Settled(2024, 1, "unaccompanied_minor", age=16)])
    assert sum(yearly(answer, "plan", "new")) == 4_982_700


def test_r57_norwegian_training_grant(warehouse: duckdb.DuckDBPyConnection) -> None:
    high, protected = warehouse.sql(
        """select 2 * sum(amount_nok) filter (grant_name = 'per_person_grant' and rate_level = 'high'),
               sum(amount_nok) filter (grant_name like 'collective_protection%')
           from marts.fct_grant_rate where is_used and grant_scheme = 'norwegian_training' and rate_year = 2024"""
    ).fetchall()[0]
    assert (high, protected) == (346_000, 77_000)


def test_r58_forty_a_year(warehouse: duckdb.DuckDBPyConnection) -> None:
    answer = ask(warehouse, municipality="3909", settle=[40], from_year=2025, years=5)
    new = yearly(answer, "settle_40", "new")
    assert new == [7_776_000, 17_756_000, 24_852_000, 28_372_000, 31_252_000]
    assert sum(new) == 110_008_000


def test_r59_nobody_leaves_the_legacy_alone(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The council's question as it was asked: from 2025, the rates of 2024, and nobody in the cohort of 2024."""
    answer = ask(warehouse, settle=[0], from_year=2025, legacy={2024: 0}, terms=Assumptions(rate_year=2024))
    legacy = yearly(answer, "settle_0", "legacy")
    assert legacy == [60_057_400, 33_304_000, 17_352_000, 0, 0]
    assert sum(legacy) == 110_713_400
    assert yearly(answer, "settle_0", "total") == legacy
    assert "2024: 0 (oppgitt i spørringen)" in said(answer)


def test_r61_forty_against_nobody(warehouse: duckdb.DuckDBPyConnection) -> None:
    answer = ask(warehouse, municipality="3909", settle=[0, 40], from_year=2025, years=5)
    assert sum(yearly(answer, "settle_40", "total")) - sum(yearly(answer, "settle_0", "total")) == 110_008_000


def test_from_now_with_no_other_word(warehouse: duckdb.DuckDBPyConnection) -> None:
    """By hand, rates of 2024 held: 241, 42, 37 and 35 settled in 2023-2026; those of 2022 have used up theirs."""
    answer = ask(warehouse, settle=[0, 40])
    assert (answer.from_year, answer.to_year) == (2027, 2031)
    held = [
        241 * 72_000 + 42 * 88_000 + 37 * 177_400 + 35 * 249_500,
        42 * 72_000 + 37 * 88_000 + 35 * 177_400,
        37 * 72_000 + 35 * 88_000,
        35 * 72_000,
        0,
    ]
    assert held == [36_344_300, 12_489_000, 5_744_000, 2_520_000, 0]
    assert yearly(answer, "settle_0", "total") == held
    new = [7_776_000, 17_756_000, 24_852_000, 28_372_000, 31_252_000]
    assert yearly(answer, "settle_40", "total") == [a + b for a, b in zip(held, new, strict=True)]
    sums = {(r["scenario_id"], r["component"]): r["amount_nok"] for r in answer.sums}
    assert (sums["settle_0", "total"], sums["settle_40", "total"]) == (57_097_300, 167_105_300)
    assert [(c.year, c.persons) for c in answer.cohorts] == [
        (2022, 168),
        (2023, 241),
        (2024, 42),
        (2025, 37),
        (2026, 35),
    ]
    assert lead(answer) == []
    told = said(answer)
    assert "2023: 241 (kommunens tall i presentasjonen til kommunestyret; IMDi, gjengitt av andre: 239)" in told
    assert "bosatt så langt per 28. september 2026: 35 av 50 vedtatte" in told
    assert "Satser for 2024, holdt uendret fra 2024." in told
    assert "Satser for 2025, 2026, 2027 er ikke lest inn." in told
    assert (
        "21 505 i 2024 (regnskap), 19 403 i 2025 (regnskap), 17 283 i 2026 (revidert), 13 712 i 2027 (forslag)" in told
    )


def test_printed_facts_are_tables_with_their_source(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Coverage over 100 percent in 2019 and 2020 (D41), what was paid to Larvik, and rates that others print."""
    covered = warehouse.sql(
        """select year, printed_coverage_pct, source_document from marts.cost_coverage
           where scheme = 'integration_grant' and series = 'actual' and year between 2016 and 2020 order by year"""
    ).fetchall()
    assert [row[:2] for row in covered] == [(2016, 92.3), (2017, 95.2), (2018, 99.6), (2019, 101.7), (2020, 105.9)]
    parts, whole = warehouse.sql(
        """select sum(amount_nok) filter (grant_type <> 'all_grants_from_imdi'),
               sum(amount_nok) filter (grant_type = 'all_grants_from_imdi')
           from marts.grant_paid where region_code = '3909' group by year order by year desc"""
    ).fetchall()[0]
    assert parts == pytest.approx(whole)
    assert whole == pytest.approx(141_593_640.8)
    rates = dict(
        warehouse.sql(
            """select applies_to, amount_nok from marts.printed_rate
               where year = 2023 and grant_name like 'special%'"""
        ).fetchall()
    )
    assert rates == {"age_to_16": 1_118_000, "age_from_17": 705_000}


def test_the_running_year_as_decided(warehouse: duckdb.DuckDBPyConnection) -> None:
    so_far = ask(warehouse, settle=[0])
    decided = ask(warehouse, settle=[0], terms=Assumptions(running_year="decided"))
    more = 15 * (249_500 + 177_400 + 88_000 + 72_000)
    assert decided.sums[-1]["amount_nok"] - so_far.sums[-1]["amount_nok"] == more == 8_803_500
    assert "2026 er regnet som vedtatt" in said(decided)


def test_request_and_decision_are_scenarios_by_name(warehouse: duckdb.DuckDBPyConnection) -> None:
    answer = ask(warehouse)
    assert [*answer.scenarios] == ["settle_0", "settle_40", "settle_request", "settle_decision"]
    assert (answer.basis["settle_request"].persons, answer.basis["settle_request"].year) == (50, 2026)
    assert yearly(answer, "settle_decision", "new") == [50 * n // 40 for n in yearly(answer, "settle_40", "new")]
    unknown = ask(warehouse, municipality="3907")
    assert unknown.left_out == ["request", "decision"]
    assert "IMDis anmodning er ikke kjent for kommunen" in said(unknown)


def test_an_unknown_cohort_is_never_nobody(warehouse: duckdb.DuckDBPyConnection) -> None:
    answer = ask(warehouse, municipality="3907", settle=[0], from_year=2025, years=5)
    rows = {r["year"]: r for r in answer.totals if r["component"] == "total"}
    assert rows[2028]["amount_nok"] is None
    assert rows[2028]["amount_high_nok"] is None
    assert money(rows[2028]) == "minst 0"
    assert money(rows[2029]) == "0"  # the cohort of 2024 has used up its years
    assert [(w.year, w.per_person_nok) for w in answer.worth] == [(2024, 249_500 + 177_400 + 88_000 + 72_000)]
    (asks,) = lead(answer)
    assert asks.startswith("Vi vet ikke hvor mange som ble bosatt i 2024")
    assert "586 900 kroner" in asks
    assert asks.split("? ")[0].endswith("Hvor mange ble bosatt i 2024")
    mart = warehouse.sql(
        """select amount_nok, amount_high_nok from marts.grant_forecast
           where region_code = '3907' and scenario_id = 'settle_none' and component = 'total' and year = 2027"""
    ).fetchall()
    assert mart == [(None, None)]


def test_a_municipality_by_name(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert municipality_code(warehouse, "larvik") == "3909"
    with pytest.raises(ForecastError, match="Larvik"):
        municipality_code(warehouse, "Larvikk")


def test_mart_and_command_give_the_same(warehouse: duckdb.DuckDBPyConnection) -> None:
    answer = ask(warehouse, settle=[40])
    mart = warehouse.sql(
        """select year, amount_nok from marts.grant_forecast
           where scenario_id = 'settle_40' and region_code = '3909' and component = 'total' order by year"""
    ).fetchall()
    assert [row[0] for row in mart] == list(range(answer.from_year, answer.to_year + 1))
    assert [row[1] for row in mart] == yearly(answer, "settle_40", "total")


def test_category_changes_only_the_first_grant_year(warehouse: duckdb.DuckDBPyConnection) -> None:
    amounts = {
        category: yearly(family_plan(warehouse, [Settled(2024, 1, category)]), "plan", "new")
        for category in ("single_adult", "unaccompanied_minor", "adult_or_child_in_family")
    }
    assert [amounts[c][0] for c in amounts] == [241_100, 187_000, 194_400]
    assert all(amounts[c][1:] == ADULT_YEARS[1:] for c in amounts)


def test_special_grant_lasts_until_20_and_not_five_years(warehouse: duckdb.DuckDBPyConnection) -> None:
    answer = family_plan(warehouse, [Settled(2024, 1, "unaccompanied_minor", age=13)], years=9)
    special = {r["year"]: r["amount_nok"] for r in answer.detail if r["grant_name"].startswith("special_grant")}
    assert special == {y: 1_194_800 for y in range(2024, 2028)} | {y: 753_500 for y in range(2028, 2032)}


def test_month_cuts_the_special_grant_alone(warehouse: duckdb.DuckDBPyConnection) -> None:
    minor = family_plan(warehouse, [Settled(2024, 1, "unaccompanied_minor", month=10, age=16)])
    assert yearly(minor, "plan", "new")[0] == 187_000 + round(1_194_800 * 3 / 12)
    adult = family_plan(warehouse, [Settled(2024, 1, "single_adult", month=10, age=30)])
    assert yearly(adult, "plan", "new")[0] == 241_100


@pytest.mark.parametrize(("age", "supplement"), [(5, 27_800), (6, 0), (60, 0), (61, 180_600)])
def test_supplements_at_the_edges_of_their_ages(
    age: int, supplement: int, warehouse: duckdb.DuckDBPyConnection
) -> None:
    assert yearly(family_plan(warehouse, [Settled(2024, 1, age=age)]), "plan", "new")[0] == 194_400 + supplement


def test_grants_for_reduced_function(warehouse: duckdb.DuckDBPyConnection) -> None:
    one_off = family_plan(warehouse, [Settled(2024, 1, disability_grant="1")])
    assert yearly(one_off, "plan", "new") == [194_400 + 196_400, *ADULT_YEARS[1:]]
    annual = family_plan(warehouse, [Settled(2024, 1, disability_grant="2")], years=11)
    severe = [r["amount_nok"] for r in annual.detail if r["grant_name"].startswith("disability_grant_2")]
    assert severe == [1_608_000] * 10


def test_index_lifts_from_the_last_rate_year(warehouse: duckdb.DuckDBPyConnection) -> None:
    terms = Assumptions(index_pct=10)
    answer = ask(warehouse, municipality="3909", settle=[1], from_year=2025, years=1, terms=terms)
    assert yearly(answer, "settle_1", "new") == [213_840]


def test_known_rate_years_are_used_and_can_be_replaced(warehouse: duckdb.DuckDBPyConnection) -> None:
    plan = {"plan": [Settled(2020, 1, "single_adult")]}
    actual = ask(warehouse, municipality="3909", settle=[], plans=plan, from_year=2020, years=5)
    assert sum(yearly(actual, "plan", "new")) == 822_900
    held = ask(
        warehouse,
        municipality="3909",
        settle=[],
        plans=plan,
        from_year=2020,
        years=5,
        terms=Assumptions(rate_year=2024),
    )
    assert sum(yearly(held, "plan", "new")) == 828_000


def test_attrition_by_hand(warehouse: duckdb.DuckDBPyConnection) -> None:
    answer = family_plan(warehouse, [Settled(2024, 100)], terms=Assumptions(attrition_pct=10))
    left = [100, 90, 81, 72.9, 65.61]
    expected = [round(share * rate) for share, rate in zip(left, ADULT_YEARS, strict=True)]
    assert yearly(answer, "plan", "new") == expected


def test_family_reunification_by_hand(warehouse: duckdb.DuckDBPyConnection) -> None:
    terms = Assumptions(reunification_pct=25, reunification_after_years=2)
    answer = ask(
        warehouse,
        municipality="3907",
        settle=[40],
        from_year=2025,
        years=3,
        legacy={2020: 0, 2021: 0, 2022: 0, 2023: 0, 2024: 0},
        terms=terms,
    )
    assert yearly(answer, "settle_40", "family_reunification") == [0, 0, 10 * 194_400]


def test_hidden_cohort_is_an_interval(warehouse: duckdb.DuckDBPyConnection) -> None:
    answer = ask(warehouse, municipality="3907", settle=[0], from_year=2025, years=2, legacy={2024: 0})
    first = next(r for r in answer.totals if r["year"] == 2025 and r["component"] == "legacy")
    known = 20 * 72_000 + 100 * 177_400
    assert first["amount_nok"] is None
    assert (first["amount_low_nok"], first["amount_high_nok"]) == (known + 88_000, known + 4 * 88_000)


def test_invented_cohorts_never_complete_real_ones(warehouse: duckdb.DuckDBPyConnection) -> None:
    real = ask(warehouse, municipality="3907", settle=[0], from_year=2025, years=1)
    assert not real.is_demo
    assert [w.year for w in real.worth] == [2024]  # the invented 122 is not used
    demo = ask(warehouse, municipality="3905", settle=[0], from_year=2025, years=1)
    assert demo.is_demo
    assert "demodata" in assumption_lines(demo)[-1]
    legacy = next(r for r in demo.totals if r["component"] == "legacy")
    assert (legacy["amount_nok"], legacy["amount_low_nok"], legacy["amount_high_nok"]) == (None, 80 * 177_400, None)


def test_a_year_not_over_when_fetched_is_said_to_be_partial(warehouse: duckdb.DuckDBPyConnection) -> None:
    answer = ask(warehouse, municipality="3911", settle=[0], from_year=2025, years=1)
    assert "2024: 50 (IMDi, ikke hele året)" in said(answer)
    scenarios = warehouse.sql("select distinct scenario_id from marts.grant_forecast where region_code = '3911'")
    assert scenarios.fetchall() == [("settle_none",)]


def test_given_legacy_replaces_the_known(warehouse: duckdb.DuckDBPyConnection) -> None:
    answer = ask(warehouse, municipality="3909", settle=[0], from_year=2025, years=1, legacy={2024: 60})
    assert yearly(answer, "settle_0", "legacy") == [60_057_400 + 60 * 249_500]


def test_plan_file_becomes_scenarios(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = {"municipality_code": "3909", "plan": "a", "year": 2025, "month": None, "category": "single_adult", "age": 61}
    rows = [
        row | {"planned_persons": 2},
        row | {"plan": "b", "planned_persons": 1},
        row | {"municipality_code": "3907"},
    ]
    plans = plans_from_rows(rows, "3909")
    answer = ask(warehouse, municipality="3909", settle=[], plans=plans, from_year=2025, years=1)
    assert yearly(answer, "plan_a", "new") == [2 * (241_100 + 180_600)]
    assert yearly(answer, "plan_b", "new") == [241_100 + 180_600]


def test_sensitivity_follows_the_three_forecasts(warehouse: duckdb.DuckDBPyConnection) -> None:
    answer = ask(warehouse, municipality="3909", settle=[40], from_year=2025, years=1)
    cost = {r["sensitivity"]: r["cost_nok"] for r in answer.sensitivity}
    grant = yearly(answer, "settle_40", "total")[0]
    assert cost["main"] == round(grant * 901_001 / 839_381)
    assert cost["low"] < cost["main"] < cost["high"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"municipality": "0301; drop"},
        {"municipality": "9999"},
        {"settle": [-1]},
        {"years": 0},
        {"from_year": 2019},
        {"category": "refugee"},
        {"settle": ["everybody"]},
        {"legacy": {2027: 40}},
        {"month": 13},
        {"age": 200},
        {"terms": Assumptions(index_pct=99)},
        {"terms": Assumptions(rate_year=2030)},
    ],
)
def test_wrong_questions_are_refused(wrong: dict, warehouse: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ForecastError, match=r"expected .* found"):
        ask(warehouse, **({"municipality": "3909", "settle": [40]} | wrong))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    counts=st.lists(st.integers(0, 500), min_size=5, max_size=5),
    attrition=st.sampled_from([0.0, 5.0, 20.0]),
)
def test_forecast_is_the_sum_over_cohorts(
    counts: list[int], attrition: float, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Any plan equals the hand rule: persons left times the rate of the grant year, summed over cohorts."""
    rows = [Settled(2025 + k, count) for k, count in enumerate(counts) if count]
    answer = ask(
        warehouse,
        municipality="3909",
        settle=[],
        plans={"plan": rows},
        from_year=2025,
        years=5,
        terms=Assumptions(attrition_pct=attrition),
    )
    expected: dict[int, float] = defaultdict(float)
    for k, count in enumerate(counts):
        for n, rate in enumerate(ADULT_YEARS[: 5 - k]):
            expected[2025 + k + n] += count * (1 - attrition / 100) ** n * rate
    found = yearly(answer, "plan", "new")
    assert found == pytest.approx([expected[year] for year in range(2025, 2030)], abs=3)
