"""The persons behind each figure of a series, for all areas: what makes a difference sure or not.

Here: counts and bases of a series, its spread among the municipalities, places. Not here: reading
(reading/everywhere.py), the rule that judges (judging/), which figures become findings (findings.py).
"""

from dataclasses import dataclass, field
from functools import cached_property
from math import isnan

import numpy as np

from report.judging.uncertainty import Counted
from report.judging.verdict import Evidence, Judged, Kind, Limits, judge
from report.profile.rules import Rules, rules
from report.reading.areas import COUNTRY
from report.reading.everywhere import BREAKDOWNS, Everywhere, Series, Where
from report.words.norwegian import Unit
from report.words.texts import unit_of

COUNTS = ("persons", "children", "households", "cases")
SCALES = {"percent": 100.0, "per_1000": 1000.0}
_TINY = 1e-9
"""What a half that is no binary number may lack: 2.675 is stored as a little less."""


@dataclass(frozen=True)
class Place:
    """How many municipalities have a higher and a lower figure as shown, how many the same, of how many with enough persons."""

    higher: int
    lower: int
    same: int
    of: int


@dataclass
class Weighed:
    """A series with the persons behind it. Arrays are areas down and the series' years across, NaN where unknown."""

    whole: Everywhere
    series: Series
    kind: Kind
    count: np.ndarray
    base: np.ndarray
    unit: Unit
    scale: float
    least: int
    least_of_group: int
    _known: dict[tuple[str, int], Evidence] = field(default_factory=dict)
    _country: dict[tuple[int, int], Judged] = field(default_factory=dict)

    def country_change(self, before: int, year: int, limits: Limits) -> Judged:
        """What may be said of the country's own change."""
        if (before, year) not in self._country:
            now, then = self.evidence(COUNTRY, year), self.evidence(COUNTRY, before)
            self._country[before, year] = judge(now, then, self.unit, limits)
        return self._country[before, year]

    def evidence(self, code: str, year: int) -> Evidence:
        """A figure with its persons; kept, since county and country are asked for by every municipality."""
        if (code, year) not in self._known:
            self._known[code, year] = self._evidence(code, year)
        return self._known[code, year]

    def _evidence(self, code: str, year: int) -> Evidence:
        cell = self.whole.cell(self.series, code, year)
        place, column = self.whole.index.get(code), self.series.column(year)
        if place is None or column is None:
            return Evidence(cell, self.kind, least=self.least)
        count, base = self.count.item(place, column), self.base.item(place, column)
        counted = Counted(count, base) if self.kind == "share" and not (isnan(count) or isnan(base)) else None
        return Evidence(cell, self.kind, counted, self._persons(count, base), self.scale, self.least)

    def _persons(self, count: float, base: float) -> float | None:
        """What the figure rests on: of a rate per thousand those counted, since the inhabitants are always many."""
        found = count if self.scale == SCALES["per_1000"] and self.kind == "share" else base
        return None if isnan(found) else found

    def whole_year(self, code: str) -> int | None:
        """The newest year with one known figure that is of a whole year."""
        place = self.whole.index[code]
        known = np.flatnonzero(~np.isnan(self.series.value[place]))[::-1]
        years = (self.series.years[column] for column in known)
        return next((year for year in years if not self.evidence(code, year).cell.is_running), None)

    @cached_property
    def rounded(self) -> np.ndarray:
        """The values as shown: half away from zero, in the places of the unit."""
        scaled = self.series.value * self.unit.factor * 10**self.unit.decimals
        return np.copysign(np.floor(np.abs(scaled) + 0.5 + _TINY), scaled) / 10**self.unit.decimals + 0.0

    @cached_property
    def _enough(self) -> np.ndarray:
        """Municipalities with a known figure that enough persons stand behind, by year."""
        rows = self.whole.municipalities
        # by the group, also for a rate: to leave out those with few counted would leave out the lowest
        return ~np.isnan(self.series.value[rows]) & (np.nan_to_num(self.base[rows], nan=0.0) >= self.least_of_group)

    def others(self, year: int) -> np.ndarray:
        """Values as shown of all municipalities with enough persons behind the figure of a year."""
        column = self.series.column(year)
        if column is None:
            return np.empty(0)
        return self.rounded[self.whole.municipalities, column][self._enough[:, column]]

    def place(self, code: str, year: int) -> Place | None:
        """Where a municipality lies among those with enough persons; None when it has not enough itself."""
        column, index = self.series.column(year), self.whole.index[code]
        if column is None or np.isnan(self.rounded[index, column]) or not self.evidence(code, year).is_enough:
            return None
        own, all_of = self.rounded[index, column], self.others(year)
        return Place(int((all_of > own).sum()), int((all_of < own).sum()), int((all_of == own).sum()) - 1, len(all_of))

    @cached_property
    def spreads(self) -> dict[tuple[int, int], float]:
        """Half the width that holds the middle 68 percent of the municipalities: of values (age 0), of changes over 1
        and 3 years."""
        found = {}
        rows, enough = self.whole.municipalities, self._enough
        for column, year in enumerate(self.series.years):
            for age in (0, 1, 3):
                if column < age:
                    continue
                values = self.series.value[rows, column] - (self.series.value[rows, column - age] if age else 0.0)
                kept = values[enough[:, column] & enough[:, column - age]]
                if len(kept) >= 10:
                    low, high = np.percentile(kept, [16, 84])
                    middle = 0.0 if not age else float(np.median(kept))
                    found[year, age] = float(np.hypot((high - low) / 2, middle))
        return found


class Scales:
    """The series of a release, weighed once each and used for every municipality."""

    def __init__(self, whole: Everywhere, own: Rules | None = None) -> None:
        self.whole = whole
        self.rules = own or rules()
        self._weighed: dict[tuple[str, Where], Weighed] = {}

    @property
    def limits(self) -> Limits:
        own = self.rules
        return Limits(own.uncounted_percent, own.least_persons_uncounted, own.as_before.points, own.as_before.percent)

    def of(self, indicator_id: str, where: Where) -> Weighed | None:
        series = self.whole.of(indicator_id, where)
        if series is None:
            return None
        if (indicator_id, where) not in self._weighed:
            self._weighed[indicator_id, where] = self._weigh(series)
        return self._weighed[indicator_id, where]

    def _weigh(self, series: Series) -> Weighed:
        own, unit = self.rules, series.row["unit"]
        empty = np.full(series.value.shape, np.nan)
        kind: Kind = "uncounted"
        count, base = empty, empty
        if unit in COUNTS:
            kind, count, base = "count", series.value, self._larger_of_years(series)
        elif unit in SCALES and series.indicator_id not in own.not_of_persons:
            count, base = self._share_counts(series, SCALES[unit])
            kind = "uncounted" if np.isnan(count).all() else "share"
        elif not np.isnan(series.denominator).all():
            base = series.denominator
        if np.isnan(base).all():
            base = self._declared_base(series)
            if unit in SCALES and series.indicator_id not in own.not_of_persons and not np.isnan(base).all():
                kind, count = "share", series.value / SCALES[unit] * base
        of_group = own.least_persons_uncounted if kind == "uncounted" else own.least_persons
        least = own.least_counted if kind == "share" and unit == "per_1000" else of_group
        scale = SCALES.get(unit, 1.0)
        return Weighed(self.whole, series, kind, count, base, unit_of(unit), scale, least, of_group)

    def _larger_of_years(self, series: Series) -> np.ndarray:
        """A count stands on its persons: this year's or the year before's, whichever are more, as a fall to few is news too."""
        before = np.roll(series.value, 1, axis=1)
        before[:, 0] = np.nan
        return np.fmax(series.value, before)

    def _share_counts(self, series: Series, scale: float) -> tuple[np.ndarray, np.ndarray]:
        """Persons counted and all of the group: as published, or from the count that goes with a published share."""
        if not np.isnan(series.denominator).all():
            return series.numerator, series.denominator
        pair = self.whole.of(self.rules.count_of(series.indicator_id), series.where)
        empty = np.full(series.value.shape, np.nan)
        if pair is None or pair.row["unit"] not in COUNTS:
            return empty, empty
        count = aligned(pair, pair.value, series.years)
        with np.errstate(divide="ignore", invalid="ignore"):
            base = np.round(count / (series.value / scale))
        base[~np.isfinite(base)] = np.nan
        return np.where(np.isnan(base), np.nan, count), base

    def _declared_base(self, series: Series) -> np.ndarray:
        declared = self.rules.base_of.get(series.indicator_id)
        for indicator_id in declared.indicator if declared else ():
            found = self.whole.of(indicator_id, where_of(declared.where if declared else {}))
            if found is not None:
                return aligned(found, found.value, series.years)
        return np.full(series.value.shape, np.nan)


def aligned(series: Series, values: np.ndarray, years: tuple[int, ...]) -> np.ndarray:
    """The columns of a series in other years; NaN where it has none."""
    columns = [series.column(year) for year in years]
    empty = np.full(len(values), np.nan)
    return np.stack([empty if column is None else values[:, column] for column in columns], axis=1)


def where_of(chosen: dict[str, str]) -> Where:
    """The breakdowns of a mapping in their fixed order, totals left out."""
    return tuple((name, chosen[name]) for name in BREAKDOWNS if chosen.get(name, "all") != "all")


def represented(whole: Everywhere, own: Rules) -> dict[str, Where]:
    """For each indicator the one breakdown that stands for it: the wanted codes that have figures, totals for the rest."""
    chosen: dict[str, Where] = {}
    for indicator_id, found in whole.available.items():
        kept = (whole.indicators.get(indicator_id, {}).get("breakdown_names") or "").split(",")
        has = {where for where, _, _ in found}
        candidates: list[dict[str, str]] = [{}]
        for name in kept:
            wanted = own.wanted(indicator_id, name) if name else ["all"]
            candidates = [{**before, name: code} for code in wanted for before in candidates]
        first = next((where for candidate in candidates if (where := where_of(candidate)) in has), None)
        if first is not None:
            chosen[indicator_id] = first
    return chosen
