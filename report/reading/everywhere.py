"""Figures of all areas at once: what places one municipality among the others, read once for any number of them.

Here: series of the star as arrays of area by year, with what a cell is when it is no plain number. Not here: which series
are asked for (profile/), sentences, figures of one municipality for the report's chapters (figures.py).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import isnan

import numpy as np
import pyarrow as pa

from report.model import Cell, Role
from report.reading.areas import COUNTRY, Sources
from report.reading.marts import Marts, Row
from report.reading.shelf import BREAKDOWNS

LEVELS = ("municipality", "county", "country", "kostra_group")
YEARS = 12
"""How many years back are read: enough for a line of ten and a change over three."""
Where = tuple[tuple[str, str], ...]
"""The breakdowns that are not the total, in the order of BREAKDOWNS."""


@dataclass(frozen=True)
class Region:
    """An area of today; ``kostra`` is empty where no group is known."""

    code: str
    name: str
    level: str
    county: str = ""
    kostra: str = ""


@dataclass(frozen=True)
class Series:
    """One indicator in one breakdown for all areas. Arrays are areas down and ``years`` across; NaN is no number.

    ``low`` and ``high`` are the value where it has no bounds of its own. ``state`` is the key of ``Everywhere.states``.
    """

    indicator_id: str
    where: Where
    row: Row
    years: tuple[int, ...]
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    state: np.ndarray
    release: np.ndarray
    is_demo: bool

    def column(self, year: int) -> int | None:
        """The place of a year, None where the series does not reach it."""
        place = year - self.years[0]
        return place if 0 <= place < len(self.years) else None


@dataclass
class Everywhere:
    """All areas and the series asked for, from one release."""

    regions: tuple[Region, ...]
    index: Mapping[str, int]
    municipalities: np.ndarray
    """Places of the municipalities among the areas."""
    indicators: Mapping[str, Row]
    available: Mapping[str, list[tuple[Where, int, bool]]]
    """By indicator the breakdowns that have any figure for a municipality, with the series' number and whether it is invented."""
    sources: Sources
    states: Mapping[int, Row] = field(default_factory=dict)
    fetched: Mapping[int, date] = field(default_factory=dict)
    series: dict[tuple[str, Where], Series] = field(default_factory=dict)

    def of(self, indicator_id: str, where: Where = ()) -> Series | None:
        return self.series.get((indicator_id, where))

    def region(self, code: str) -> Region:
        return self.regions[self.index[code]]

    def beside(self, region: Region) -> dict[Role, str]:
        """Codes of the areas a municipality stands beside; one that is its whole county (Oslo) has no county beside it."""
        codes: dict[Role, str] = {"county": region.county, "kostra_group": region.kostra, "country": COUNTRY}
        if self._siblings.get(region.county) == 1:
            del codes["county"]
        return {role: code for role, code in codes.items() if code in self.index}

    @cached_property
    def _siblings(self) -> Counter[str]:
        return Counter(region.county for region in self.regions if region.level == "municipality")

    def retrieved(self, series: Series, release: int) -> date | None:
        """The day the release behind a cell was fetched."""
        found = self.fetched.get(release)
        return found or self.sources.retrieved(None, self.sources.of_indicator(series.indicator_id))

    def cell(self, series: Series, code: str, year: int) -> Cell:
        """A cell as the report's other figures have it."""
        place, column = self.index.get(code), series.column(year)
        if place is None or column is None:
            return Cell()
        value, low, high = (
            series.value.item(place, column),
            series.low.item(place, column),
            series.high.item(place, column),
        )
        state = self.states.get(series.state.item(place, column), {})
        return Cell(
            value=None if isnan(value) else value,
            low=None if isnan(low) else low,
            high=None if isnan(high) else high,
            status=state.get("value_status") or "missing",
            basis=state.get("geography_basis") or "",
            reason=state.get("reason") or "",
            retrieved=self.retrieved(series, series.release.item(place, column)),
            is_running=state.get("is_whole_year") is False,
        )


def everywhere(marts: Marts, sources: Sources) -> Everywhere:
    """Areas, indicators and what there is of each; no figures yet. Empty where a release has no star."""
    rows = marts.rows("dim_region", order=["region_code"])
    regions = [
        Region(
            row["region_code"],
            row["region_name"],
            row["region_level"],
            row.get("county_code") or "",
            row.get("kostra_group_code") or "",
        )
        for row in rows
    ]
    known = {region.code for region in regions}
    regions += [Region(code, code, "kostra_group") for code in sorted({r.kostra for r in regions} - known - {""})]
    return Everywhere(
        regions=tuple(regions),
        index={region.code: place for place, region in enumerate(regions)},
        municipalities=np.array(
            [i for i, region in enumerate(regions) if region.level == "municipality"], dtype=np.int64
        ),
        indicators={row["indicator_id"]: row for row in marts.rows("dim_indicator")},
        available=_available(marts),
        sources=sources,
        states={row["state_number"]: row for row in marts.rows("dim_figure_state")},
        fetched=_fetched(marts, sources),
    )


def _available(marts: Marts) -> dict[str, list[tuple[Where, int, bool]]]:
    if not marts.has("dim_series", "series_number", *BREAKDOWNS) or not marts.has("fct_figure_municipality", "value"):
        return {}
    found: dict[str, list[tuple[Where, int, bool]]] = {}
    for row in marts.ask(
        "select * from marts.dim_series where series_number in "
        "(select distinct series_number from marts.fct_figure_municipality where value is not null) order by series_number"
    ):
        where = tuple((name, row[name]) for name in BREAKDOWNS if row[name] != "all")
        found.setdefault(row["indicator_id"], []).append((where, row["series_number"], bool(row["is_demo"])))
    return found


def _fetched(marts: Marts, sources: Sources) -> dict[int, date]:
    by_release = {release_id: sources.retrieved(release_id, []) for _, release_id in sources.releases}
    rows = marts.rows("dim_release")
    return {row["release_number"]: day for row in rows if (day := by_release.get(row["release_id"]))}


def load(marts: Marts, whole: Everywhere, wanted: Iterable[tuple[str, Where]]) -> None:
    """Read the wanted series into ``whole`` in one question; what is there already, or not available, is left alone."""
    numbers: dict[int, tuple[str, Where, bool]] = {}
    for indicator_id, where in wanted:
        for has, number, is_demo in whole.available.get(indicator_id, []):
            if has == where and (indicator_id, where) not in whole.series:
                numbers[number] = (indicator_id, where, is_demo)
    if not numbers:
        return
    table = _table(marts, list(numbers))
    area = np.fromiter(
        (whole.index.get(code, -1) for code in table["region_code"].to_pylist()), np.int64, table.num_rows
    )
    # from_dlpack, not to_numpy: that loads pandas, which costs more than all the reading
    columns = {
        name: np.from_dlpack(table[name].combine_chunks()) for name in table.column_names if name != "region_code"
    }
    number = columns.pop("series_number")
    order = np.argsort(number, kind="stable")
    bounds = np.searchsorted(number[order], sorted(numbers))
    ends = [*bounds[1:], len(order)]
    for one, first, last in zip(sorted(numbers), bounds, ends, strict=True):
        rows = order[first:last]
        rows = rows[area[rows] >= 0]
        indicator_id, where, is_demo = numbers[one]
        if len(rows):
            taken = {name: values[rows] for name, values in columns.items()}
            whole.series[indicator_id, where] = _series(whole, indicator_id, where, is_demo, area[rows], taken)


def _table(marts: Marts, numbers: list[int]) -> pa.Table:
    """Rows of the newest YEARS years of each series, without nulls: NaN for no number, -1 for no state or release."""
    listed = ", ".join(str(int(number)) for number in numbers)
    parts = [
        "select series_number, region_code, year, value, value_low, value_high, numerator, denominator, state_number, "
        f"release_number from marts.fct_figure_{level} where series_number in ({listed})"
        for level in LEVELS
        if marts.has(f"fct_figure_{level}", "series_number", "value")
    ]
    none = "'nan'::double"
    return marts.table(
        f"select series_number, region_code, year, coalesce(value, {none}) as value, "
        f"coalesce(value_low, value, {none}) as value_low, coalesce(value_high, value, {none}) as value_high, "
        f"coalesce(numerator, {none})::double as numerator, coalesce(denominator, {none})::double as denominator, "
        "coalesce(state_number, -1) as state_number, coalesce(release_number, -1) as release_number "
        f"from ({' union all '.join(parts)}) "
        f"qualify year > max(year) over (partition by series_number) - {YEARS}"
    )


def _series(
    whole: Everywhere, indicator_id: str, where: Where, is_demo: bool, area: np.ndarray, taken: dict[str, np.ndarray]
) -> Series:
    first, last = int(taken["year"].min()), int(taken["year"].max())
    column = taken["year"].astype(np.int64) - first
    shape = (len(whole.regions), last - first + 1)

    def spread(name: str, empty: float, kind: type) -> np.ndarray:
        filled = np.full(shape, empty, dtype=kind)
        filled[area, column] = taken[name]
        return filled

    return Series(
        indicator_id,
        where,
        whole.indicators[indicator_id],
        tuple(range(first, last + 1)),
        *(spread(name, np.nan, float) for name in ("value", "value_low", "value_high", "numerator", "denominator")),
        spread("state_number", -1, int),
        spread("release_number", -1, int),
        is_demo,
    )
