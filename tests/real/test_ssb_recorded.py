"""Answers of SSB as they were recorded: what the reader makes of them, against figures that SSB published.

Here: real bodies. Not here: composed ones (test_ssb_reader.py).
"""

from datetime import UTC, date, datetime
from pathlib import Path

from sources.landing.observation import OBSERVATION_SCHEMA
from sources.ports import Document
from sources.ssb import reader
from tests.support.ssb_bodies import own_spec, rows, spec_of


def recorded(extracts: Path, name: str) -> list[Document]:
    return [Document(extracts / "upstream" / "ssb" / name, name)]


def test_recorded_education_level_of_the_country(extracts: Path) -> None:
    """09429 for the whole country as of June 2025: 4 508 300 persons in 2022 (4 494 653 in an earlier extract)."""
    reading = reader.read(spec_of("ssb/09429"), recorded(extracts, "v0dataset_education-level.json"))
    assert reading.table.schema == OBSERVATION_SCHEMA
    assert reading.updated_at == datetime(2025, 6, 11, 6, tzinfo=UTC)
    assert reading.levels == ["country"]
    found = {
        level: value
        for code, start, measure, sex, level, value in rows(
            reading.table, "region_code", "period_start", "measure", "sex", "education_level", "value"
        )
        if (code, start.year, measure, sex) == ("00", 2022, "population_16_plus_persons", "all")
    }
    assert found["all"] == 4_508_300
    assert found["all"] == sum(value for level, value in found.items() if level != "all")


def test_recorded_dots_are_not_applicable_and_never_zero(extracts: Path) -> None:
    """Vocational college before it was a level of its own: `.` in 253 of the recorded cells."""
    reading = reader.read(spec_of("ssb/09429"), recorded(extracts, "v0dataset_education-level.json"))
    dotted = [row for row in rows(reading.table, "value", "value_status") if row[1] == "not_applicable"]
    assert dotted
    assert all(value is None for value, _ in dotted)
    assert {status for _, status in rows(reading.table, "value", "value_status")} <= {"ok", "not_applicable", "missing"}


def test_recorded_household_income_is_a_median(extracts: Path) -> None:
    reading = reader.read(spec_of("ssb/06944"), recorded(extracts, "v0dataset_household-income.json"))
    single_parents = {
        (measure, unit): value
        for measure, unit, start, household, value in rows(
            reading.table, "measure", "unit", "period_start", "category", "value"
        )
        if (start.year, household) == (2023, "single_parent_children_0_17")
    }
    assert single_parents[("households", "households")] == 108_353
    assert single_parents[("household_income_after_tax_median_nok", "nok_median")] == 528_000


def test_recorded_body_without_region_and_with_two_dots(extracts: Path) -> None:
    """05803: no region variable, `..` for 2026, a unit of its own for each content."""
    columns = [
        {"name": "Tid", "role": "ignore"},
        {
            "name": "ContentsCode",
            "role": "measure",
            "codes": {
                "Personer": "population_persons",
                "Skilsmisse": "divorces",
                "Innflyttinger": "immigration_persons",
            },
        },
    ]
    options = {
        "reading": {
            "region_when_absent": "00",
            "measure_units": {"population_persons": "persons", "divorces": "cases", "immigration_persons": "persons"},
        }
    }
    units = {"personer": "persons", "skilsmisser": "cases"}
    spec = own_spec(upstream_id="05803", columns=columns, units=units, options=options)
    reading = reader.read(spec, recorded(extracts, "v2_data_05803_no_with_status.json"))
    found = {
        (measure, start.year): (value, status)
        for measure, start, value, status in rows(reading.table, "measure", "period_start", "value", "value_status")
    }
    assert len(found) == 12
    assert found[("population_persons", 2026)][1] == "ok"
    assert found[("population_persons", 2026)][0] > 5_600_000
    assert found[("immigration_persons", 2026)] == (None, "missing")


def test_recorded_quarters_and_regions_of_the_tables_own(extracts: Path) -> None:
    """07221: regions TOTAL and 001-011, quarters, `..`."""
    regions = {"TOTAL": "00", **{f"{number:03d}": "" for number in range(1, 12)}}
    columns = [
        {"name": "Region", "role": "ignore"},
        {"name": "Tid", "role": "ignore"},
        {"name": "Boligtype", "dimension": "category", "codes": {"00": "all"}},
        {"name": "ContentsCode", "role": "measure", "codes": {"Boligindeks": "price_index_points"}},
    ]
    options = {"reading": {"measure_units": {"price_index_points": "points"}, "regions": regions}}
    units = {"indeks": "points", "Indeks": "points", "prosent": "points", "poeng": "points"}
    spec = own_spec(upstream_id="07221", columns=columns, options=options, period_kind="quarter", units=units)
    reading = reader.read(spec, recorded(extracts, "v1_data_07221_no.json"))
    starts = sorted({start for (start,) in rows(reading.table, "period_start")})
    assert starts[0] == date(2022, 1, 1)
    assert starts[-1] == date(2023, 10, 1)
    assert len(starts) == 8
    assert set(reading.table["region_code"].to_pylist()) == {"00"}
    assert reading.notes["cells of no area of their own left out"] == 11 * 3 * 8
