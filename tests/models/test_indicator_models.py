"""What an indicator's figure is, worked out by hand on small made-up tables: the models' own SQL, no build.

Larvik (3909), Vestfold (39: Horten, Holmestrand, Tønsberg, Sandefjord, Larvik, Færder) and the country.
"""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sources.klass.history import municipalities
from tests.support.model_sql import Build, Cell
from warehouse.indicators import Indicator

pytestmark = pytest.mark.xdist_group("compiled_models")

PART, WHOLE, PUBLISHED = 0, 1, 2
TERM = {"dataset": "t", "measure": "persons", "unit": "persons"}
COMMON = {"name_nb": "x", "definition_nb": "x", "statistic_group": "education", "direction": "higher_better"}
SHARE = Indicator.model_validate(
    {
        **COMMON,
        "indicator_id": "share",
        "unit": "percent",
        "of": TERM,
        "numerator": {"where": {"category": "s0"}},
        "denominator": {"where": {"category": "s1"}},
    }
)
COUNT = Indicator.model_validate(
    {**COMMON, "indicator_id": "count", "unit": "persons", "of": TERM, "value": {"where": {"category": "s0"}}}
)


def country(year: int, part: int | None, whole: int, **other: tuple[int | None, int]) -> list[Cell]:
    """The same part and whole everywhere; ``other`` by code with an underscore before it. None = hidden."""
    cells = []
    for code, _ in municipalities(year):
        n, of = other.get(f"_{code}", (part, whole))
        cells.append(Cell(code, "municipality", year, n, "ok" if n is not None else "suppressed", PART))
        cells.append(Cell(code, "municipality", year, of, "ok", WHOLE))
    return cells


def test_a_share_over_an_area_is_recomputed_not_averaged(build: Build) -> None:
    # Larvik 90 of 100, the five others of Vestfold 10 of 1000: the mean of shares would be 15.8
    build.lay(country(2021, 10, 1000, _3805=(90, 100)))
    build.indicate(SHARE)
    ((own, county, basis),) = build.compare(
        "municipality_value, county_value, county_basis", "municipality_code = '3909'"
    )
    assert own == 90.0
    assert county == pytest.approx(100 * (90 + 5 * 10) / (100 + 5 * 1000))
    assert basis == "recomputed"
    sides = build.connection.execute(
        "select numerator, denominator from build.intermediate.int_indicator__value where region_code = '39'"
    ).fetchall()
    assert sides == [(140.0, 5100.0)]


def test_differences_of_shares_are_percentage_points(build: Build) -> None:
    build.lay(country(2024, 10, 100, _3909=(30, 100)))
    build.indicate(SHARE)
    own, difference = build.compare("municipality_value, difference_country", "municipality_code = '3909'")[0]
    assert difference == pytest.approx(own - 100 * (356 * 10 + 30) / (357 * 100))


def test_a_hidden_part_gives_an_interval_and_no_rank(build: Build) -> None:
    build.lay(country(2024, 10, 100, _3909=(None, 100)))
    build.indicate(SHARE)
    row = build.compare(
        "municipality_value, municipality_value_low, municipality_value_high, municipality_status, rank, ranked_count",
        "municipality_code = '3909'",
    )[0]
    assert row == (None, 1.0, 4.0, "suppressed", None, 356)
    assert build.compare("max(rank), min(ranked_count), count(rank)") == [(1, 356, 356)]


def test_rank_counts_the_best_first_and_shares_places(build: Build) -> None:
    build.lay(country(2024, 10, 100, _3909=(30, 100), _3901=(20, 100), _3903=(20, 100)))
    build.indicate(SHARE, SHARE.model_copy(update={"indicator_id": "worse", "direction": "lower_better"}))
    ranks = dict(build.compare("municipality_code, rank", "indicator_id = 'share' and municipality_code like '39%'"))
    assert ranks == {"3909": 1, "3901": 2, "3903": 2, "3905": 4, "3907": 4, "3911": 4}
    ((worst,),) = build.compare("rank", "indicator_id = 'worse' and municipality_code = '3909'")
    assert worst == 357


def test_a_change_does_not_cross_a_break(build: Build) -> None:
    years = range(2019, 2025)
    codes = {year: {2019: "0712", 2024: "3909"}.get(year, "3805") for year in years}
    build.lay([Cell(codes[year], "municipality", year, 100 + year - 2019, "ok", PART) for year in years])
    build.indicate(COUNT, breaks=[("count", 2022)])
    rows = build.compare("year, change_1y, change_3y", "municipality_code = '3909'")
    assert rows == [
        (2019, None, None),
        (2020, 1, None),
        (2021, 1, None),
        (2022, None, None),
        (2023, 1, None),
        (2024, 1, None),
    ]
    build.indicate(COUNT)
    assert build.compare("year, change_3y", "municipality_code = '3909' and year >= 2022") == [
        (2022, 3),
        (2023, 3),
        (2024, 3),
    ]


YEARS = range(2020, 2027)
CODES = {year: "3909" if year >= 2024 else "3805" for year in YEARS}
STOOD_ON = date(2023, 9, 25)


def test_a_change_goes_neither_from_nor_to_a_part_of_a_year(build: Build) -> None:
    # made in September 2023: what is counted through the year lacks three months of it, and later years hold nothing whole
    build.lay([Cell(CODES[year], "municipality", year, 100 + year - 2020, "ok", PART) for year in range(2020, 2024)])
    build.indicate(COUNT, stood_on=STOOD_ON)
    rows = build.compare("year, is_whole_year, change_1y, change_3y", "municipality_code = '3909'")
    assert rows == [(2020, True, None, None), (2021, True, 1, None), (2022, True, 1, None), (2023, False, None, None)]
    open_years = build.connection.execute("select * from build.marts.dim_open_year").fetchall()
    assert open_years == [("count", 2023, False, STOOD_ON)]


def test_years_after_a_part_of_a_year_are_whole_but_change_from_nothing(build: Build) -> None:
    build.lay([Cell(CODES[year], "municipality", year, 100 + year - 2020, "ok", PART) for year in YEARS])
    build.indicate(COUNT)
    # 2023 alone comes from a release of its September, as where a table is replaced by another later
    build.connection.execute(
        "update build.intermediate.int_region__observation_today set release_id = 'old' where year = 2023"
    )
    build.releases(r=date(2027, 2, 1), old=STOOD_ON)
    build.compute()
    rows = build.compare("year, is_whole_year, change_1y, change_3y", "municipality_code = '3909'")
    assert rows == [
        (2020, True, None, None),
        (2021, True, 1, None),
        (2022, True, 1, None),
        (2023, False, None, None),
        (2024, True, None, 3),
        (2025, True, 1, 3),
        (2026, True, 1, None),
    ]


def test_what_is_set_for_a_year_is_whole_as_it_was_that_day(build: Build) -> None:
    build.lay([Cell(CODES[year], "municipality", year, 100 + year - 2020, "ok", PART) for year in range(2020, 2024)])
    build.indicate(COUNT, stood_on=STOOD_ON, set_for_the_year=("persons",))
    rows = build.compare("is_whole_year, change_1y", "municipality_code = '3909' and year = 2023")
    assert rows == [(True, 1)]
    open_years = build.connection.execute("select * from build.marts.dim_open_year").fetchall()
    assert open_years == [("count", 2023, True, STOOD_ON)]


def test_a_share_of_a_part_of_a_year_is_none_of_the_year(build: Build) -> None:
    build.lay(country(2023, 10, 100))
    build.connection.execute(f"update build.intermediate.int_series set period_kind = 'point' where series_id = {PART}")
    build.indicate(SHARE, stood_on=STOOD_ON)
    assert build.compare("distinct is_whole_year", "municipality_value is not null") == [(False,)]
    # counted on a day, both sides: the year need not be over
    build.connection.execute("update build.intermediate.int_series set period_kind = 'point'")
    build.indicate(SHARE, stood_on=STOOD_ON)
    assert build.compare("distinct is_whole_year", "municipality_value is not null") == [(True,)]


def test_every_figure_has_status_and_basis_also_where_there_is_none(build: Build) -> None:
    build.lay([Cell("3909", "municipality", 2024, 7, "ok", PART)])
    build.indicate(COUNT)
    rows = build.compare(
        "county_value, county_status, county_basis, county_reason, country_status, country_basis, country_reason"
    )
    assert rows == [(None, "unavailable", "unavailable", "parts_absent", "unavailable", "unavailable", "parts_absent")]


def test_the_kostra_group_stands_beside_where_it_is_known(build: Build) -> None:
    groups = pa.table(
        {
            "code": ["3909", "3907"],
            "group_code": ["EKG08", "EKG08"],
            "group_name": ["KOSTRA-gruppe 8"] * 2,
            "valid_on": pa.array([19874] * 2, pa.int32()).cast(pa.date32()),
        }
    )
    before = build.connection.sql("select * from build.staging.stg_klass__kostra_groups").to_arrow_table()
    models = ("int_region__kostra_group", "int_region__part", "int_region__county_year")
    build.table("staging", "stg_klass__kostra_groups", groups)
    build.run(*models)
    try:
        build.lay(country(2024, 10, 100, _3909=(30, 100)))
        build.indicate(SHARE)
        columns = "kostra_group_code, kostra_group_value, kostra_group_basis, difference_kostra_group"
        assert build.compare(columns, "municipality_code = '3909'") == [("EKG08", 20.0, "recomputed", 10.0)]
        assert build.compare(columns, "municipality_code = '3901'") == [(None, None, None, None)]
    finally:
        build.table("staging", "stg_klass__kostra_groups", before)
        build.run(*models)


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.booleans(), st.booleans()), min_size=6, max_size=6),
)
def test_the_interval_of_a_share_holds_the_true_share(build: Build, drawn: list[tuple[int, int, bool, bool]]) -> None:
    """Vestfold in 2021 with random cells hidden (1-4): the true share of each area lies within its bounds."""
    cells, truth, total = [], {}, [0, 0]
    codes = dict(
        zip(
            ["3801", "3802", "3803", "3804", "3805", "3811"],
            ["3901", "3903", "3905", "3907", "3909", "3911"],
            strict=True,
        )
    )
    for (code, today), (part, more, hide_part, hide_whole) in zip(codes.items(), drawn, strict=True):
        whole = part + more
        truth[today] = (part, whole)
        total = [total[0] + part, total[1] + whole]
        for series, number, hide in ((PART, part, hide_part), (WHOLE, whole, hide_whole)):
            is_hidden = hide and 1 <= number <= 4
            cells.append(
                Cell(
                    code,
                    "municipality",
                    2021,
                    None if is_hidden else number,
                    "suppressed" if is_hidden else "ok",
                    series,
                )
            )
    truth["39"] = (total[0], total[1])
    build.lay(cells)
    build.indicate(SHARE)
    rows = build.connection.execute(
        "select region_code, value, value_low, value_high from build.intermediate.int_indicator__value "
        "where region_level <> 'country'"
    ).fetchall()
    for code, value, low, high in rows:
        if code not in truth or truth[code][1] == 0:
            continue
        share = 100 * truth[code][0] / truth[code][1]
        assert low is None or low <= share + 1e-9
        assert high is None or high >= share - 1e-9
        assert value is None or value == pytest.approx(share)
