"""The barometer: every headline figure on one line, with what it lies beside, where among all, how it went, and from when it is.

Here: the lines as plain values. Not here: which lines there are (rules.yml), drawing (drawing/marks.py), words, writers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from report.judging.verdict import Evidence, Judged, Movement, judge, movement
from report.model import Cell, Role
from report.profile.candidates import is_broken
from report.profile.evidence import Place, Weighed, where_of
from report.profile.findings import Weights
from report.profile.rules import Row
from report.reading.everywhere import Region, Where
from report.words.norwegian import Unit
from report.words.texts import profile_words

SPARK_YEARS = 5


@dataclass(frozen=True)
class OtherArea:
    """The figure of an area in the line's year, and what may be said of the municipality against it."""

    cell: Cell
    judged: Judged


@dataclass(frozen=True)
class BarometerLine:
    """One line. ``strip`` holds the figures as shown of all municipalities with enough persons behind them, ``years`` the five
    years of the small line, ``changed`` what the change since ``since`` is called; None where no earlier year is known."""

    row_id: str
    group: str
    name: str
    indicator_id: str
    where: Where
    unit: Unit
    direction: str
    year: int
    evidence: Evidence
    beside: Mapping[Role, OtherArea]
    place: Place | None
    strip: tuple[float, ...]
    years: Mapping[int, Cell]
    since: int | None
    change: Judged | None
    changed: Movement | None
    broken: tuple[int, ...]
    age: int
    is_demo: bool

    @property
    def cell(self) -> Cell:
        return self.evidence.cell

    @property
    def has_few(self) -> bool:
        """True of a known figure with too few persons behind it to be compared."""
        return self.cell.is_known and self.place is None

    @property
    def shown(self) -> float | None:
        """The municipality's figure on the strip's scale; None where too few persons stand behind it."""
        return None if self.place is None or self.cell.value is None else self.cell.value * self.unit.factor


@dataclass(frozen=True)
class Barometer:
    """The lines in order. ``absent`` are the names of those that this release has no figure of for any of the areas."""

    lines: tuple[BarometerLine, ...]
    absent: tuple[tuple[str, str], ...]
    roles: tuple[Role, ...]
    """The areas that have any figure, in the order of their columns."""


def barometer(known: Weights, municipality: str) -> Barometer:
    """The lines of one municipality; series are read by ``findings.weights``."""
    region = known.whole.region(municipality)
    lines, absent = [], []
    for group in known.scales.rules.barometer:
        for row in group.rows:
            found = _line(known, region, group.group, row)
            if found is None:
                absent.append((row.indicator[0], profile_words()["barometer"]["rows"][row.row]))
            else:
                lines.append(found)
    order: tuple[Role, ...] = ("county", "country", "kostra_group")
    roles = tuple(role for role in order if any(role in line.beside for line in lines))
    return Barometer(tuple(lines), tuple(absent), roles)


def _line(known: Weights, region: Region, group: str, row: Row) -> BarometerLine | None:
    """The first indicator with the newest figure of the municipality; without one, the first with a figure of another area."""
    found = [w for i in row.indicator if (w := known.scales.of(i, where_of(row.where)))]
    own = [(weighed.whole_year(region.code) or 0, -place, weighed) for place, weighed in enumerate(found)]
    if not own:
        return None
    year, _, weighed = max(own, key=lambda one: one[:2])
    if not year:
        # nothing known of the municipality: the newest year of the country says how the word for it is meant
        year = next((y for y in reversed(weighed.series.years) if weighed.evidence("00", y).cell.is_known), 0)
        if not year:
            return None
    return _filled(known, region, group, row, weighed, year)


def _filled(known: Weights, region: Region, group: str, row: Row, weighed: Weighed, year: int) -> BarometerLine:
    own, limits = weighed.evidence(region.code, year), known.scales.limits
    beside = {
        role: OtherArea(other.cell, judge(own, other, weighed.unit, limits, is_inside=True))
        for role, code in known.whole.beside(region).items()
        if (other := weighed.evidence(code, year)).cell.says_something
    }
    since, before = _before(weighed, region, year)
    change = judge(own, before, weighed.unit, limits) if before else None
    series = weighed.series
    told = {y: weighed.evidence(region.code, y).cell for y in range(year - SPARK_YEARS + 1, year + 1)}
    breaks = (series.row.get("first_break_year"), series.row.get("last_break_year"))
    return BarometerLine(
        row_id=row.row,
        group=group,
        name=profile_words()["barometer"]["rows"][row.row],
        indicator_id=series.indicator_id,
        where=series.where,
        unit=weighed.unit,
        direction=series.row["direction"],
        year=year,
        evidence=own,
        beside=beside,
        place=weighed.place(region.code, year),
        strip=tuple(float(value) for value in np.sort(weighed.others(year))),
        years=told,
        since=since,
        change=change,
        changed=movement(change, own, before, series.row["direction"], limits) if change and before else None,
        broken=tuple(sorted({one for one in breaks if one and year - SPARK_YEARS + 1 < one <= year})),
        age=known.whole.sources.today.year - year,
        is_demo=series.is_demo,
    )


def _before(weighed: Weighed, region: Region, year: int) -> tuple[int | None, Evidence | None]:
    """The figure three years before, else the newest of the years between, where no break of definition lies between."""
    for earlier in (year - 3, year - 2, year - 1):
        found = weighed.evidence(region.code, earlier)
        if found.cell.is_known and not found.cell.is_running and not is_broken(weighed, earlier, year):
            return earlier, found
    return None, None
