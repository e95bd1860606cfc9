"""IMDi's settlement pages: the published tables of one year, as an independent check of `bosatt_anmodede`.

Here: one page's HTML to rows, and rows beside the dataset's figures. Not here: calling the site (SettlementPages asks
the HTTP client), or correcting anything: a difference is shown, never applied.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Literal

from sources.errors import LayoutError, UnknownLabelError, ValueGrammarError
from sources.http.client import HttpClient

HOST = "https://www.imdi.no"
_YEARS = range(2022, 2036)
_CELL_STATUS = {":": "suppressed", "-": "missing", "": "missing"}
_HEADING = re.compile(r"oversikt over bosettingen i (kommunene|fylkene) i (20\d\d)", re.IGNORECASE)
_COLUMNS = {
    "anmodet": "requested_persons",
    "vedtatt": "decided_persons",
    "bosatte": "settled_persons",
    "bosatt": "settled_persons",
    "bosatte med kollektiv beskyttelse": "settled_collective_persons",
    "avtalt": "agreed_persons",
    "avtalt kollektiv": "agreed_collective_persons",
}
_NAME_COLUMNS = ("kommune", "fylke")
_WAITING = "avventer vedtak"


@dataclass(frozen=True)
class SettlementCell:
    """A figure of the page: names stand without codes, so the county is needed to tell equal names apart."""

    year: int
    level: Literal["municipality", "county"]
    county_name: str
    region_name: str
    measure: str
    value: int | None
    value_status: Literal["ok", "suppressed", "missing"]


@dataclass(frozen=True)
class Difference:
    """A figure that differs: ``page`` and ``dataset`` in persons."""

    region_name: str
    measure: str
    page: int
    dataset: int


@dataclass
class _Table:
    heading: str
    caption: str
    rows: list[list[str]] = field(default_factory=list)


class SettlementPages:
    """Fetches the page of a year. The path has one known form; others must be given by hand."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def read(self, year: int) -> list[SettlementCell]:
        """The cells of the page of a year. Raises the HTTP client's errors and those of `read_page`."""
        if year not in _YEARS:
            raise ValueError(f"settlement pages exist from {_YEARS.start}: {year}")
        path = f"/bosetting/bosettingstall/nokkeltall-bosetting-{year}/"
        return read_page(self._http.get("imdi", HOST + path, accept="text/html").body, f"{HOST}{path}")


def read_page(body: bytes, where: str) -> list[SettlementCell]:
    """The tables under «Oversikt over bosettingen i kommunene/fylkene i <year>», one county a table.

    The whole content stands twice in the HTML, rendered and as escaped text in a script: only rendered tables are read.
    Raises LayoutError when no such table is found or a row has another number of cells than its header,
    UnknownLabelError for a column that is not known, ValueGrammarError for a cell that is neither a whole number nor a
    known mark (``:`` hidden, ``-`` none, «avventer vedtak»).
    """
    parser = _Tables()
    parser.feed(body.decode("utf-8", "replace"))
    cells: list[SettlementCell] = []
    for table in parser.tables:
        heading = _HEADING.search(table.heading)
        if heading and table.rows:
            cells += _table_cells(table, int(heading[2]), heading[1].lower() == "kommunene", where)
    if not cells:
        raise LayoutError(
            expected="tables under a heading «Oversikt over bosettingen i kommunene i <year>»",
            found=f"{len(parser.tables)} tables, none under such a heading",
            where=where,
            next_step="open the page in a browser; the check against the dataset is left out until the reader knows it",
        )
    return cells


def compare(cells: list[SettlementCell], dataset: Mapping[tuple[str, str], int | None]) -> list[Difference]:
    """Municipal figures of the page that differ from the dataset's ``{(region_name, measure): value}``.

    Hidden and missing figures on either side are no difference: nothing is known about them.
    """
    return [
        Difference(cell.region_name, cell.measure, cell.value, held)
        for cell in cells
        if cell.level == "municipality"
        and cell.value is not None
        and (held := dataset.get((cell.region_name, cell.measure))) is not None
        and held != cell.value
    ]


def _table_cells(table: _Table, year: int, is_municipal: bool, where: str) -> list[SettlementCell]:
    header, *rows = table.rows
    measures = [_measure(text, where) for text in header]
    if measures[0] is not None or None in measures[1:]:
        raise LayoutError(
            expected="a table whose first column, and only that, holds names",
            found=", ".join(header),
            where=where,
            next_step="compare the page with the reader's column names",
        )
    cells = []
    for row in rows:
        if len(row) != len(header):
            raise LayoutError(
                expected=f"{len(header)} cells in each row",
                found=f"{len(row)} in the row of {row[0] if row else 'nobody'}",
                where=f"{where}, {table.caption}",
                next_step="compare the page with the reader; merged cells are not known",
            )
        for measure, text in zip(measures[1:], row[1:], strict=True):
            value, status = _value(text, f"{where}, {table.caption}, {row[0]}, {measure}")
            level: Literal["municipality", "county"] = "municipality" if is_municipal else "county"
            cells.append(SettlementCell(year, level, table.caption, row[0], str(measure), value, status))
    return cells


def _measure(text: str, where: str) -> str | None:
    """The measure of a column header, None for the column of names."""
    label = re.sub(r"\s+", " ", re.sub(r"[*¹²³\d]+$", "", text)).strip().casefold()
    if label in _NAME_COLUMNS:
        return None
    if label not in _COLUMNS:
        raise UnknownLabelError(
            expected=f"a column named {', '.join([*_NAME_COLUMNS, *_COLUMNS])}",
            found=repr(text)[:80],
            where=where,
            next_step="add the column to the reader of the settlement pages",
        )
    return _COLUMNS[label]


def _value(text: str, where: str) -> tuple[int | None, Literal["ok", "suppressed", "missing"]]:
    compact = re.sub(r"[\s\u00a0\u202f]", "", text)
    if compact in _CELL_STATUS:
        return None, "suppressed" if _CELL_STATUS[compact] == "suppressed" else "missing"
    if text.strip().casefold() == _WAITING:
        return None, "missing"
    if not re.fullmatch(r"\d{1,6}", compact):
        raise ValueGrammarError(
            expected="a whole number, `:`, `-` or «avventer vedtak»",
            found=repr(text)[:60],
            where=where,
            next_step="look at the page; a new mark is added to the reader with what it means",
        )
    return int(compact), "ok"


class _Tables(HTMLParser):
    """Collects rendered tables with the last h2 and the last smaller heading or caption before them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._heading = self._caption = ""
        self._open: str | None = None
        self._text: list[str] = []
        self._in_table = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._in_table = True
            self.tables.append(_Table(self._heading, self._caption))
        elif tag == "tr" and self._in_table:
            self.tables[-1].rows.append([])
        elif tag in ("h2", "h3", "h4", "h5", "caption", "th", "td"):
            self._open, self._text = tag, []

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._in_table = False
        if tag != self._open:
            return
        text = " ".join("".join(self._text).split())
        self._open = None
        if tag in ("th", "td") and self._in_table:
            if not self.tables[-1].rows:
                self.tables[-1].rows.append([])
            self.tables[-1].rows[-1].append(text)
        elif tag == "caption" and self.tables:
            self.tables[-1].caption = text
        elif _HEADING.search(text):
            self._heading, self._caption = text, ""
        elif tag in ("h3", "h4", "h5"):
            self._caption = text
        else:
            self._heading = text
