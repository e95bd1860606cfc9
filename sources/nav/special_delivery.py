"""From the workbooks NAV sends to a county each month by special order to observations.

Here: tables that stand side by side under a header of known names, in the layouts before and since July 2025.
Not here: NAV's public workbooks (reader.py).
"""

import re
from dataclasses import dataclass
from datetime import date

from pydantic import Field

from sources.dataset.dimensions import dimensions, fold
from sources.dataset.options import options_of
from sources.dataset.recognition import Sighting
from sources.dataset.spec import DatasetSpec, RegionLevel, UpstreamColumn
from sources.dataset.workbook import Cell, Sheet, as_text, open_workbook
from sources.files import Declared
from sources.landing.observation import Reading
from sources.nav.layout import OTHER_AREAS, Observations, label_error, layout_error, level_of, value_of
from sources.ports import Document

COUNT_HEADER = "Beh personer i mnd"
FORMS = {
    "nav_special_unemployment": ("Arbeidsmarkedsstatus hovedgruppe", "Kjønn"),
    "nav_special_reduced_work_capacity": ("Region", "Alder", "Kjønn"),
}
"""Form name -> headers that tell it from the other."""
_CODED = re.compile(r"^(\d{6}|\d{4}|\d{2})\s+\S")
_HEADER_ROWS = 12


class DeliveryLayout(Declared):
    """``options.workbook`` of a special delivery: the headers of its columns, each with every spelling seen.

    ``sheet_words`` maps words of a sheet's name to dimension codes that hold for the whole sheet. ``regions`` gives the
    codes of areas that stand without one. A sheet without the count header is no part of the dataset.
    """

    month: list[str]
    region: list[str]
    count: list[str] = Field(default=[COUNT_HEADER])
    share: list[str]
    ignored: list[str] = Field(default_factory=list)
    measure: str | None = None
    sheet_words: dict[str, dict[str, str]] = Field(default_factory=dict)
    regions: dict[str, str] = Field(default_factory=dict)
    required_levels: list[RegionLevel] = Field(default=["country", "county"])


@dataclass(frozen=True)
class _Table:
    """A table in a sheet: the row of its header and the columns of its parts."""

    header: int
    month: int
    region: int
    count: int
    share: int
    breakdowns: dict[int, UpstreamColumn]


def read(spec: DatasetSpec, documents: list[Document]) -> Reading:
    """Workbooks of one delivery -> persons and shares by area, month and the spec's breakdowns.

    The share beside a hidden count is hidden too: NAV often still gives it, and it would give the count away. Raises
    LayoutError for an unknown or missing header and when the country or the counties are not there, UnknownLabelError
    for an area or category the spec does not know, ValueGrammarError for an unknown marker.
    """
    layout = options_of(spec, "workbook", DeliveryLayout)
    found = Observations(spec)
    for document in documents:
        reader = _Reader(spec, layout, found, document.name)
        for sheet in open_workbook(document.path, document.name, found.notes):
            reader.read(sheet)
        if missing := set(layout.required_levels) - reader.levels:
            raise layout_error(f"figures for {', '.join(sorted(missing))}", "none in any sheet", document.name)
    return found.reading()


def recognise(sheets: list[Sheet]) -> Sighting | None:
    """The form of a special delivery, by the headers of its sheets; None when it is none."""
    found = [form for sheet in sheets if (form := _form_of(sheet))]
    return Sighting(found[0], len(found) / len(sheets)) if found else None


def _form_of(sheet: Sheet) -> str | None:
    for row in sheet.rows[:_HEADER_ROWS]:
        headers = {as_text(cell) for cell in row}
        if COUNT_HEADER in headers:
            return next((form for form, wanted in FORMS.items() if headers.issuperset(wanted)), None)
    return None


@dataclass
class _Reader:
    """Reads the sheets of one workbook."""

    spec: DatasetSpec
    layout: DeliveryLayout
    found: Observations
    document: str

    def __post_init__(self) -> None:
        self.levels: set[str] = set()
        self._regions = {fold(name): code for name, code in self.layout.regions.items()}

    def read(self, sheet: Sheet) -> None:
        number = self._header_row(sheet)
        if number is None:
            self.found.notes["other sheets left out"] += 1
            return
        fixed = self._fixed(sheet)
        for table in self._tables(sheet, number):
            for row in range(number + 1, len(sheet.rows)):
                self._row(sheet, table, row, fixed)

    def _header_row(self, sheet: Sheet) -> int | None:
        counts = {fold(text) for text in self.layout.count}
        for number, row in enumerate(sheet.rows[:_HEADER_ROWS]):
            if counts & {fold(as_text(cell)) for cell in row}:
                return number
        return None

    def _fixed(self, sheet: Sheet) -> dict[str, str]:
        """The dimension codes that the sheet's name gives."""
        if not self.layout.sheet_words:
            return {}
        fitting = [codes for words, codes in self.layout.sheet_words.items() if fold(words) in fold(sheet.name)]
        if len(fitting) != 1:
            wanted = " or ".join(map(repr, self.layout.sheet_words))
            raise layout_error(f"a sheet name with {wanted}", repr(sheet.name), self.document)
        return fitting[0]

    def _tables(self, sheet: Sheet, number: int) -> list[_Table]:
        """The tables of a header row: a new one begins where the first header stands again."""
        headers = [as_text(cell) for cell in sheet.rows[number]]
        first = next(text for text in headers if text)
        starts = [column for column, text in enumerate(headers) if text == first]
        ends = [*starts[1:], len(headers)]
        return [self._table(sheet, number, headers, start, end) for start, end in zip(starts, ends, strict=True)]

    def _table(self, sheet: Sheet, number: int, headers: list[str], start: int, end: int) -> _Table:
        where = f"{self.document}, sheet {sheet.name!r}, row {number + 1}"
        at: dict[str, list[int]] = {}
        for column in range(start, end):
            if headers[column]:
                at.setdefault(fold(headers[column]), []).append(column)
        if twice := [name for name, columns in at.items() if len(columns) > 1]:
            raise layout_error("each header once in a table", f"twice: {', '.join(twice)}", where)
        taken = {part: self._one(at, names, where) for part, names in self._parts().items()}
        breakdowns = {self._one(at, [c.name, *c.aliases], where): c for c in self.spec.columns}
        known = {*taken.values(), *breakdowns}
        ignored = {fold(text) for text in self.layout.ignored}
        if odd := [text for text, (column,) in at.items() if column not in known and text not in ignored]:
            raise layout_error("only known headers", f"also {', '.join(map(repr, odd))}", where)
        return _Table(number, taken["month"], taken["region"], taken["count"], taken["share"], breakdowns)

    def _parts(self) -> dict[str, list[str]]:
        return {
            "month": self.layout.month,
            "region": self.layout.region,
            "count": self.layout.count,
            "share": self.layout.share,
        }

    def _one(self, at: dict[str, list[int]], names: list[str], where: str) -> int:
        found = [at[fold(name)][0] for name in names if fold(name) in at]
        if len(found) != 1:
            raise layout_error(
                f"one header of {', '.join(map(repr, names))}", f"{len(found)} among {', '.join(at)}", where
            )
        return found[0]

    def _row(self, sheet: Sheet, table: _Table, number: int, fixed: dict[str, str]) -> None:
        row = sheet.rows[number]
        if row[table.month] is None and row[table.region] is None:
            return
        where = f"{self.document}, sheet {sheet.name!r}, row {number + 1}"
        region = self._region(as_text(row[table.region]), where)
        if region is None:
            self.found.notes["rows of unknown or other areas left out"] += 1
            return
        self.levels.add(level_of(region) or "")
        month = _month(row[table.month], where)
        measure, codes = self._codes(row, table, where)
        codes = {**codes, **fixed}
        count = value_of(row[table.count], where, self.spec.markers)
        share = value_of(row[table.share], where, self.spec.markers)
        if count[1] == "suppressed" and share[1] != "suppressed":
            # NAV's older layout leaves the share empty where the count is hidden, the newer one often still gives it
            word = "hidden too" if share[1] == "ok" else "empty: hidden, not missing"
            share = (None, "suppressed")
            self.found.notes[f"shares beside a hidden count {word}"] += 1
        spots = (number + 1, sheet.place(table.count)), (number + 1, sheet.place(table.share))
        self.found.add(spots[0], region, month, (f"{measure}_persons", "persons"), count, **codes)
        self.found.add(spots[1], region, month, (f"{measure}_pct", "percent"), share, **codes)

    def _region(self, label: str, where: str) -> str | None:
        """The area's code; None for "Ukjent" and what lies outside the counties."""
        if fold(label) == "landet":
            return "00"
        if fold(label) == "ukjent":
            return None
        if match := _CODED.match(label):
            return None if match.group(1) in OTHER_AREAS else match.group(1)
        if (code := self._regions.get(fold(label))) is None:
            raise label_error(where, "an area with its code, or a name in options.workbook.regions", label[:80])
        return code

    def _codes(self, row: list[Cell], table: _Table, where: str) -> tuple[str, dict[str, str]]:
        """(measure, dimension -> code) of a row."""
        measure, codes = self.layout.measure or "", {}
        for column, spec in table.breakdowns.items():
            label = as_text(row[column])
            own = {fold(text): code for text, code in spec.codes.items()}
            code = own.get(fold(label))
            if code is None and spec.dimension and not own:
                code = dimensions()[spec.dimension].code_of(label)
            if code is None:
                raise label_error(where, f"a known category in {spec.name!r}", label[:80])
            if spec.role == "measure":
                measure = code
            elif spec.role == "dimension":
                codes[str(spec.dimension)] = code
        return measure, codes


def _month(cell: Cell, where: str) -> date:
    """``202501`` as the first of the month."""
    text = as_text(cell)
    if not re.fullmatch(r"20\d\d(0[1-9]|1[0-2])", text):
        raise layout_error("a month as 202501", repr(text[:40]), where)
    return date(int(text[:4]), int(text[4:]), 1)
