"""A printed total of 0 that its own parts contradict is no sure 0, is told, and holds a release when there are many."""

from datetime import date

import pyarrow as pa
import pytest

from sources.dataset.spec import DatasetSpec, load_specs
from sources.gates.rules import contradicted_zeros
from sources.landing.contradicted import NOTE, mark_contradicted
from sources.landing.observation import Reading, constant, observation_table
from sources.landing.reasons import in_english


def reading(*cells: dict) -> Reading:
    """Cells of persons in 2021; what a cell does not say is a municipality's total that stands in the file."""
    size = len(cells)
    levels = {2: "county", 4: "municipality", 6: "city_district"}
    codes = [cell["at"] for cell in cells]
    usual = ["country" if code == "00" else levels[len(code)] for code in codes]
    given = {
        "source_row": pa.array(range(1, size + 1), pa.int32()),
        "region_code": pa.array(codes),
        "region_level": pa.array([cell.get("level", level) for cell, level in zip(cells, usual, strict=True)]),
        "geography": pa.array([cell.get("geography", "own_year") for cell in cells]),
        "period_start": pa.array([date(cell.get("year", 2021), 1, 1) for cell in cells]),
        "period_kind": constant("year", size),
        "measure": constant("persons", size),
        "unit": pa.array([cell.get("unit", "persons") for cell in cells]),
        "sex": pa.array([cell.get("sex", "all") for cell in cells]),
        "value": pa.array([cell.get("value") for cell in cells], pa.float64()),
        "value_status": pa.array([cell.get("status", "ok") for cell in cells]),
    }
    return Reading(observation_table(given, size))


@pytest.fixture(scope="module")
def spec() -> DatasetSpec:
    """A dataset whose hidden counts are 1 to 3."""
    return load_specs()["nav_special_unemployment"]


HIDDEN = {"status": "suppressed"}
ZERO = {"value": 0.0}


@pytest.mark.parametrize(
    ("zero", "part"),
    [
        ({"at": "3909"}, {"at": "3909", "sex": "female", "value": 4.0}),
        ({"at": "3909"}, {"at": "3909", "sex": "female", **HIDDEN}),
        ({"at": "0301"}, {"at": "030101", **HIDDEN}),
        ({"at": "0301"}, {"at": "03", "value": 9000.0}),
        ({"at": "39"}, {"at": "3909", "value": 12.0}),
        ({"at": "00"}, {"at": "39", "value": 12.0}),
        ({"at": "00"}, {"at": "3909", "value": 12.0}),
        ({"at": "3909", "geography": "today"}, {"at": "3805", "value": 12.0}),
        ({"at": "3909", "geography": "today"}, {"at": "3805", "status": "missing"}),
        ({"at": "3909", "geography": "today", "year": 2016}, {"at": "0728", "year": 2016, **HIDDEN}),
        (
            {"at": "3909", "geography": "today"},
            {"at": "3909", "geography": "today", "sex": "male", "status": "missing"},
        ),
        ({"at": "39", "geography": "today"}, {"at": "3909", "geography": "today", "value": 3.0}),
    ],
)
def test_a_zero_that_its_parts_contradict_is_marked(spec: DatasetSpec, zero: dict, part: dict) -> None:
    found = mark_contradicted(reading({**zero, **ZERO}, part), spec)
    assert found.table["value_status"].to_pylist() == ["contradicted_zero", part.get("status", "ok")]
    assert found.table["value"].to_pylist()[0] is None
    assert found.notes[NOTE] == 1


@pytest.mark.parametrize(
    ("zero", "other"),
    [
        ({"at": "3909"}, {"at": "3909", "sex": "female", "value": 0.0}),
        ({"at": "3909"}, {"at": "3909", "sex": "female", "status": "missing"}),
        ({"at": "3909"}, {"at": "3909", "sex": "female", "year": 2020, "value": 4.0}),
        ({"at": "3909", "unit": "percent"}, {"at": "3909", "unit": "percent", "sex": "female", "value": 4.0}),
        ({"at": "3909", "sex": "female"}, {"at": "3909", "value": 4.0}),
        ({"at": "39"}, {"at": "4003", "value": 12.0}),
        ({"at": "3909"}, {"at": "39", "value": 12.0}),
        ({"at": "01", "level": "business_region"}, {"at": "0101", "value": 12.0}),
        ({"at": "3909", "geography": "today"}, {"at": "3907", "value": 12.0}),
    ],
)
def test_a_zero_that_nothing_contradicts_stands(spec: DatasetSpec, zero: dict, other: dict) -> None:
    found = mark_contradicted(reading({**zero, **ZERO}, other), spec)
    assert found.table["value"].to_pylist()[0] == 0
    assert not found.notes


def test_a_hidden_part_that_may_be_zero_contradicts_nothing() -> None:
    """Nav's HL060 hides zeros too: a hidden count is 0 to 3."""
    cells = ({"at": "3909", **ZERO}, {"at": "3909", "sex": "female", **HIDDEN})
    assert not mark_contradicted(reading(*cells), load_specs()["nav_hl060"]).notes


def test_few_are_told_and_many_hold_the_release(spec: DatasetSpec) -> None:
    def rows(years: int) -> pa.Table:
        zeros = [{"at": "0301", "year": 2000 + n, **ZERO} for n in range(years)]
        counties = [{"at": "03", "year": 2000 + n, "value": 9000.0} for n in range(years)]
        return mark_contradicted(reading(*zeros, *counties), spec).table

    found = [[in_english(kind) for kind in contradicted_zeros(spec, rows(count))] for count in (10, 11)]
    assert found == [
        ["", "10 totals of 0 beside parts that are more than 0, in 0301 (limit 10)"],
        ["11 totals of 0 beside parts that are more than 0, in 0301 (limit 10)", ""],
    ]
