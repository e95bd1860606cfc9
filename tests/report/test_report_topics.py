"""Blocks that are no figure by area and year: coverage, cohorts, protection, recipients, rhythm, revisions, own files.

Here: what they say of rows written by hand. Not here: files (test_report_files.py), the rules behind the rows (dbt tests).
"""

from datetime import UTC, date, datetime

import pytest

from report.writers.tables import figure_table, grid_text, source_line
from tests.support.report_release import BREAKDOWNS, SmallRelease

THIN = "\u202f"
COVERAGE = """scheme varchar, series varchar, year integer, sensitivity varchar, coverage_pct double,
    printed_coverage_pct double, dataset_id varchar, source_table varchar, is_demo boolean"""
COHORT = """settlement_year integer, year integer, years_since_settlement integer, benefit varchar, amount_nok bigint,
    dataset_id varchar, source_table varchar, is_demo boolean"""
PROTECTION = """region_code varchar, as_of_date date, protection_status varchar, participant_persons bigint,
    total_persons bigint, share_pct double"""
CADENCE = """scope varchar, scope_id varchar, name_nb varchar, statistic_group varchar, declared_cadence varchar,
    observed_interval_days double, last_release_date date, last_year integer, next_expected_from_date date,
    next_expected_to_date date, indicator_count integer, new_year_indicator_count integer,
    recommended_frequency_nb varchar, rule_nb varchar"""
REVISION = f"""dataset_id varchar, retrieved_at timestamp, published_region_code varchar, region_level varchar,
    year integer, measure varchar, unit varchar, {", ".join(f"{name} varchar default 'all'" for name in BREAKDOWNS)},
    change_kind varchar, value_before double, value_after double, status_before varchar, status_after varchar,
    is_open_year boolean"""
HISTORY = "code varchar, current_code varchar, is_exact boolean"


JUNE = datetime(2024, 6, 1, tzinfo=UTC)


def covered(year: int, value: float | None, series: str = "actual", **more: object) -> dict[str, object]:
    row = {"scheme": "integration_grant", "series": series, "year": year, "coverage_pct": value, "is_demo": False}
    return row | {"sensitivity": None, "printed_coverage_pct": None, "dataset_id": None, "source_table": None} | more


def test_coverage_with_the_committees_forecast_as_an_interval(small: SmallRelease) -> None:
    small.table(
        "cost_coverage",
        COVERAGE,
        covered(2022, None, printed_coverage_pct=97.3),
        covered(2023, 91.8),
        covered(2024, 90.9),
        covered(2025, 93.2, "forecast_1", sensitivity="main"),
        covered(2025, 92.7, "forecast_2", sensitivity="high"),
        covered(2025, 93.8, "forecast_3", sensitivity="low"),
        covered(2024, 90.1, "earlier_forecast"),
    )
    made = small.blocks(JUNE)["coverage"]
    assert made.sentences == (
        "I 2024 dekket integreringstilskuddet 90,9 prosent av kostnaden i landet. 9,1 prosent av kostnaden var ikke dekket. "
        "Det er 0,9 prosentpoeng lavere enn i 2023. "
        "Utvalgets prognose for 2025 er 93,2 prosent, med et intervall fra 92,7 til 93,8 prosent.",
    )
    assert made.figure
    ahead = made.figure.lines[1].at(2025)
    assert (ahead.low, ahead.value, ahead.high) == (92.7, 93.2, 93.8)
    assert made.figure.lines[0].at(2022).value == 97.3, "a year of which only the ratio is printed keeps it"


@pytest.mark.parametrize(
    ("value", "said"), [(100.0, "Det er hele kostnaden."), (107.2, "Det er mer enn hele kostnaden.")]
)
def test_coverage_of_all_and_more_than_all(small: SmallRelease, value: float, said: str) -> None:
    small.table("cost_coverage", COVERAGE, covered(2024, value))
    sentence = small.blocks(JUNE)["coverage"].sentences[0]
    assert said in sentence
    assert "ikke dekket" not in sentence


def test_benefit_is_told_cohort_by_cohort(small: SmallRelease) -> None:
    """The committee's report of 2024: those settled in 2022 got 76 920 kroner in 2023 and 21 362 in 2024."""
    amounts = {
        (2021, 2023): 70_730,
        (2021, 2024): 52_152,
        (2022, 2023): 76_920,
        (2022, 2024): 21_362,
        (2024, 2024): 29_730,
    }
    small.table(
        "cohort_benefit",
        COHORT,
        *(
            {
                "settlement_year": settled, "year": year, "years_since_settlement": year - settled, "amount_nok": amount,
                "benefit": "introduction_benefit", "is_demo": False,
            }
            for (settled, year), amount in amounts.items()
        ),
    )  # fmt: skip
    made = small.blocks(JUNE)["cohort_benefit"]
    assert made.sentences == (
        f"De som ble bosatt i 2022, fikk i snitt 76{THIN}920 kroner i introduksjonsstønad i 2023 og 21{THIN}362 kroner i 2024.",
    )
    assert made.figure
    assert made.figure.years == (2023, 2024)
    assert [line.name for line in made.figure.lines][1] == "Introduksjonsstønad, bosatt i 2022"
    assert "ikke Larvik alene" in made.figure.definition


def test_participants_by_protection_hidden_and_known(small: SmallRelease) -> None:
    day = date(2024, 11, 5)
    small.table(
        "introduction_programme_count",
        PROTECTION,
        {"region_code": "3909", "as_of_date": day, "protection_status": "collective_protection",
         "participant_persons": 82, "total_persons": 134, "share_pct": 61.2},
        {"region_code": "3909", "as_of_date": day, "protection_status": "ordinary"},
    )  # fmt: skip
    made = small.blocks(JUNE)["protection"]
    assert made.sentences == (
        "Den 5. november 2024 hadde Larvik 82 deltakere med midlertidig kollektiv beskyttelse av 134 i alt (61,2 prosent).",
        "Den 5. november 2024 kan antallet deltakere med ordinær beskyttelse ikke vises, fordi små tall er skjult.",
    )
    assert made.grids[0].rows[1][2] == "skjult"


def test_recipients_by_background_keep_hidden_figures_hidden(small: SmallRelease) -> None:
    groups = ("immigrants", "rest_of_population", "everyone")
    columns = ", ".join(
        f"{g}_value double, {g}_value_low double, {g}_value_high double, {g}_value_status varchar, {g}_geography_basis varchar"
        for g in groups
    )
    head = (
        "region_code varchar, year integer, benefit varchar, figure_kind varchar, figure_scope varchar, sex varchar, "
    )
    small.table(
        "benefit_recipients",
        f"{head} age_group varchar, unit varchar, {columns}",
        {"region_code": "3909", "year": 2022, "benefit": "social_assistance", "figure_kind": "recipients",
         "figure_scope": "by_background", "sex": "all", "age_group": "all", "unit": "persons",
         "immigrants_value_low": 1, "immigrants_value_high": 4, "immigrants_value_status": "suppressed",
         "rest_of_population_value": 812, "rest_of_population_value_status": "ok"},
        {"region_code": "3909", "year": 2021, "benefit": "social_assistance", "figure_kind": "recipients",
         "figure_scope": "by_background", "sex": "all", "age_group": "all", "unit": "persons",
         "immigrants_value": 300, "immigrants_value_status": "ok"},
    )  # fmt: skip
    row = small.blocks(JUNE)["benefit_recipients"].grids[0].rows
    assert [[grid_text(value, True) for value in r[1:]] for r in row] == [
        ["Larvik", f"2{THIN}022", "personer", "skjult", "812", "mangler"]
    ]


def test_rhythm_says_how_often_to_report(small: SmallRelease) -> None:
    small.table(
        "cadence",
        CADENCE,
        {"scope": "statistic_group", "scope_id": "education", "name_nb": "Utdanning", "recommended_frequency_nb": "årlig",
         "indicator_count": 25, "new_year_indicator_count": 20, "rule_nb": "De fleste får nye tall årlig."},
        {"scope": "dataset", "scope_id": "d", "name_nb": "Bosetting", "declared_cadence": "monthly",
         "observed_interval_days": 31.0, "last_release_date": date(2024, 5, 1), "last_year": 2024,
         "next_expected_from_date": date(2024, 5, 28), "next_expected_to_date": date(2024, 6, 10)},
    )  # fmt: skip
    small.dataset("d", "2024-05-01", title="Bosetting")
    small.indicator("settled_persons", "Bosatte", "persons")
    small.value("settled_persons", "3909", 2023, 241)
    made_of = small.blocks(JUNE)
    made = made_of["cadence"]
    assert made.sentences == ("Utdanning kan rapporteres årlig.",)
    assert made.grids[0].rows[0][0] == "Utdanning"
    assert made_of["cadence_datasets"].grids[0].rows[0][0] == "Bosetting"
    shown = made_of["settled_persons"].figure
    assert shown
    assert source_line(shown.sources[0], date(2024, 6, 1)).endswith("Neste utgave: ventet 10.06.2024.")
    assert "var ventet 10.06.2024, men er ikke hentet" in source_line(shown.sources[0], date(2024, 7, 1))


def test_without_a_rhythm_the_declared_one_is_shown(small: SmallRelease) -> None:
    small.dataset("d", "2024-05-01")
    made = small.blocks(JUNE)["cadence"]
    assert made.sentences == ("1 av 1 datasett i bruk oppdateres en gang i året.",)
    assert made.notes


def test_revisions_follow_the_municipality_through_its_codes(small: SmallRelease) -> None:
    small.dataset("d", "2023-09-25", title="Bosetting")
    small.table("dim_region_history", HISTORY, {"code": "3805", "current_code": "3909", "is_exact": True})
    change = {"dataset_id": "d", "retrieved_at": datetime(2023, 9, 25), "year": 2022, "unit": "persons",
              "measure": "settled", "region_level": "municipality", "is_open_year": True}  # fmt: skip
    small.table(
        "fct_revision",
        REVISION,
        {**change, "published_region_code": "3805", "change_kind": "changed", "value_before": 34, "value_after": 168},
        {**change, "published_region_code": "3805", "change_kind": "changed", "sex": "female", "value_after": 12,
         "status_before": "suppressed", "year": 2021, "is_open_year": False},
        {**change, "published_region_code": "3805", "change_kind": "changed", "year": 2020, "is_open_year": False,
         "status_before": "withheld", "status_after": "suppressed"},
        {**change, "published_region_code": "4601", "change_kind": "changed", "value_before": 1, "value_after": 2},
    )  # fmt: skip
    small.add("dim_breakdown_code", dimension="sex", code="female", label_nb="Kvinner")
    made = small.blocks(JUNE)["revisions"]
    assert made.sentences == (
        "3 tall for Larvik, Vestfold eller hele landet er endret, lagt til eller fjernet siden forrige utgave.",
    )
    first, second, third = made.grids[0].rows
    assert first[1:7] == ("Larvik", 2022, "bosatt (personer)", "endret (året var ikke omme)", 34, 168)
    assert second[1:7] == ("Larvik", 2021, "bosatt (personer), Kvinner", "endret", "skjult", 12)
    assert third[5:7] == ("skjult i en nyere utgave", "skjult")


def test_own_social_assistance_by_group(small: SmallRelease) -> None:
    columns = """municipality_code varchar, year integer, period_kind varchar, breakdown varchar, group_code varchar,
        paid_per_recipient_nok double, recipients_status varchar, grant_status varchar, loan_status varchar,
        dataset_id varchar, is_demo boolean"""
    given = {"municipality_code": "3909", "period_kind": "year", "breakdown": "none", "is_demo": False, "year": 2023}
    small.table(
        "social_assistance_by_group",
        columns,
        {**given, "group_code": "refugee_within_5_years", "paid_per_recipient_nok": 51000},
        {**given, "group_code": "other", "paid_per_recipient_nok": 64000},
        {**given, "year": 2024, "group_code": "other", "paid_per_recipient_nok": 66000, "recipients_status": "ok"},
        {
            **given,
            "year": 2024,
            "group_code": "refugee_within_5_years",
            "recipients_status": "ok",
            "loan_status": "suppressed",
        },
        {**given, "year": 2022, "group_code": "refugee_within_5_years", "recipients_status": "ok", "loan_status": "ok"},
        {**given, "year": 2022, "group_code": "other", "paid_per_recipient_nok": 61000},
    )
    shown = small.blocks(JUNE)["own_social_assistance"].figure
    assert shown
    assert [(line.label, line.at(2023).value) for line in shown.lines] == [
        ("Larvik: flyktninger, inntil fem år", 51000),
        ("Larvik: øvrige mottakere", 64000),
    ]
    refugees = shown.lines[0]
    assert [refugees.at(year).status for year in (2022, 2023, 2024)] == ["missing", "ok", "suppressed"]
    (_, cells), *_ = figure_table(shown).rows
    assert (cells[0].text, cells[2].text) == ("mangler", "skjult")
