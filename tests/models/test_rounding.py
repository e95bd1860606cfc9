"""Counts that a publisher has rounded: declared in the spec, given bounds once, the same in every table.

Here: figures that IMDi printed, brought through the models of bounds, areas and shares. Not here: reading the files.
Facts of IMDi (flyktning_botid_flytting, retrieved 2023-09-25; befolkning_innvandringsgrunn, 2022-10-28), cut to what is used.
"""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from sources.dataset.dimensions import DIMENSIONS
from sources.dataset.spec import DatasetSpec, load_specs
from sources.vocabulary import vocabulary
from tests.support.model_sql import BOUNDED, FIGURES, INDICATORS, PROJECT, Build
from warehouse.indicators import load_indicators, term_rows

MOVES, REASONS, EDUCATION = (
    f"imdi_{name}" for name in ("flyktning_botid_flytting", "befolkning_innvandringsgrunn", "utdanningsniva")
)
_CATEGORIES = ("settled_here", "moved_here", "unknown", "all")


def moves(code: str, year: int, **counts: tuple[int | None, ...]) -> list[dict[str, Any]]:
    """The cells of one municipality: by length of residence the counts of _CATEGORIES; None = no row."""
    return [
        {"region_code": code, "year": year, "length_of_residence": residence, "category": category, "value": value}
        for residence, values in counts.items()
        for category, value in zip(_CATEGORIES, values, strict=True)
        if value is not None
    ]


class Laid(Build):
    """Cells of one real dataset on the rules of its spec."""

    def lay_dataset(self, spec: DatasetSpec, cells: list[dict[str, Any]]) -> None:
        keys = [tuple(cell.get(name, "all") for name in ("unit", *DIMENSIONS)) for cell in cells]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        count = len(cells)
        laid = pa.table(
            {
                "dataset_id": [spec.dataset_id] * count,
                "release_id": ["r"] * count,
                "series_number": [numbers[key] for key in keys],
                "region_code": [cell["region_code"] for cell in cells],
                "region_level": [cell.get("region_level", "municipality") for cell in cells],
                "geography": ["own_year"] * count,
                "period_start": [date(cell["year"], 1, 1) for cell in cells],
                "value": [None if cell["value"] is None else float(cell["value"]) for cell in cells],
                "value_status": ["ok" if cell["value"] is not None else cell["status"] for cell in cells],
            }
        )
        self.table("staging", "stg_landing__observations", laid)
        series = [
            {
                "series_id": number,
                "dataset_id": spec.dataset_id,
                "measure": spec.measure,
                "unit": "persons" if key[0] == "all" else key[0],
                "period_kind": spec.period_kind,
                **dict(zip(DIMENSIONS, key[1:], strict=True)),
                "is_additive": key[0] == "all",
                "is_non_negative": True,
            }
            for key, number in numbers.items()
        ]
        self.table("intermediate", "int_series", pa.Table.from_pylist(series))
        number = pa.array(list(numbers.values()))
        named = {"dataset_id": [spec.dataset_id] * len(numbers), "release_id": ["r"] * len(numbers)}
        self.table(
            "intermediate", "int_series__number", pa.table({**named, "series_number": number, "series_id": number})
        )
        rules = {"dataset_id": ["none"], "status": ["suppressed"], "unit": ["persons"], "low": [0.0], "high": [0.0]}
        self.table("landing", "hidden_rule", pa.table({**rules, "from_year": [1900], "to_year": [2999]}))
        self.rounds(spec)
        self.table("landing", "current_release", pa.table({"release_id": ["r"]}))
        self.run(*BOUNDED, *FIGURES)

    def figures(self, *dimensions: str, where: str = "true") -> dict[tuple, tuple]:
        """(value, low, high, status) on the geography of today by region and the named dimensions."""
        named = ", ".join(f"series.{name}" for name in dimensions)
        rows = self.connection.execute(
            f"select region_code, {named}, value, value_low, value_high, value_status "
            "from build.intermediate.int_region__observation_today as figures "
            f"inner join build.intermediate.int_series as series using (series_id) where {where}"
        ).fetchall()
        return {row[:-4]: row[-4:] for row in rows}

    def share(self, indicator_id: str) -> dict[tuple, tuple]:
        """The rows of one indicator: (value, low, high, status, numerator, denominator) by region and breakdown."""
        chosen = [i for i in load_indicators(PROJECT / "indicators") if i.indicator_id == indicator_id]
        row = {
            "indicator_number": 1,
            "indicator_id": indicator_id,
            "scale": float(chosen[0].scale),
            "direction": chosen[0].direction,
            "kind": "share",
            "unit": chosen[0].unit,
        }
        typed = pa.table({name: [value] for name, value in row.items()} | {"is_part_of_whole": [True]})
        typed = typed.append_column("reference_month", pa.nulls(1, pa.int32()))
        self.table("landing", "indicator", typed)
        order = pa.schema([("dataset_id", pa.string()), ("serves_before", pa.string())])
        self.table("landing", "dataset_order", pa.Table.from_pylist([], schema=order))
        self.table("landing", "indicator_term", pa.Table.from_pylist(term_rows(chosen, list(DIMENSIONS))))
        dataset = load_specs()[chosen[0].terms["numerator"].dataset].dataset_id
        self.connection.execute(
            f"create or replace table build.marts.dim_dataset as select '{dataset}' as dataset_id, false as is_demo"
        )
        self.sets_for_the_year()
        self.releases(r=date(2999, 1, 1))
        self.run(*INDICATORS)
        dims = ", ".join(
            f"breakdowns.{name}" for name in ("immigrant_category", "education_level", "length_of_residence")
        )
        rows = self.connection.execute(
            f"select region_code, {dims}, value, value_low, value_high, statuses[state_number // 1000], numerator, denominator "
            "from build.intermediate.int_indicator__value as figures "
            "inner join build.intermediate.int_indicator__breakdown as breakdowns using (breakdown_id) "
            "cross join (select $statuses as statuses)",
            {"statuses": list(vocabulary()["value_status"])},
        ).fetchall()
        return {row[:4]: row[4:] for row in rows}


@pytest.fixture
def laid() -> Laid:
    return Laid()


SMALL = moves("1144", 2020, years_0_4=(0, 0, 0, 0), years_5_plus=(5, 3, 0, 8), all=(5, 3, 0, 8))


def test_a_printed_inner_cell_keeps_its_value_and_gets_bounds(laid: Laid) -> None:
    laid.lay_dataset(load_specs()[MOVES], SMALL)
    found = laid.figures("length_of_residence", "category")
    assert found["1144", "years_0_4", "moved_here"] == (0, 0, 2, "rounded")
    assert found["1144", "years_5_plus", "moved_here"] == (3, 1, 3, "rounded")
    assert found["1144", "years_5_plus", "settled_here"] == (5, 5, 5, "ok"), "all else is exact"


def test_a_total_is_the_sum_of_its_inner_cells(laid: Laid) -> None:
    laid.lay_dataset(load_specs()[MOVES], SMALL)
    found = laid.figures("length_of_residence", "category")
    assert found["1144", "years_0_4", "all"] == (0, 0, 6, "rounded"), "three zeros"
    assert found["1144", "all", "settled_here"] == (5, 5, 7, "rounded")
    assert found["1144", "years_5_plus", "all"] == (8, 6, 10, "rounded"), "5, 3 and 0"
    assert found["1144", "all", "all"] == (8, 6, 16, "rounded")


def test_an_inner_cell_that_is_not_printed_may_have_been_rounded_either_way(laid: Laid) -> None:
    """2014 has no `unknown`: a total may hold one more cell, printed 0 or 3."""
    cells = moves("1144", 2015, years_0_4=(10, 0, None, 13), all=(None, None, None, 40))
    whole = moves("1145", 2016, years_0_4=(9, 9, 9, 27), years_5_plus=(9, 9, 9, 27))
    laid.lay_dataset(load_specs()[MOVES], cells + whole)
    found = laid.figures("length_of_residence", "category")
    assert found["1144", "years_0_4", "all"] == (13, 11, 17, "rounded")
    low, high = found["1144", "all", "all"][1:3]
    assert low <= 40 - 8 and high >= 40 + 8, "four cells are not printed"


def test_a_sum_of_municipalities_adds_the_intervals_and_the_printed_values(laid: Laid) -> None:
    """Færder of 2016 is Nøtterøy (0722) and Tjøme (0723)."""
    cells = moves("0722", 2016, years_0_4=(40, 3, 0, 43)) + moves("0723", 2016, years_0_4=(9, 0, 0, 9))
    laid.lay_dataset(load_specs()[MOVES], cells)
    found = laid.figures("length_of_residence", "category")
    assert found["3911", "years_0_4", "moved_here"] == (3, 1, 5, "rounded")
    assert found["3911", "years_0_4", "settled_here"] == (49, 49, 49, "ok")


def test_counties_are_not_rounded(laid: Laid) -> None:
    """In the delivery of 2015 Østfold has 1 733 where the rounded municipalities make 1 734."""
    cells = [{**cell, "region_level": "county"} for cell in moves("03", 2020, years_0_4=(3, 0, 0, 3))]
    laid.lay_dataset(load_specs()[MOVES], cells)
    assert laid.figures("category")["03", "moved_here"] == (0, 0, 0, "ok")


def test_a_printed_total_that_its_parts_miss_by_one_lies_inside_its_bounds(laid: Laid) -> None:
    """1816 Vevelstad 2017, reason not given: 3 women, 0 men, 4 in all."""
    cells = [
        {"region_code": "1816", "year": 2017, "immigrant_category": "immigrants", "immigration_reason": "unknown", **c}
        for c in ({"sex": "female", "value": 3}, {"sex": "male", "value": 0}, {"sex": "all", "value": 4})
    ]
    laid.lay_dataset(load_specs()[REASONS], cells)
    assert laid.figures("sex")["1816", "all"] == (4, 1, 5, "rounded")


def _levels(year: int, *values: int) -> list[dict[str, Any]]:
    names = ("none", "primary", "upper_secondary", "higher", "unknown")
    place = {"region_code": "3909", "year": year, "immigrant_category": "immigrants", "sex": "female"}
    return [{**place, "education_level": name, "value": value} for name, value in zip(names, values, strict=True)]


def test_where_a_publisher_rounds_in_some_years_each_year_is_tried_on_its_figures(laid: Laid) -> None:
    laid.lay_dataset(load_specs()[EDUCATION], _levels(2021, 0, 3, 3, 40, 0) + _levels(2022, 0, 1, 2, 40, 3))
    found = laid.figures("education_level", where="year = 2021")
    assert found["3909", "primary"] == (3, 1, 3, "rounded")
    found = laid.figures("education_level", where="year = 2022")
    assert found["3909", "primary"] == (1, 1, 1, "ok") and found["3909", "unknown"] == (3, 3, 3, "ok")


def test_a_share_of_rounded_counts_has_the_bounds_of_the_extreme_cases(laid: Laid) -> None:
    laid.lay_dataset(load_specs()[MOVES], SMALL)
    found = laid.share("refugees_moved_here_share")
    value, low, high, status, *counts = found["1144", "all", "all", "years_5_plus"]
    assert (value, status, counts) == (37.5, "rounded", [3, 8])
    assert (low, high) == pytest.approx((100 / 10, 300 / 6))


def test_nothing_is_divided_by_a_zero_that_may_be_rounded(laid: Laid) -> None:
    laid.lay_dataset(load_specs()[MOVES], SMALL)
    found = laid.share("refugees_moved_here_share")
    assert found["1144", "all", "all", "years_0_4"][:4] == (None, 0, 100, "interval")


def _shares(level: str, persons: float, of: float, percent: float) -> list[dict[str, Any]]:
    place = {"region_code": "03", "region_level": "county", "year": 2020, "immigrant_category": "all", "sex": "all"}
    return [
        {**place, "education_level": level, "value": persons},
        {**place, "education_level": level, "value": percent, "unit": "percent"},
        {**place, "education_level": "all", "value": of},
    ]


def test_a_code_without_a_name_is_no_level_of_an_indicator(laid: Laid) -> None:
    laid.lay_dataset(load_specs()[EDUCATION], _shares("unlabelled", 11_893, 42_103, 52.4))
    assert not [key for key in laid.share("education_level_share") if key[2] == "unlabelled"]


def test_a_part_larger_than_its_whole_is_no_ok(laid: Laid) -> None:
    """IMDi's grants to Oslo in 2012 have a part of 452.7 million of 171.4 in all."""
    cells = [cell for cell in _shares("primary", 4527, 1714, 0) if cell.get("unit") != "percent"]
    laid.lay_dataset(load_specs()[EDUCATION], cells)
    value, low, high, status, *_ = laid.share("education_level_share")["03", "all", "primary", "all"]
    assert (round(value), status) == (264, "contradicted") and low == high == value


def test_a_code_that_no_municipality_prints_is_no_part_of_its_totals(laid: Laid) -> None:
    """A file of municipalities without sexes: both together are its inner cells, whatever the counties print."""
    cells = [{**cell, "sex": "all"} for cell in _levels(2021, 0, 3, 8, 40, 9)]
    county = {"region_code": "03", "region_level": "county", "year": 2021, "immigrant_category": "immigrants"}
    laid.lay_dataset(
        load_specs()[EDUCATION], [*cells, {**county, "sex": "female", "education_level": "none", "value": 0}]
    )
    found = laid.figures("education_level", where="region_code = '3909'")
    assert found["3909", "primary"] == (3, 1, 3, "rounded") and found["3909", "unknown"] == (9, 9, 9, "ok")


def test_only_a_place_that_no_rounding_can_change_is_given(laid: Laid) -> None:
    """1144 has 3 of 8, which may be anything from 10 to 50 per cent, beside 90, 50 and 5."""
    exact = {"1103": (10, 90, 0, 100), "1106": (50, 50, 10, 110), "1108": (190, 10, 0, 200)}
    cells = [cell for code, counts in exact.items() for cell in moves(code, 2020, years_5_plus=counts)]
    cells = [
        {**c, "value": 100 if c["region_code"] == "1106" and c["category"] == "all" else c["value"]} for c in cells
    ]
    laid.lay_dataset(load_specs()[MOVES], cells + SMALL)
    laid.share("refugees_moved_here_share")
    rows = laid.connection.execute(
        "select region_code, value_rank, ranked_count from build.intermediate.int_indicator__standing "
        "inner join build.intermediate.int_indicator__breakdown using (breakdown_id) "
        "where length_of_residence = 'years_5_plus' and year = 2020 and value_rank is not null order by 2"
    ).fetchall()
    assert rows == [("1103", 1, 4), ("1106", 2, 4), ("1108", 4, 4)]
