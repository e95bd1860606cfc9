"""From the monthly time-series workbooks on nav.no (HL060, AAP155, PST302, NED155) to observations.

Here: finding sheets by words, months by name and areas by leading digits, and refusing a workbook that does not add up.
Not here: the county's special deliveries (special_delivery.py), the page and its link (page.py).
``source_row`` is the row of the sheet, ``source_column`` as sources/dataset/workbook.py counts it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sources.dataset.dimensions import fold, units
from sources.dataset.options import options_of
from sources.dataset.recognition import BY_NAME, Sighting, Specimen
from sources.dataset.spec import DatasetSpec
from sources.dataset.workbook import Cell, Sheet, as_text, open_workbook
from sources.klass.history import municipalities
from sources.landing.observation import Reading
from sources.nav import hovedtall, special_delivery
from sources.nav.layout import (
    MONTHS,
    OTHER_AREAS,
    SVALBARD,
    Months,
    Observations,
    SheetRule,
    TimeSeriesLayout,
    layout_error,
    level_of,
    period_in,
    value_of,
)
from sources.ports import Document, ObservationReader

CodesInForce = Callable[[int], frozenset[str]]
"""Year -> the municipality codes in force."""

MAX_TOTALS_OFF = 0.25
"""Share of county totals that may lie outside the sum of their municipalities. PST302 hides all of Oslo, which is one
county of fifteen; when many are off, the rows have been read wrongly."""

_TABLES = {
    "nav_hl060": ("HL060", "helt ledige"),
    "nav_aap155": ("AAP155", "arbeidsavklaringspenger"),
    "nav_pst302": ("PST302", "uføretrygd"),
    "nav_ned155": ("NED155", "nedsatt arbeidsevne"),
}

_TOTAL = re.compile(r"^i alt(\s+(?P<code>\d{2}))?(\s+(?P<name>\D.*))?$", re.IGNORECASE)
_AREA = re.compile(r"^(?P<code>\d{6}|\d{4}|\d{2})\s+(?P<name>\S.*?)(?P<total>\s+i alt)?$", re.IGNORECASE)
_COPY = re.compile(r" \(\d+\)$")
"""What Excel puts behind the name of a sheet that its user has copied."""
_COUNTRY = frozenset({"i alt", "i alt hele landet", "hele landet", "hele landet i alt", "i alt landet", "landet i alt"})


def codes_in_force(year: int) -> frozenset[str]:
    """The municipality codes of Klass 131 on 1 January of the year."""
    return frozenset(code for code, _ in municipalities(year))


def read(spec: DatasetSpec, documents: list[Document], in_force: CodesInForce = codes_in_force) -> Reading:
    """One or several workbooks of a table -> counts and shares by area and month.

    County totals in the municipality sheets are compared with the sums and not kept. The share beside a hidden count is
    hidden too, since it would give the count away. Raises LayoutError when a sheet is not found, when the months have a
    gap or differ from the period text, or when the municipalities are not those of Klass; ValueGrammarError for an
    unknown marker.
    """
    layout = options_of(spec, "workbook", TimeSeriesLayout)
    found = Observations(spec)
    for document in documents:
        sheets = open_workbook(document.path, document.name, found.notes)
        chosen = _chosen(layout.sheets, sheets, document.name)
        found.notes["other sheets left out"] += len(sheets) - len(chosen)
        period = _period([sheet for _, sheet in chosen], sheets, document.name)
        hidden: dict[str, set[tuple[str, date]]] = {}
        for rule, sheet in chosen:
            table = _Table(rule, sheet, period, document.name, found)
            table.read(hidden.get(rule.share_of or "", set()))
            hidden[rule.measure] = table.hidden
            if "municipality" in rule.levels and rule.share_of is None and layout.check_municipalities:
                _check_codes(table.codes, in_force(period.year), period.year, f"{document.name}, sheet {sheet.name!r}")
    return found.reading()


READERS: dict[str, ObservationReader] = {
    "nav_workbook": read,
    **dict.fromkeys(_TABLES, read),
    **dict.fromkeys(special_delivery.FORMS, special_delivery.read),
    hovedtall.FORM: hovedtall.read,
}
"""Form name -> reader. A recognised form is ``nav_`` and the dataset's short name, so it tells the dataset too;
``nav_workbook`` is what the client calls a workbook whose dataset it knows."""


def recognise(specimen: Specimen) -> Sighting | None:
    """The form of a workbook of NAV's (``nav_hl060``, ``nav_special_unemployment``, ...), or None.

    Goes by what stands in the sheets. The table code in the file's name serves alone when the bytes cannot be read, and
    among NAV's tables when the sheets do not say which one it is.
    """
    sheets, named = specimen.sheets, _by_name(specimen.name)
    if not sheets:
        return Sighting(named, BY_NAME) if named and specimen.is_workbook else None
    if other := special_delivery.recognise(sheets) or hovedtall.recognise(sheets):
        return other
    if not any(_month_columns(row) for sheet in sheets for row in sheet.rows[:20]):
        return None
    tops = [{fold(cell) for row in sheet.rows[:4] for cell in row if isinstance(cell, str)} for sheet in sheets]
    marked = [top for top in tops if "kilde: nav" in top]
    if not marked:
        return Sighting(named, BY_NAME) if named else None
    said = {form: sum(any(words in text for text in top) for top in marked) for form, (_, words) in _TABLES.items()}
    likely = [form for form, count in said.items() if count and count == max(said.values())]
    form = named if named in likely or not likely else likely[0] if len(likely) == 1 else None
    return Sighting(form, len(marked) / len(sheets)) if form else None


def _by_name(name: str) -> str | None:
    return next((form for form, (code, _) in _TABLES.items() if code.casefold() in name.casefold()), None)


def _chosen(rules: list[SheetRule], sheets: list[Sheet], where: str) -> list[tuple[SheetRule, Sheet]]:
    """The sheet of each rule, counts before shares. Each must be there exactly once."""
    chosen = []
    for rule in sorted(rules, key=lambda rule: rule.share_of is not None):
        fitting = [sheet for sheet in sheets if all(word in fold(sheet.name) for word in rule.words)]
        fitting = [sheet for sheet in fitting if not _COPY.search(sheet.name)] or fitting
        if len(fitting) != 1:
            wanted = f"one sheet with {' and '.join(map(repr, rule.words))} in its name"
            raise layout_error(wanted, "sheets " + ", ".join(repr(sheet.name) for sheet in sheets), where)
        chosen.append((rule, fitting[0]))
    return chosen


def _period(chosen: list[Sheet], sheets: list[Sheet], where: str) -> Months:
    """The months of the workbook: the year stands in the period text alone, which must be the same in all sheets of NAV's.

    A sheet of the owner's may speak of another time; it is asked only where NAV's own sheets have no period.
    """
    own = {period for sheet in chosen if (period := period_in(sheet.rows))}
    periods = own or {period for sheet in sheets if (period := period_in(sheet.rows))}
    if len(periods) != 1:
        shown = ", ".join(f"{p.year} {p.first}-{p.last}" for p in sorted(periods, key=str)) or "none"
        raise layout_error("one period such as 'Januar - oktober 2022' or 'Periode: 2026 01 - 2026 08'", shown, where)
    period = periods.pop()
    if period.first != 1:
        raise layout_error("months from January on", f"from {MONTHS[period.first - 1]} {period.year}", where)
    return period


def _check_codes(found: set[str], wanted: frozenset[str], year: int, where: str) -> None:
    found = found - {SVALBARD}
    if found != wanted:
        unknown, missing = sorted(found - wanted), sorted(wanted - found)
        said = f"{len(found)}; unknown: {', '.join(unknown[:8]) or 'none'}; missing: {', '.join(missing[:8]) or 'none'}"
        raise layout_error(f"the {len(wanted)} municipalities of Klass for {year}", said, where)


def _month_columns(row: list[Cell]) -> dict[int, int]:
    """Column -> month number when every filled cell of the row is the name of a month, else nothing."""
    names = {column: fold(cell) if isinstance(cell, str) else "" for column, cell in enumerate(row) if cell is not None}
    if not names or any(name not in MONTHS for name in names.values()):
        return {}
    return {column: MONTHS.index(name) + 1 for column, name in names.items()}


@dataclass
class _Block:
    """The rows under one month header: their sums, what is hidden in them, and the county total to compare with."""

    columns: dict[int, int]
    total: dict[int, float] = field(default_factory=dict)
    sums: dict[int, float] = field(default_factory=dict)
    hidden: dict[int, int] = field(default_factory=dict)


@dataclass
class _Table:
    """One sheet on its way to observations."""

    rule: SheetRule
    sheet: Sheet
    period: Months
    document: str
    found: Observations
    codes: set[str] = field(default_factory=set)
    hidden: set[tuple[str, date]] = field(default_factory=set)
    blocks: list[_Block] = field(default_factory=list)

    @property
    def where(self) -> str:
        return f"{self.document}, sheet {self.sheet.name!r}"

    def read(self, leaking: set[tuple[str, date]]) -> None:
        """Read all rows. ``leaking`` are the areas and months whose count is hidden, so that their share must be."""
        for number, row in enumerate(self.sheet.rows, start=1):
            if columns := _month_columns(row):
                self._check_months(columns, number)
                self.blocks.append(_Block(columns))
            elif self.blocks and any(row[column] is not None for column in self.blocks[-1].columns):
                self._row(number, row, self.blocks[-1], leaking)
        if not self.blocks:
            raise layout_error("a header row of month names", "none", self.where)
        if units()[self.rule.unit].additive and "municipality" in self.rule.levels:
            self._check_totals()

    def _check_months(self, columns: dict[int, int], number: int) -> None:
        months = list(columns.values())
        if months != list(range(self.period.first, self.period.last + 1)):
            found = ", ".join(MONTHS[month - 1] for month in months)
            first, last = MONTHS[self.period.first - 1], MONTHS[self.period.last - 1]
            wanted = f"the months {first} to {last} in order, as the period says"
            raise layout_error(wanted, found, f"{self.where}, row {number}")

    def _row(self, number: int, row: list[Cell], block: _Block, leaking: set[tuple[str, date]]) -> None:
        label = " ".join(filter(None, (as_text(cell) for cell in row[: min(block.columns)])))
        code = self._code(label, number)
        spot = f"{self.where}, row {number} ({label})"
        figures = {column: value_of(row[column], spot, self.found.spec.markers) for column in block.columns}
        level = level_of(code) if code else None
        if code is None or code in OTHER_AREAS:
            self.found.notes["rows of unknown or other areas left out"] += 1
        elif level not in self.rule.levels:
            self._keep_total(code, figures, block, spot)
        else:
            self.codes.update({code} if level == "municipality" else set())
            self._keep(number, code, figures, block, leaking)

    def _code(self, label: str, number: int) -> str | None:
        """The area's code: ``00`` the country, '' a county total without a code, None unknown."""
        if fold(label) in _COUNTRY:
            return "00"
        if match := _TOTAL.match(label):
            return None if fold(match["name"] or "") == "ukjent" else (match["code"] or "")
        if match := _AREA.match(label):
            return match["code"]
        if set(fold(label).split()) == {"ukjent"}:
            return None
        expected = "an area with its code, 'I alt ...' or 'Ukjent'"
        raise layout_error(expected, repr(label[:80]), f"{self.where}, row {number}")

    def _keep_total(self, code: str, figures: dict[int, tuple[float | None, str]], block: _Block, spot: str) -> None:
        if level_of(code) in ("municipality", "city_district"):
            raise layout_error(f"areas of level {', '.join(self.rule.levels)}", f"code {code}", spot)
        if code != "00":
            block.total = {column: value for column, (value, _) in figures.items() if value is not None}

    def _keep(
        self,
        number: int,
        code: str,
        figures: dict[int, tuple[float | None, str]],
        block: _Block,
        leaking: set[tuple[str, date]],
    ) -> None:
        for column, (value, status) in figures.items():
            month = date(self.period.year, block.columns[column], 1)
            if status == "suppressed":
                self.hidden.add((code, month))
                block.hidden[column] = block.hidden.get(column, 0) + (len(code) == 4)
            elif (code, month) in leaking:
                value, status = None, "suppressed"
                self.found.notes["shares beside a hidden count hidden too"] += 1
            if value is not None and len(code) == 4:
                block.sums[column] = block.sums.get(column, 0.0) + value
            place = (number, self.sheet.place(column))
            self.found.add(place, code, month, (self.rule.measure, self.rule.unit), (value, status))

    def _check_totals(self) -> None:
        """Each county total lies between the sum of what is shown and that plus three for each hidden municipality."""
        checked, off = 0, 0
        for block, column, total in self._totals():
            shown = block.sums.get(column, 0.0)
            checked += 1
            off += not shown <= total <= shown + 3 * block.hidden.get(column, 0)
        if checked and off / checked > MAX_TOTALS_OFF:
            raise layout_error(
                "county totals that agree with their municipalities",
                f"{off} of {checked} outside their bounds",
                self.where,
            )
        self.found.notes["county totals compared"] += checked
        self.found.notes["county totals outside the sum of their municipalities"] += off

    def _totals(self) -> Iterator[tuple[_Block, int, float]]:
        for block in self.blocks:
            if block.sums or block.hidden:
                yield from ((block, column, total) for column, total in block.total.items())
