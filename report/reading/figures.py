"""From a declaration to a figure: which rows of the marts, for which areas and years.

Here: reading cells and choosing years. Not here: sentences, drawing, or figures whose periods are not calendar years.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from report.model import Cell, Figure, Line, Role
from report.profile.unsure import Unsure
from report.reading.areas import Areas, Sources
from report.reading.marts import Marts, Row
from report.reading.shelf import BREAKDOWNS, Shelf
from report.sections.declarations import IndicatorFigure, MartFigure, declarations
from report.words.norwegian import Unit
from report.words.texts import texts, unit_of

LEAST_YEARS = 4
"""The council asked for at least this many years where they exist."""

INHABITANTS = ("population_harmonised_persons", "population_persons")
"""Inhabitants on 1 January; where both have a year, the second is used."""
_PARTED = re.compile(
    r",? etter (?:kjønn|alder|bakgrunn|innvandrerbakgrunn|innvandringskategori)(?: og (?:kjønn|alder))?(?= \(|$)"
)
"""What an indicator can be parted by, at the end of its name: a figure that shows the total does not promise it."""
ROLES: tuple[Role, ...] = ("municipality", "county", "country")


@dataclass(frozen=True)
class FigureReader:
    """Reads figures of one municipality from one release; ``years`` is how many are shown."""

    marts: Marts
    areas: Areas
    sources: Sources
    years: int
    given: Shelf | None = None
    """Rows that were read for several municipalities at once; without them they are read when first asked for."""
    unsure: Unsure | None = None
    """Which differences from the other areas are uncertain; without it none is called so."""

    @cached_property
    def _shelf(self) -> Shelf:
        return self.given or shelf_of(self.marts, self.areas.codes)

    @cached_property
    def _indicators(self) -> dict[str, Row]:
        return {row["indicator_id"]: row for row in self.marts.rows("dim_indicator")}

    @cached_property
    def labels(self) -> dict[tuple[str, str], str]:
        """Norwegian labels by breakdown and code; a word of texts.yml goes before the name in the code list."""
        own = {(dimension, code): label for dimension, codes in texts().labels.items() for code, label in codes.items()}
        return {(row["dimension"], row["code"]): row["label_nb"] for row in self.marts.rows("dim_breakdown_code")} | own

    @cached_property
    def _measures(self) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        if self.marts.has("dim_indicator_term", "dataset_id", "measure"):
            for row in self.marts.rows("dim_indicator_term", order=["indicator_id"]):
                name = self._indicators.get(row["indicator_id"], {}).get("name_nb")
                found.setdefault((row["dataset_id"], row["measure"]), name or "")
        return found

    def indicator_row(self, indicator_id: str) -> Row:
        """The row of dim_indicator, empty for an id that this release does not know."""
        return self._indicators.get(indicator_id, {})

    def named(self, indicator_id: str, where: Mapping[str, str]) -> str:
        """«Sysselsatte: innvandrere»: the indicator with the groups that are chosen of it."""
        row = self._indicators[indicator_id]
        fixed = [self.labels.get(item, item[1]) for item in where.items() if self._splits(row, item[0])]
        small = ", ".join(label[:1].lower() + label[1:] for label in fixed)
        name = _PARTED.sub("", str(row["name_nb"]))
        return f"{name}: {small}" if fixed else name

    def code_of(self, asked: IndicatorFigure, group: str) -> str:
        """The code whose label is the group's, «all» when there is none."""
        codes = [code for several in (asked.groups.codes if asked.groups else []) for code in several]
        dimension = asked.groups.dimension if asked.groups else ""
        return next((code for code in codes if self.labels.get((dimension, code), code) == group), "all")

    def indicator_of(self, dataset_id: str, measure: str) -> str:
        """The Norwegian name of an indicator made from a measure, empty when there is none."""
        return self._measures.get((dataset_id, measure), "")

    def indicator(self, asked: IndicatorFigure) -> Figure | None:
        """Of the declared indicators the one with the newest year for the municipality, else for any area, else None.

        Of equals the first declared is taken.
        """
        found: list[tuple[int, int, Figure]] = []
        for indicator_id in asked.indicator:
            row = self._indicators.get(indicator_id)
            if row is None:
                continue
            lines = self._without_own_county(self._indicator_lines(indicator_id, asked))
            years = shown_years(lines, max(self.years, LEAST_YEARS))
            if years:
                own = shown_years([line for line in lines if line.role == "municipality"], 1)
                found.append((max(own, default=0), years[-1], self._figure(row, asked, tuple(lines), years)))
        return max(found, key=lambda candidate: candidate[:2])[2] if found else None

    def _without_own_county(self, lines: list[Line]) -> list[Line]:
        """A municipality that is its whole county stands alone, unless only the county has figures."""
        told = any(cell.says_something for line in lines if line.role == "municipality" for cell in line.cells.values())
        if not (self.areas.is_own_county and told):
            return lines
        return [line for line in lines if line.role != "county"]

    def _figure(self, row: Row, asked: IndicatorFigure, lines: tuple[Line, ...], years: tuple[int, ...]) -> Figure:
        unit = unit_of(asked.unit or row["unit"])
        if asked.noun:
            unit = replace(unit, name=asked.noun.plural, singular=asked.noun.singular, plural=asked.noun.plural)
        datasets = self.sources.of_indicator(row["indicator_id"])
        breaks = {year for year in (row.get("first_break_year"), row.get("last_break_year")) if year}
        title = self.named(row["indicator_id"], asked.where)
        described = tuple(self.sources.describe(dataset_id) for dataset_id in datasets)
        is_per_capita = row["unit"] == "persons" and asked.has_per_capita and asked.groups is None
        return Figure(
            figure_id=row["indicator_id"],
            title=title,
            definition=row.get("definition_nb") or "",
            unit=unit,
            lines=self._ranked(row["indicator_id"], asked, lines, years),
            years=years,
            breaks=tuple(sorted(breaks)),
            direction=row.get("direction") or "neither",
            form=asked.form or _form(unit, years),
            phrase=asked.phrase_of(row["indicator_id"]),
            is_demo=any(source.is_demo for source in described),
            is_headline=asked.is_headline,
            sources=described,
            per_capita=self._per_capita(title, lines, years) if is_per_capita else None,
            where=tuple(self._chosen(row["indicator_id"], asked.where).items()),
        )

    @cached_property
    def _inhabitants(self) -> dict[Role, dict[int, float]]:
        """Inhabitants on 1 January by area and year; figures reworked to today's borders where Statistics Norway has none."""
        found: dict[Role, dict[int, float]] = {role: {} for role in ROLES}
        for indicator_id in INHABITANTS:
            if indicator_id in self._indicators:
                for line in self._area_lines(indicator_id, {}, ""):
                    found[line.role] |= {year: cell.value for year, cell in line.cells.items() if cell.value}
        return found

    def _per_capita(self, title: str, lines: tuple[Line, ...], years: tuple[int, ...]) -> Figure | None:
        """The same counts per 1000 inhabitants; None unless the municipality and another area can be set side by side."""
        made = []
        for line in lines:
            whole = self._inhabitants.get(line.role, {})
            cells = {y: _scaled(cell, 1000 / whole[y]) for y, cell in line.cells.items() if y in whole}
            made.append(replace(line, cells=cells))
        told = [line for line in made if any(line.at(year).says_something for year in years)]
        if len(told) < 2 or told[0].role != "municipality":
            return None
        unit = unit_of("per_1000")
        return Figure("per_capita", title, unit, tuple(told), years, form=_form(unit, years))

    def _chosen(self, indicator_id: str, where: dict[str, str]) -> dict[str, str]:
        """Code per breakdown; one that the indicator does not keep is «all» in its rows, whatever was declared."""
        kept = (self._indicators[indicator_id].get("breakdown_names") or "").split(",")
        return {name: where.get(name, "all") if name in kept else "all" for name in BREAKDOWNS}

    def _splits(self, row: Row, dimension: str) -> bool:
        return dimension in (row.get("breakdown_names") or "").split(",")

    def _indicator_lines(self, indicator_id: str, asked: IndicatorFigure) -> list[Line]:
        # an indicator that does not keep the dimension has totals only: they must not pass for a group
        if asked.groups is None or not self._splits(self._indicators[indicator_id], asked.groups.dimension):
            return self._area_lines(indicator_id, asked.where, "")
        lines: list[Line] = []
        for alternatives in asked.groups.codes:
            for code in alternatives:
                group = self.labels.get((asked.groups.dimension, code), code)
                found = self._area_lines(indicator_id, {**asked.where, asked.groups.dimension: code}, group)
                if any(cell.says_something for line in found for cell in line.cells.values()):
                    lines += found
                    break
        if not lines:
            return self._area_lines(indicator_id, asked.where, "")
        return lines

    def _area_lines(self, indicator_id: str, where: dict[str, str], group: str) -> list[Line]:
        chosen = self._chosen(indicator_id, where)
        datasets = self.sources.of_indicator(indicator_id)
        cells: dict[Role, dict[int, Cell]] = {role: {} for role in ROLES}
        for code, role in self.areas.codes.items():
            for row in self._shelf.rows(indicator_id, code, chosen):
                cells[role][row["year"]] = self._cell(row, datasets)
        unsure = self.unsure(indicator_id, chosen) if self.unsure else {}
        return [
            Line(role, self.areas.name(role), cells[role], group, unsure=unsure.get(role, frozenset()))
            for role in ROLES
        ]

    def _cell(self, row: Row, datasets: list[str]) -> Cell:
        release = row.get("release_id")
        return Cell(
            value=row["value"],
            low=row["value_low"],
            high=row["value_high"],
            status=row["value_status"],
            basis=row.get("geography_basis") or "",
            reason=row.get("reason") or "",
            retrieved=self.sources.retrieved(release, datasets),
            is_running=row.get("is_whole_year") is False,
            is_preliminary=self.sources.is_preliminary(release),
        )

    def _ranked(
        self, indicator_id: str, asked: IndicatorFigure, lines: tuple[Line, ...], years: tuple[int, ...]
    ) -> tuple[Line, ...]:
        """The municipality's lines with its place among all municipalities in its newest whole year."""
        return tuple(
            self._with_rank(indicator_id, asked, line, years) if line.role == "municipality" else line for line in lines
        )

    def _with_rank(self, indicator_id: str, asked: IndicatorFigure, line: Line, years: tuple[int, ...]) -> Line:
        known = [year for year in years if line.at(year).is_known and not line.at(year).is_running]
        if not known:
            return line
        where = dict(asked.where)
        if asked.groups and line.group:
            where[asked.groups.dimension] = self.code_of(asked, line.group)
        chosen = self._chosen(indicator_id, where)
        row = self._shelf.rank(indicator_id, self.areas.municipality_code, known[-1], chosen)
        if row is None:
            return line
        return replace(line, rank=row["rank"], ranked_count=row["ranked_count"], rank_year=known[-1])

    def mart(self, asked: MartFigure) -> Figure | None:
        """A column of a mart as lines; None when the table is absent or has nothing for any line."""
        words = texts().figures[asked.figure]
        lines, datasets, demo = [], dict[str, str](), False
        for wanted in asked.lines:
            where = {name: self._filled(value) for name, value in wanted.where.items()}
            rows = self.marts.rows(asked.mart, where, order=[asked.period])
            name = words[wanted.name].format(**self._names()) if wanted.name else self.areas.name(wanted.role)
            lines.append(Line(wanted.role, name, self._mart_cells(asked, rows)))
            demo = demo or any(row.get("is_demo") for row in rows)
            datasets |= {row["dataset_id"]: row.get("source_table") or "" for row in rows if row.get("dataset_id")}
        lines = self._without_own_county(lines)
        years = shown_years(lines, max(self.years, LEAST_YEARS))
        if not years:
            return None
        unit = unit_of(asked.unit)
        described = tuple(
            self.sources.describe(d, detail)
            for d, detail in datasets.items() or dict.fromkeys(asked.datasets, "").items()
        )
        return Figure(
            figure_id=asked.figure,
            title=words["title"],
            definition=words.get("definition", ""),
            unit=unit,
            lines=tuple(line for line in lines if line.role == "municipality" or _tells(line, years)),
            years=years,
            form=asked.form or _form(unit, years),
            phrase=asked.phrase,
            is_forecast=asked.is_forecast,
            is_headline=asked.is_headline,
            is_demo=demo or any(source.is_demo for source in described),
            sources=described,
        )

    def _mart_cells(self, asked: MartFigure, rows: list[Row]) -> dict[int, Cell]:
        cells: dict[int, Cell] = {}
        for row in rows:
            value = row.get(asked.value)
            low = row.get(asked.low) if asked.low else value
            high = row.get(asked.high) if asked.high else value
            period = row[asked.period]
            before = cells.get(period)
            if asked.sums and before and before.value is not None and value is not None:
                value = low = high = before.value + value
            told = (row.get(name) for name in asked.status)
            status = next((s for s in told if s and s != "ok"), "ok" if value is not None else "missing")
            cells[period] = Cell(_float(value), _float(low), _float(high), status, "published")
        return cells

    def _filled(self, value: str | int | bool) -> str | int | bool:
        codes = {"municipality": self.areas.municipality_code, "county": self.areas.county_code}
        return value.format(**codes) if isinstance(value, str) else value

    def _names(self) -> dict[str, str]:
        return {"municipality": self.areas.municipality, "county": self.areas.county, "country": self.areas.country}


def shelf_of(marts: Marts, areas: Iterable[str]) -> Shelf:
    """The rows of every declared figure for the areas with these codes."""
    asked = [one for section in declarations().sections for one in section.shows if isinstance(one, IndicatorFigure)]
    codes: dict[str, set[str]] = {}
    for one in asked:
        for name, code in one.where.items():
            codes.setdefault(name, set()).add(code)
        if one.groups:
            codes.setdefault(one.groups.dimension, set()).update(c for several in one.groups.codes for c in several)
    return Shelf.read(marts, [*INHABITANTS, *(i for one in asked for i in one.indicator)], areas, codes)


def _scaled(cell: Cell, factor: float) -> Cell:
    value, low, high = (None if v is None else v * factor for v in (cell.value, cell.low, cell.high))
    return replace(cell, value=value, low=low, high=high)


def shown_years(lines: Iterable[Line], count: int) -> tuple[int, ...]:
    """The newest ``count`` calendar years up to the newest one that any line tells something of, oldest first."""
    told = {year for line in lines for year, cell in line.cells.items() if cell.says_something}
    if not told:
        return ()
    last = max(told)
    first = max(min(told), last - count + 1)
    return tuple(range(first, last + 1))


def _tells(line: Line, years: Iterable[int]) -> bool:
    return any(line.at(year).says_something for year in years)


def _form(unit: Unit, years: tuple[int, ...]) -> Literal["bars", "lines"]:
    return "bars" if unit.is_additive or len(years) == 1 else "lines"


def _float(value: object) -> float | None:
    return None if value is None else float(value)
