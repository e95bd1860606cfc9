"""What is said beside a figure: a year that others quote whole, and a county that was another one then.

Here: the sentences, on rows written by hand. Not here: which figure is quoted (tests/models/test_settlement_models.py).
"""

from datetime import UTC, date, datetime

import pytest

from tests.support.report_release import SmallRelease

THIN = "\u202f"
NOW = datetime(2024, 12, 1, tzinfo=UTC)
BY_SOURCE = """region_code varchar, year integer, measure varchar, figure_source varchar, stated_on date, persons bigint,
    is_used boolean, dataset_id varchar"""
HISTORY = "code varchar, county_name varchar, valid_from date, valid_to date, current_code varchar, is_exact boolean"
QUOTED = {"year": 2023, "measure": "settled", "figure_source": "quoted", "stated_on": date(2024, 11, 13),
          "is_used": True, "dataset_id": "d"}  # fmt: skip
PERIODS = (
    ("0709", "Vestfold", 2018, 2020),
    ("3805", "Vestfold og Telemark", 2020, 2024),
    ("3909", "Vestfold", 2024, None),
)


@pytest.fixture
def settled(small: SmallRelease) -> SmallRelease:
    """Larvik's settlement of 2019 to 2023, the last year fetched in September."""
    small.dataset("d", "2023-09-25")
    small.indicator("settled_persons", "Bosatte flyktninger", "persons")
    for year, value in zip(range(2019, 2024), (46, 29, 35, 168, 96), strict=True):
        small.value("settled_persons", "3909", year, value)
    return small


def test_a_year_that_was_not_over_has_the_figure_that_others_quote_of_it(settled: SmallRelease) -> None:
    rows = [QUOTED | {"region_code": code, "persons": n} for code, n in (("3909", 239), ("39", 1074), ("4601", 7))]
    settled.table("settlement_by_source", BY_SOURCE, *rows)
    assert settled.blocks(NOW)["settled_persons"].notes == (
        f"2023 er ikke komplett i IMDis tabell. For hele 2023 er det 239 i Larvik og 1{THIN}074 i Vestfold "
        "(IMDi, 13. november 2024).",
    )


def test_a_quoted_figure_that_is_not_used_is_not_told(settled: SmallRelease) -> None:
    settled.table("settlement_by_source", BY_SOURCE, QUOTED | {"region_code": "3909", "persons": 239, "is_used": False})
    assert settled.blocks(NOW)["settled_persons"].notes == ()


def test_a_county_without_a_figure_names_the_one_there_was(settled: SmallRelease) -> None:
    for year in range(2019, 2024):
        given = {"value_status": "unavailable", "geography_basis": "unavailable", "reason": "not_an_area_then"}
        settled.value("settled_persons", "39", year, None, **given)
    for code, name, first, last in PERIODS:
        row = {"code": code, "county_name": name, "current_code": "3909", "is_exact": True}
        ends = None if last is None else date(last, 1, 1)
        settled.table("dim_region_history", HISTORY, row | {"valid_from": date(first, 1, 1), "valid_to": ends})
    said = "2020–2023: Larvik var i Vestfold og Telemark. Tall for Vestfold finnes da bare der kommunenes tall kan legges sammen."
    assert settled.blocks(NOW)["settled_persons"].notes == (said,)
