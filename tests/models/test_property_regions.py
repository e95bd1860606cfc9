"""What must hold of every count when old codes are put on the areas of today, whatever the figures are.

The regions are the real ones of Klass; the figures are drawn by hypothesis. A split municipality is drawn with a true way
of dividing it, which the models do not know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sources.klass.history import municipalities
from tests.support.model_sql import AREAS, REGIONS, STAGED, Build, Cell, compiled

pytestmark = pytest.mark.xdist_group("compiled_models")

LAST_YEAR, COMING = 2027, 2028
"""The last year that regions are mapped for without a run's own, and a year of reform after it."""

YEARS = (2016, 2017, 2019, 2021, 2024)
QUICK = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""No shrinking: an example is a seed already, and each costs a tenth of a second of SQL."""


@pytest.fixture(scope="module")
def pieces(build: Build) -> dict[tuple[str, int], list[str]]:
    """(code of a year, year) -> the municipalities of today that hold (a part of) it."""
    rows = build.connection.execute(
        "select part_code, year, region_code from build.intermediate.int_region__part "
        "where region_level = 'municipality'"
    ).fetchall()
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for code, year, region in rows:
        found[code, year].append(region)
    return found


@dataclass(frozen=True)
class Country:
    """Counts by code of a year, how each split code is truly divided, and which cells upstream hides (1-4 persons)."""

    year: int
    seed: int
    highest: int
    share_hidden: float
    counts: dict[str, int] = field(repr=False)
    ways: dict[str, float] = field(repr=False)
    hidden: frozenset[str] = field(repr=False)

    def __repr__(self) -> str:
        return f"Country.of({self.year}, {self.seed}, {self.highest}, {self.share_hidden})"

    @staticmethod
    def of(year: int, seed: int, highest: int, share_hidden: float) -> Country:
        chance = Random(seed)
        codes = sorted(code for code, _ in municipalities(year))
        counts = {code: chance.randint(0, highest) for code in codes}
        ways = {code: chance.random() for code in codes}
        hidden = frozenset(code for code, n in counts.items() if 1 <= n <= 4 and chance.random() < share_hidden)
        return Country(year, seed, highest, share_hidden, counts, ways, hidden)


COUNTRIES = st.builds(
    Country.of,
    st.sampled_from(YEARS),
    st.integers(0, 2**32),
    st.sampled_from([3, 6, 40, 5000]),
    st.sampled_from([0.0, 0.1, 0.7, 1.0]),
)


def truth_of(country: Country, pieces: dict[tuple[str, int], list[str]]) -> dict[str, int]:
    """The true count of every area of today under one possible division of the split codes."""
    truth: dict[str, int] = defaultdict(int)
    for code, count in country.counts.items():
        regions = sorted(set(pieces[code, country.year]))
        left = count
        for region in regions[:-1]:
            part = round(left * country.ways[code])
            _add(truth, region, part)
            left -= part
        _add(truth, regions[-1], left)
    return truth


def _add(truth: dict[str, int], region: str, count: int) -> None:
    for area in (region, region[:2], "00"):
        truth[area] += count


def cells_of(country: Country, hidden: frozenset[str] = frozenset()) -> list[Cell]:
    return [
        Cell(
            code,
            "municipality",
            country.year,
            None if code in hidden else count,
            "suppressed" if code in hidden else "ok",
        )
        for code, count in country.counts.items()
    ]


def same_everywhere(year: int, count: int) -> list[Cell]:
    return [Cell(code, "municipality", year, count) for code, _ in municipalities(year)]


@QUICK
@given(country=COUNTRIES)
def test_intervals_hold_the_truth_at_every_level(
    build: Build, pieces: dict[tuple[str, int], list[str]], country: Country
) -> None:
    build.lay(cells_of(country, country.hidden))
    truth = truth_of(country, pieces)
    rows = build.today()
    assert sorted({code for code, *_ in rows} ^ set(truth)) == []
    for code, value, low, high in rows:
        assert low <= truth[code] <= high, code
        assert value is None or value == truth[code] == low == high, code


@QUICK
@given(country=COUNTRIES)
def test_the_country_total_survives_the_mapping(build: Build, country: Country) -> None:
    counts, hidden = country.counts, country.hidden
    build.lay(cells_of(country))
    ((value, low, high),) = build.today("value, value_low, value_high", "region_code = '00'")
    assert value == low == high == sum(counts.values())
    shown = sum(count for code, count in counts.items() if code not in hidden)
    build.lay(cells_of(country, hidden))
    ((low, high),) = build.today("value_low, value_high", "region_code = '00'")
    assert (low, high) == (shown + len(hidden), shown + 4 * len(hidden))


@QUICK
@given(country=COUNTRIES)
def test_municipalities_and_counties_equal_the_country_within_bounds(build: Build, country: Country) -> None:
    build.lay(cells_of(country, country.hidden))
    rows = build.connection.execute(
        "select region_level, sum(value_low), sum(value_high) "
        "from build.intermediate.int_region__observation_today group by 1"
    ).fetchall()
    bounds = {level: (low, high) for level, low, high in rows}
    country_low, country_high = bounds["country"]
    for level in ("municipality", "county"):
        low, high = bounds[level]
        assert low <= country_low <= country_high <= high


@QUICK
@given(country=COUNTRIES, gone=st.sampled_from(["missing", "absent"]))
def test_nothing_is_summed_over_a_part_that_is_not_there(build: Build, country: Country, gone: str) -> None:
    counts = country.counts
    lost = sorted(counts)[len(counts) // 2]
    cells = [cell for cell in cells_of(country) if cell.region != lost]
    if gone == "missing":
        cells.append(Cell(lost, "municipality", country.year, None, "missing"))
    build.lay(cells)
    ((value, low, high, status),) = build.today("value, value_low, value_high, value_status", "region_code = '00'")
    assert value is None
    assert high is None
    if gone == "absent":
        assert (low, status) == (None, "unavailable")
    else:
        assert (low, status) == (sum(counts.values()) - counts[lost], "incomplete")


@QUICK
@given(country=COUNTRIES)
def test_a_median_has_no_value_for_an_area_put_together_of_others(build: Build, country: Country) -> None:
    build.lay(cells_of(country), additive=False)
    rows = build.today(
        "region_code, value, value_low, value_high, value_status, reason", "geography_basis <> 'published'"
    )
    assert {"00", "39", "46"} <= {code for code, *_ in rows}
    for code, *figures in rows:
        assert figures == [None, None, None, "unavailable", "not_additive"], code


def test_upstreams_own_figure_wins_over_the_sum(build: Build) -> None:
    build.lay([*same_everywhere(2024, 10), Cell("39", "county", 2024, 61.0), Cell("00", "country", 2024, 3571.0)])
    rows = {code: (value, basis) for code, value, basis in build.today("region_code, value, geography_basis")}
    assert rows["39"] == (61.0, "published")
    assert rows["00"] == (3571.0, "published")
    assert rows["40"][1] == "summed"


def _findings(build: Build) -> list[tuple]:
    """What the mart of data quality says beside counts of cells."""
    none = {"dataset_id": "", "last_year": 0, "state": "", "release_id": "", "reasons": ""}
    build.table("landing", "release", pa.Table.from_pylist([none]).slice(1))
    run = build.connection.execute
    run(
        "create or replace table build.landing.indicator_term as select '' as indicator_id, '' as role, '' as dataset_id"
    )
    run(
        "create or replace table build.intermediate.int_indicator__breakdown as select 1 as breakdown_id, '' as indicator_id"
    )
    run(
        "create or replace table build.intermediate.int_indicator__open_year as "
        "select 1 as indicator_number, 2020 as year, true as is_whole_year"
    )
    run(
        "create or replace table build.intermediate.int_indicator__value as select 1 as breakdown_id, 1 as indicator_number, "
        "2020 as year, 0 as state_number, 0.0 as value, 0.0 as value_low, 0.0 as value_high"
    )
    build.run("data_quality", schema="marts")
    return build.connection.execute(
        "select finding, detail, finding_count, largest from build.marts.data_quality where finding not like 'cells_%'"
    ).fetchall()


def test_a_code_of_no_place_is_left_out_and_reported(build: Build) -> None:
    """Fault 22: 4999 has never been a municipality; 0706 was Sandefjord until 2016, and its territory has grown since."""
    build.lay([*same_everywhere(2024, 10), *(Cell(code, "municipality", 2024, 70) for code in ("4999", "0706"))])
    assert build.today("value", "region_code = '00'") == [(3570.0,)]
    assert build.today("value", "region_code = '3907'") == [(10.0,)]
    assert _findings(build) == [("figures_under_code_of_no_place", "0706-4999", 2, 70.0)]


def test_a_code_that_came_to_mean_another_territory_is_read_by_its_year(build: Build) -> None:
    """Fault 22: 5001 was Trondheim alone until 2019, and is Trondheim with Klæbu (5030 until then) since."""
    for year, expected in ((2019, 105.0), (2021, 100.0)):
        build.lay([Cell("5001", "municipality", year, 100), Cell("5030", "municipality", year, 5)])
        assert build.today("value", "region_code = '5001'") == [(expected,)]


def test_a_county_that_differs_from_its_parts_is_shown_and_not_corrected(build: Build) -> None:
    """Fault 24: upstream says 75 for Vestfold, its six tens make 60. Both stand, and the difference of 15 is counted."""
    build.lay([*same_everywhere(2024, 10), Cell("39", "county", 2024, 75.0)])
    assert build.today("value, geography_basis", "region_code = '39'") == [(75.0, "published")]
    assert _findings(build) == [("published_outside_sum_of_parts", "county", 1, 15.0)]
    hidden = [c for c in same_everywhere(2024, 10) if c.region != "3909"]
    hidden += [Cell("3909", "municipality", 2024, None, "suppressed"), Cell("39", "county", 2024, 53.0)]
    build.lay(hidden)
    assert _findings(build) == [], "53 lies within 50 and the bounds of a hidden cell"


@pytest.fixture
def coming_year(build: Build) -> Iterator[Build]:
    """Klass as it answers in the autumn before a reform: Larvik gets another code in 2028."""
    laid = ("klass_municipalities", "klass_municipality_changes")
    before = {name: build.connection.sql(f"select * from build.landing.{name}").to_arrow_table() for name in laid}
    first, run = f"date '{COMING}-01-01'", build.connection.execute
    run(f"update build.landing.klass_municipalities set valid_to = {first} where code = '3909' and valid_to is null")
    run(
        "insert into build.landing.klass_municipalities by name "
        f"select '3999' as code, 'Larvik' as name, {first} as valid_from"
    )
    run(
        "insert into build.landing.klass_municipality_changes by name select '3909' as old_code, 'Larvik' as old_name, "
        f"'3999' as new_code, 'Larvik' as new_name, {first} as change_date, 'renumber' as change_kind"
    )
    yield build
    for name, rows in before.items():
        build.table("landing", name, rows)
    build.run(*STAGED, schema="staging")
    build.run(*REGIONS, *AREAS)


def test_codes_of_a_coming_year_count_from_that_year(coming_year: Build) -> None:
    """Fault 23: Klass publishes next year's codes in the autumn. Until then they are no areas of today; then only data."""
    build = coming_year
    build.run(*STAGED, schema="staging")
    build.run(*REGIONS, *AREAS)
    build.lay(same_everywhere(2024, 10))
    assert build.today("region_code", "region_code in ('3909', '3999')") == [("3909",)]
    for model in STAGED:
        sql = compiled()[model].replace(f"make_date({LAST_YEAR}, 1, 1)", f"make_date({COMING + 1}, 1, 1)")
        assert sql != compiled()[model]
        build.connection.execute(f"create or replace table build.staging.{model} as {sql}")
    build.run(*REGIONS, *AREAS)
    build.lay(same_everywhere(2024, 10))
    assert build.today("region_code, value", "region_code in ('3909', '3999')") == [("3999", 10.0)]
    assert build.today("value", "region_code = '39'") == [(60.0,)]


def test_county_38_is_no_county_of_today(build: Build) -> None:
    """39 is summed of 3801 Horten, 3802 Holmestrand, 3803 Tønsberg, 3804 Sandefjord, 3805 Larvik and 3811 Færder."""
    build.lay([*same_everywhere(2021, 10), Cell("38", "county", 2021, 999.0)])
    rows = {code: (value, basis) for code, value, basis in build.today("region_code, value, geography_basis")}
    assert rows["39"] == (60.0, "summed")
    assert "38" not in rows


def test_two_codes_of_one_place_in_one_year_are_never_added(build: Build) -> None:
    build.lay([*same_everywhere(2021, 10), Cell("3909", "municipality", 2021, 11.0)])
    assert build.today("value", "region_code = '3909'") == [(10.0,)]
    assert build.today("value", "region_code = '39'") == [(60.0,)]
