"""A figure as a chart that PowerPoint itself can edit: categories, series and the numbers between them.

Here: what is drawn, and in words what cannot be drawn. Not here: colours and shapes (draw.py), or which figures (deck.py).
A figure that is not one known number leaves a gap in the chart and a line in the remark: hidden is not zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from report.drawing.charts import cell_text
from report.model import Cell, Figure, Line, Role
from report.words.norwegian import Unit, figure
from report.words.texts import texts

Kind = Literal["columns", "bars", "lines"]
STAR = "*"


@dataclass(frozen=True)
class PlottedSeries:
    """One row of numbers, None where there is no one number; ``role`` decides the colour."""

    name: str
    values: tuple[float | None, ...]
    role: Role = "other"


@dataclass(frozen=True)
class Plot:
    """A chart with its text for who does not see it; ``remark`` says what the chart leaves out or marks."""

    kind: Kind
    title: str
    unit: Unit
    categories: tuple[str, ...]
    series: tuple[PlottedSeries, ...]
    remark: str = ""
    is_demo: bool = False

    @property
    def alt(self) -> str:
        """What the chart shows, in words and figures."""
        words = texts().slides["words"]
        told = []
        for series in self.series:
            pairs = [
                f"{category} {cell_text(Cell(value), self.unit)}"
                for category, value in zip(self.categories, series.values, strict=True)
            ]
            told.append(f"{series.name}: {', '.join(pairs)}")
        text = f"{words[self.kind]}: {self.title} ({self.unit.name}). {'. '.join(told)}."
        return f"{text} {self.remark}".strip()


def plot_of(shown: Figure) -> Plot | None:
    """The chart of a figure, None when no line has a known number.

    Counts show the municipality alone, since areas of different size do not meet in one chart; groups stand side by side
    in the newest year that all of them have; one year is never drawn as a line.
    """
    if len(shown.groups) > 1:
        return _groups(shown)
    lines = [line for line in shown.lines if any(line.at(year).is_known for year in shown.years)]
    if shown.unit.is_additive and not shown.is_forecast:
        lines = [line for line in lines if line.role in ("municipality", "other")]
    if not lines:
        return None
    years = [year for year in shown.years if any(line.at(year).says_something for line in lines)]
    if len(years) == 1 and len(lines) > 1:
        return _one_year(shown, lines, years[0])
    kind: Kind = "columns" if shown.form == "bars" or len(years) == 1 else "lines"
    return by_year(kind, shown, [(line.title, line) for line in lines])


def by_year(kind: Kind, shown: Figure, lines: Sequence[tuple[str, Line]]) -> Plot:
    """Years across, a series to each line; a year that was not over is starred."""
    words = texts().slides["words"]
    if shown.is_forecast and any(line.at(year).is_at_least for _, line in lines for year in shown.years):
        return _at_least(kind, shown, lines)
    series = tuple(
        PlottedSeries(name, tuple(line.at(year).value for year in shown.years), line.role) for name, line in lines
    )
    running = [year for year in shown.years if any(line.at(year).is_running for _, line in lines)]
    categories = tuple(f"{year}{STAR if year in running else ''}" for year in shown.years)
    remarks = [_gap(shown, name, line.at(year), str(year)) for name, line in lines for year in shown.years]
    if running:
        remarks.append(words["running"])
    return Plot(kind, shown.title, shown.unit, categories, series, _joined(remarks), shown.is_demo)


def _at_least(kind: Kind, shown: Figure, lines: Sequence[tuple[str, Line]]) -> Plot:
    """A forecast of which some years are known from below only: the columns stand for the least, and the year says so."""
    words = texts().slides["words"]
    open_years = {year for year in shown.years if any(line.at(year).is_at_least for _, line in lines)}
    series = []
    for name, line in lines:
        cells = [line.at(year) for year in shown.years]
        series.append(PlottedSeries(name, tuple(c.low if c.value is None else c.value for c in cells), line.role))
    categories = tuple(words["least"].format(year=year) if year in open_years else str(year) for year in shown.years)
    return Plot(kind, shown.title, shown.unit, categories, tuple(series), words["least_remark"], shown.is_demo)


def turned(shown: Figure) -> Plot | None:
    """Lines down, the newest year only: for a figure whose lines are steps with long names."""
    year = shown.years[-1]
    lines = [line for line in shown.lines if line.at(year).is_known]
    if not lines:
        return None
    values = tuple(line.at(year).value for line in lines)
    names = tuple(line.title for line in lines)
    title = f"{shown.title}, {year}"
    return Plot(
        "bars", title, shown.unit, names, (PlottedSeries(str(year), values, "municipality"),), is_demo=shown.is_demo
    )


def _groups(shown: Figure) -> Plot | None:
    """Areas across, a series to each group, in the newest whole year in which the municipality has all groups."""
    own = [line for line in shown.lines if line.role == "municipality"]
    told = [y for y in shown.years if own and all(line.at(y).is_known and not line.at(y).is_running for line in own)]
    if not told:
        return None
    year = told[-1]
    areas = list(dict.fromkeys((line.role, line.title) for line in shown.lines))
    found = {(line.role, line.group): line for line in shown.lines}
    roles: tuple[Role, ...] = ("municipality", "other", "county", "country")
    series, remarks = [], []
    for place, group in enumerate(shown.groups):
        lines = [found.get((role, group)) for role, _ in areas]
        values = tuple(line.at(year).value if line else None for line in lines)
        series.append(PlottedSeries(group, values, roles[place % len(roles)]))
        remarks += [_gap(shown, line.label, line.at(year), str(year)) for line in lines if line]
    title = f"{shown.title}, {year}"
    return Plot(
        "columns", title, shown.unit, tuple(name for _, name in areas), tuple(series), _joined(remarks), shown.is_demo
    )


def _one_year(shown: Figure, lines: Sequence[Line], year: int) -> Plot:
    words = texts().slides["words"]
    values = tuple(line.at(year).value for line in lines)
    remarks = [_gap(shown, line.title, line.at(year), str(year)) for line in lines]
    is_running = any(line.at(year).is_running for line in lines)
    title = f"{shown.title}, {year}{STAR if is_running else ''}"
    series = (PlottedSeries(str(year), values, "municipality"),)
    remark = _joined([*remarks, words["running"] if is_running else ""])
    names = tuple(line.title for line in lines)
    return Plot("columns", title, shown.unit, names, series, remark, shown.is_demo)


def _gap(shown: Figure, name: str, cell: Cell, period: str) -> str:
    """What stands where the chart has a gap, or beside a number that is rounded; empty for a plain number or for nothing."""
    words = texts().slides["words"]
    if cell.is_known or not cell.says_something:
        return words["rounded"] if cell.is_rounded else ""
    text = cell_text(cell, shown.unit)
    low, high = (figure(bound, shown.unit) if bound is not None else "" for bound in (cell.low, cell.high))
    if cell.is_interval and low == high:
        text = texts().sentences["about"].format(value=low)
    return words["gap"].format(name=name, period=period, text=text)


def _joined(remarks: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(remark for remark in remarks if remark))
