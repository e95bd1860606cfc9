"""Which figure an area of today gets when upstream has joined its series, or prints a figure under a code not in force.

The regions are the real ones of Klass. Not here: sums and hidden parts (test_property_regions.py).
"""

from pathlib import Path

import pytest

from sources.dataset.spec import load_specs
from sources.klass.history import counties, municipalities
from sources.landing.observation import drop_exact_duplicates
from sources.ports import Document
from sources.ssb import reader
from tests.support.model_sql import Build, Cell

pytestmark = pytest.mark.xdist_group("compiled_models")

TODAY = [code for code, _ in municipalities(2024)]
TEN_YEARS = range(2015, 2025)


def joined(code: str, year: int, value: float | None, status: str = "ok") -> Cell:
    level = "county" if len(code) == 2 else "municipality"
    return Cell(code, level, year, value, status, geography="today")


def shown(build: Build, code: str) -> dict[int, tuple[float | None, str]]:
    """Year -> (value, basis) of an area of today."""
    rows = build.today("year, value, geography_basis", f"region_code = '{code}'")
    found = {year: (value, basis) for year, value, basis in rows}
    assert len(found) == len(rows), f"{code} has two figures in one year"
    return found


def test_a_series_that_the_publisher_has_joined_keeps_every_year(build: Build) -> None:
    """Larvik, Vestfold, and Ålesund and Haram that were one until 2024: ten years each, as printed."""
    areas = [*TODAY, *(code for code, _ in counties(2024))]
    cells = [joined(code, year, 1000 + year) for code in areas for year in TEN_YEARS]
    build.lay([*cells, *(Cell("00", "country", year, 9.0) for year in TEN_YEARS)])
    for code in (*areas, "3909", "39", "1508", "1580"):
        assert shown(build, code) == {year: (1000.0 + year, "published") for year in TEN_YEARS}, code
    assert shown(build, "00") == {year: (9.0, "published") for year in TEN_YEARS}


def test_a_body_of_ssb_with_joined_codes_keeps_its_ten_years(build: Build, shared: Path) -> None:
    path = shared / "cases" / "joined_series" / "13563.json"
    reading = reader.read(load_specs()["ssb_13563"], [Document(path, path.name)])
    table = drop_exact_duplicates(reading, path.name).table
    first = [("category", "all"), ("age_group", "age_15_29"), ("immigrant_category", "all")]
    rows = [row for row in table.to_pylist() if all(row[name] == code for name, code in first)]
    build.lay(
        [
            Cell(r["region_code"], r["region_level"], r["period_start"].year, r["value"], geography=r["geography"])
            for r in rows
        ]
    )
    for code in (*TODAY, "39", "00"):
        assert shown(build, code) == {year: (1000.0 + year, "published") for year in TEN_YEARS}, code


def test_joined_codes_and_those_of_the_year_stand_beside_each_other(build: Build) -> None:
    """Trondheim under its joined code goes before 5001 of the year, which was Trondheim without Klæbu; Oslo has one only."""
    build.lay(
        [
            *(joined("5001", year, 105) for year in (2018, 2024)),
            Cell("5001", "municipality", 2018, 100),
            Cell("5030", "municipality", 2018, 4),
            Cell("5001", "municipality", 2024, 105),
            Cell("0301", "municipality", 2018, 7),
            joined("39", 2018, 60),
            Cell("07", "county", 2018, 66),
        ]
    )
    assert shown(build, "5001") == {2018: (105.0, "published"), 2024: (105.0, "published")}
    assert shown(build, "0301") == {2018: (7.0, "published")}
    assert shown(build, "39") == {2018: (60.0, "published")}


def test_a_joined_cell_without_a_figure_does_not_stand_before_one_that_has_it(build: Build) -> None:
    cells = [Cell("0709", "municipality", 2017, 40), Cell("0728", "municipality", 2017, 5)]
    build.lay([*cells, joined("3909", 2017, None, "missing")])
    assert shown(build, "3909") == {2017: (45.0, "summed")}
    build.lay([joined("3909", 2017, None, "missing")])
    assert shown(build, "3909") == {2017: (None, "published")}


def test_joined_municipalities_are_summed_to_the_counties_of_today(build: Build) -> None:
    """Until 2019 the county was 07 with Svelvik; six joined municipalities make Vestfold of today in every year."""
    build.lay([joined(code, year, 10) for code in TODAY for year in (2016, 2021)])
    assert shown(build, "39") == {2016: (60.0, "summed"), 2021: (60.0, "summed")}
    assert shown(build, "00") == {2016: (3570.0, "summed"), 2021: (3570.0, "summed")}
    assert shown(build, "03") == {2016: (10.0, "published"), 2021: (10.0, "published")}


def test_a_series_joined_before_the_last_reform_stands_on_the_areas_of_then(build: Build) -> None:
    """Ålesund was 1507 in 2020-2023, with Haram: a series joined in 2022 has it so, and Larvik under 3805."""
    codes = [code for code, _ in municipalities(2022)]
    build.lay([joined(code, 2016, 10) for code in codes])
    assert shown(build, "3909") == {2016: (10.0, "published")}
    assert shown(build, "00") == {2016: (10.0 * len(codes), "summed")}
    assert shown(build, "1508") == {2016: (None, "summed")}
    assert build.today("value_low, value_high", "region_code = '1508'") == [(0.0, 10.0)]


def others(year: int, *left_out: str) -> list[Cell]:
    return [Cell(code, "municipality", year, 10) for code, _ in municipalities(year) if code not in left_out]


def test_a_figure_under_a_later_code_is_the_places_own_where_its_codes_have_none(build: Build) -> None:
    """Larvik and Lardal of 2017 printed under the code of 2018: Larvik's figure, and a part of every sum."""
    empty = [Cell(code, "municipality", 2017, None, "missing") for code in ("0709", "0728")]
    for later in ("0712", "3909"):
        build.lay([*others(2017, "0709", "0728"), *empty, Cell(later, "municipality", 2017, 58)])
        assert shown(build, "3909") == {2017: (58.0, "published_under_other_code")}
        count = len(municipalities(2017)) - 2
        assert shown(build, "00") == {2017: (10.0 * count + 58, "summed")}


def test_of_two_later_codes_of_one_place_one_is_taken(build: Build) -> None:
    build.lay([Cell(code, "municipality", 2017, 58) for code in ("0712", "3909")])
    assert shown(build, "3909") == {2017: (58.0, "published_under_other_code")}


@pytest.mark.parametrize(("status", "value"), [("ok", 5), ("ok", 0), ("suppressed", None)])
def test_a_figure_under_another_code_is_never_added_to_the_places_own(
    build: Build, status: str, value: float | None
) -> None:
    """Lardal has a figure of its own, or one that is hidden: what stands under the code of 2018 is not used beside it."""
    build.lay([Cell("0728", "municipality", 2017, value, status), Cell("3909", "municipality", 2017, 58)])
    assert shown(build, "3909") == {2017: (None, "unavailable")}
    build.lay(
        [
            *others(2017, "0728"),
            Cell("0728", "municipality", 2017, value, status),
            Cell("3909", "municipality", 2017, 58),
        ]
    )
    ((low, high),) = build.today("value_low, value_high", "region_code = '3909'")
    assert (low, high) == (10 + (1 if value is None else value), 10 + (4 if value is None else value))


def test_a_figure_under_a_code_that_has_ended_is_that_of_the_place_of_its_name(build: Build) -> None:
    """0709 Larvik ended with 2017: in 2018 it is 0712 Larvik, which the file leaves empty. 0728 Lardal alone is no Larvik."""
    empty = Cell("0712", "municipality", 2018, None, "missing")
    build.lay([*others(2018, "0712"), empty, Cell("0709", "municipality", 2018, 41)])
    assert shown(build, "3909") == {2018: (41.0, "published_under_other_code")}
    assert shown(build, "00") == {2018: (10.0 * (len(municipalities(2018)) - 1) + 41, "summed")}
    build.lay([empty, Cell("0709", "municipality", 2018, 41), Cell("0728", "municipality", 2018, 4)])
    assert shown(build, "3909") == {2018: (45.0, "published_under_other_code")}
    build.lay([empty, Cell("0728", "municipality", 2018, 4)])
    assert shown(build, "3909") == {2018: (None, "published")}


def test_codes_that_have_ended_make_up_a_place_of_another_name_together(build: Build) -> None:
    """1624 Rissa and 1718 Leksvik became 5054 Indre Fosen in 2018: both make it, one does not."""
    both = [Cell("1624", "municipality", 2018, 20), Cell("1718", "municipality", 2018, None, "suppressed")]
    build.lay(both)
    assert build.today("value_low, value_high, geography_basis", "region_code = '5054'") == [
        (21.0, 24.0, "published_under_other_code")
    ]
    build.lay(both[:1])
    assert shown(build, "5054") == {}


def test_a_share_under_codes_that_have_ended_is_not_added(build: Build) -> None:
    both = [Cell("1624", "municipality", 2018, 20), Cell("1718", "municipality", 2018, 30)]
    build.lay(both, additive=False)
    assert shown(build, "5054") == {}
    build.lay([Cell("0709", "municipality", 2018, 41), Cell("0728", "municipality", 2018, 4)], additive=False)
    assert shown(build, "3909") == {2018: (41.0, "published_under_other_code")}


def test_a_zero_that_its_parts_contradict_is_no_sure_zero(build: Build) -> None:
    """Marked so by the reading: at least nothing, no value to rank, and sums know no more than their lower bound."""
    build.lay([*others(2021, "3805"), Cell("3805", "municipality", 2021, None, "contradicted_zero")])
    row = build.today("value, value_low, value_high, value_status, reason", "region_code = '3909'")
    assert row == [(None, 0.0, None, "incomplete", "zero_contradicted")]
    count = len(municipalities(2021)) - 1
    assert build.today("value, value_low, value_high, value_status", "region_code = '00'") == [
        (None, 10.0 * count, None, "incomplete")
    ]


def test_a_county_that_its_municipalities_contradict_is_summed(build: Build) -> None:
    build.lay([*others(2021), Cell("11", "county", 2021, None, "contradicted_zero")])
    assert shown(build, "11") == {2021: (230.0, "summed")}


def test_a_joined_zero_of_an_area_that_came_of_a_split_is_no_sure_zero(build: Build) -> None:
    """SSB's joining puts all of Ålesund of 2020-2023 on 1508 and none on 1580 Haram; the sum over both is right."""
    cells = [joined(code, 2021, 10) for code in TODAY if code not in ("1508", "1580")]
    build.lay([*cells, joined("1508", 2021, 25), joined("1580", 2021, 0), joined("1580", 2024, 0)])
    row = build.today("year, value, value_low, value_high, reason", "region_code = '1580'")
    assert sorted(row) == [(2021, None, 0.0, None, "zero_contradicted"), (2024, 0.0, 0.0, 0.0, None)]
    assert shown(build, "1508") == {2021: (25.0, "published")}
    assert build.today("value", "region_code = '15' and year = 2021") == [(25 + 10.0 * 25,)]


def test_a_hidden_joined_cell_of_such_an_area_keeps_its_bounds(build: Build) -> None:
    build.lay([joined("1580", 2021, None, "suppressed")])
    assert build.today("value, value_low, value_high, value_status", "region_code = '1580'") == [
        (None, 1.0, 4.0, "suppressed")
    ]


def test_an_empty_cell_under_another_code_is_the_places_cell_where_it_has_no_other(build: Build) -> None:
    """The file lists Larvik of 2017 under 3909 alone, and empty: the country is known to be at least the rest, not absent."""
    build.lay([*others(2017, "0709", "0728"), Cell("3909", "municipality", 2017, None, "missing")])
    count = len(municipalities(2017)) - 2
    assert build.today("value_low, value_status, reason", "region_code = '00'") == [
        (10.0 * count, "incomplete", "parts_missing")
    ]
    assert shown(build, "3909") == {2017: (None, "published_under_other_code")}
    build.lay(
        [Cell("0709", "municipality", 2017, None, "missing"), Cell("3909", "municipality", 2017, None, "missing")]
    )
    assert shown(build, "3909") == {2017: (None, "unavailable")}
