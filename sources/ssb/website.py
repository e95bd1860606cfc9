"""From the tables people download at ssb.no (xlsx, csv) to observations.

Here: finding SSB's tables in such a file, also where its owner has worked in it, and reading their cells.
Not here: SSB's terms (terms.py), JSON-stat bodies (reader.py), or taking a workbook apart (sources/dataset/workbook.py).

SSB's layout is a contract: a title "NNNNN: ..., etter A, B, C og D" names the variables in order, those of the row
labels first, then those of the header rows from the top. What the owner added is known from the spec's
``ignore_labels`` and ``options.reading.website``; anything else unknown stops the dataset. ``source_row`` is the row of
the sheet or line of the csv file, ``source_column`` as sources/dataset/workbook.py counts it (csv: sheet 1).
"""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

from sources.dataset.csv_rows import csv_rows
from sources.dataset.dimensions import fold
from sources.dataset.options import options_of
from sources.dataset.recognition import WHOLE, Sighting, Specimen
from sources.dataset.spec import DatasetSpec
from sources.dataset.workbook import (
    Cell,
    Sheet,
    as_text,
    open_workbook,
    refuse_unreadable,
)
from sources.errors import LayoutError, ValueGrammarError
from sources.landing.observation import Reading
from sources.ports import Document, Place
from sources.raw import is_sheet_file, sheet_cells
from sources.ssb.blocks import TITLE, Block, block_at, blocks_of, first_data_row, header_rows, is_figure, title_of
from sources.ssb.cells import CellSink, Validity
from sources.ssb.terms import SYMBOLS, SsbReading, period_of

XLSX_FORM = "ssb_website_xlsx"
CSV_FORM = "ssb_website_csv"

_CHANGED = re.compile(r"^(\d{4})(\d\d)(\d\d) (\d\d):(\d\d)$")
_NUMBER = re.compile(r"^-?\d+([.,]\d+)?$")
_OSLO = ZoneInfo("Europe/Oslo")

_PathsOf = Callable[[list[int]], dict[int, dict[str, str]]]
"""Header rows -> column -> variable -> label."""


def read_xlsx(spec: DatasetSpec, documents: list[Document], is_valid: Validity | None = None) -> Reading:
    """Every table of this dataset in the workbooks. A cell that stands in several is left to the duplicate check."""
    sink = CellSink(spec, is_valid)
    options = options_of(spec, "reading", SsbReading).website
    stamps: list[datetime] = []
    for document in documents:
        sheets = open_workbook(document.path, document.name, sink.notes)
        kept = [sheet for sheet in sheets if sheet.name not in options.ignore_sheets]
        sink.notes["sheets of the owner left out"] += len(sheets) - len(kept)
        for block in blocks_of(kept, spec, document.name, sink.notes):
            _Table(block, sink, options.captions, document.name).read()
        stamps += [moment for sheet in kept for moment in _changed_at(sheet)]
        for contents, unit in (pair for sheet in kept for pair in _units(sheet)):
            sink.check_unit(contents, unit, document.name)
    return sink.reading(max(stamps, default=None))


def read_csv(spec: DatasetSpec, documents: list[Document], is_valid: Validity | None = None) -> Reading:
    """The semicolon file of ssb.no: a title line, an empty line, a header that joins the header rows of each column."""
    sink = CellSink(spec, is_valid)
    for document in documents:
        sheet = _csv_sheet(document.path.read_bytes(), document.name)
        block = block_at(sheet, 0, 0, spec, document.name)
        _Table(block, sink, [], document.name).read_joined()
    return sink.reading(None)


def recognise(specimen: Specimen) -> Sighting | None:
    """``ssb_website_xlsx`` or ``ssb_website_csv`` and the table, when a title as ssb.no writes it heads the file or a
    sheet, else None. A table quoted to the right in a sheet of another publisher counts for little."""
    if specimen.is_workbook:
        titles = [title for sheet in specimen.sheets if (title := title_of(sheet))]
        if not titles:
            return None
        table = Counter(titles).most_common(1)[0][0]
        return Sighting(XLSX_FORM, len(titles) / len(specimen.sheets), table=table)
    first = specimen.head.lstrip(b"\xef\xbb\xbf").partition(b"\n")[0].decode("latin-1").strip('"; \t\r')
    match = TITLE.match(first)
    return Sighting(CSV_FORM, WHOLE, table=match["table"]) if match else None


def raw_cells(spec: DatasetSpec, documents: list[Document], places: Sequence[Place]) -> list[str]:
    """The cells that observations came from, with the row of the sheet (or line of the csv) they stand in."""
    document = documents[0]
    sheets = None if is_sheet_file(document) else [_csv_sheet(document.path.read_bytes(), document.name)]
    return sheet_cells(spec, documents, places, sheets)


@dataclass
class _Table:
    """One table on its way to cells: first its columns are understood, then its rows are read."""

    block: Block
    sink: CellSink
    captions: list[str]
    document: str

    @property
    def where(self) -> str:
        return f"{self.document}, sheet {self.block.sheet.name!r}"

    def read(self) -> None:
        block = self.block
        first = first_data_row(block)
        header, constants = self._header(header_rows(block, first)) if first < block.bottom else ([], {})
        if not header:
            raise self._layout("header rows and figures under the title", "none")
        start = next(c for c in range(block.left + 1, block.right) if block.cell(header[0], c) is not None)
        stubs = len(block.variables) - len(header) - len(constants)
        if not 1 <= stubs <= start - block.left:
            found = f"{len(header)} header rows, {len(constants)} constants and {start - block.left} label columns"
            raise self._layout(f"{len(block.variables)} variables: {', '.join(block.variables)}", found)
        if stubs < start - block.left:
            self.sink.notes["columns of the owner between labels and figures left out"] += start - block.left - stubs
        heading = [name for name in block.variables[stubs:] if name not in constants]
        self._rows(first, block.variables[:stubs], header, lambda rows: self._paths(rows, heading, start, constants))

    def read_joined(self) -> None:
        """A csv file: row 1 title, then one header line in which each figure column joins its labels with blanks."""
        block = self.block
        first = first_data_row(block)
        names = [as_text(cell) for cell in block.sheet.rows[first - 1]]
        pairs = zip(names, block.variables, strict=False)
        stubs = next((n for n, (name, variable) in enumerate(pairs) if fold(name) != fold(variable)), len(names))
        if not 1 <= stubs < len(names):
            raise self._layout(f"a header line that begins with {block.variables[0]!r}", repr(names[:3]))
        heading = block.variables[stubs:]
        columns = {c: self._split(names[c], heading) for c in range(stubs, len(names))}
        kept = {c: path for c, path in columns.items() if self.sink.is_kept(path)}
        self._rows(first, block.variables[:stubs], [first - 1], lambda _: kept)

    def _header(self, rows: list[int]) -> tuple[list[int], dict[str, str]]:
        """(header rows, constants): a header row with a cell in the label column alone holds for all columns."""
        block = self.block
        header, constants = [], {}
        for number in rows:
            cells = block.sheet.rows[number][block.left : block.right]
            if cells[0] is None or any(cell is not None for cell in cells[1:]):
                header.append(number)
                continue
            text = as_text(cells[0])
            if fold(text) in map(fold, self.captions):
                continue
            constants[self._time_variable()] = period_of(text, self.where) and text
        return header, constants

    def _time_variable(self) -> str:
        name = next((v for v in self.block.variables if self.sink.kind_of(v) == "time"), None)
        if name is None:
            raise self._layout("a time variable in the title", ", ".join(self.block.variables))
        return name

    def _paths(
        self, header: list[int], heading: list[str], start: int, constants: dict[str, str]
    ) -> dict[int, dict[str, str]]:
        """Column -> variable -> label, of columns of figures. An upper label holds until the next (merged cells).

        SSB leaves no column empty: what stands right of one is the owner's, unless the spec knows all its labels.
        """
        above = [""] * len(header)
        paths = {}
        rows = self.block.sheet.rows[header[0] : self.block.bottom]
        gap = next((c for c in range(start, self.block.right) if all(row[c] is None for row in rows)), self.block.right)
        for column in range(start, self.block.right):
            cells = [as_text(self.block.cell(number, column)) for number in header]
            above = [cell or held for cell, held in zip(cells, above, strict=True)]
            if not cells[-1]:
                if any(isinstance(row[column], float) for row in self.block.sheet.rows[header[-1] : self.block.bottom]):
                    self.sink.notes["columns without a header of their own left out"] += 1
                continue
            path = dict(zip(heading, above, strict=True))
            if column > gap and not self.sink.knows(path):
                self.sink.notes["columns of the owner left out"] += 1
                continue
            if self.sink.is_kept(path):
                paths[column] = {**constants, **path}
            else:
                self.sink.notes["columns of the owner left out"] += 1
        return paths

    def _rows(self, first: int, stubs: list[str], header: list[int], paths_of: _PathsOf) -> None:
        """Read rows until something else begins; the lowest header row again starts the table anew."""
        columns = paths_of(header)
        texts = {c: as_text(self.block.cell(header[-1], c)) for c in columns}
        above, ended, caption, between = [""] * len(stubs), False, "", list[int]()
        for number in range(first, self.block.bottom):
            cells = {c: self.block.cell(number, c) for c in columns}
            labels = [as_text(self.block.cell(number, self.block.left + n)) for n in range(len(stubs))]
            if {c: as_text(cell) for c, cell in cells.items()} == texts:
                columns = paths_of(self._header_again(header, between, number))
                ended, caption, between = False, labels[-1], []
                continue
            figures = [is_figure(cell) for cell in cells.values()]
            labels[-1] = labels[-1] or (caption if any(figures) else "")
            if ended or not labels[-1]:
                has_text = any(isinstance(cell, str) and not is_figure(cell) for cell in cells.values())
                between = [*between, number] if has_text and not labels[-1] else [] if any(figures) else between
                self.sink.notes["rows without a label left out"] += int(any(figures) and not ended)
                ended = ended or has_text
                continue
            caption = ""
            above = [label or held for label, held in zip(labels, above, strict=True)]
            row = dict(zip(stubs, above, strict=True))
            if not self.sink.is_kept(row):
                self.sink.notes["rows of the owner left out"] += 1
            elif any(figures) or self.sink.knows(row):
                for column, path in columns.items():
                    self._put(number, column, cells[column], {**row, **path})
            else:
                ended = True

    def _header_again(self, header: list[int], between: list[int], number: int) -> list[int]:
        """The header rows of a table that starts anew: rows of text just above its lowest header row take the place of
        the upper ones (women under men)."""
        new = [row for row in between if not self._is_caption(row)]
        if len(new) >= len(header):
            raise self._layout(f"at most {len(header) - 1} header rows above row {number + 1}", f"{len(new)}")
        return [*header[: len(header) - 1 - len(new)], *new, number]

    def _is_caption(self, row: int) -> bool:
        texts = {fold(as_text(cell)) for cell in self.block.sheet.rows[row][self.block.left : self.block.right]} - {""}
        return texts <= {fold(caption) for caption in self.captions}

    def _put(self, row: int, column: int, cell: Cell, labels: dict[str, str]) -> None:
        place = (row + 1, self.block.sheet.place(column))
        if cell is None:
            self.sink.notes["empty cells left out"] += 1
        elif isinstance(cell, float):
            self.sink.put(place, labels, cell, None, self.where)
        elif cell.strip() in {**SYMBOLS, **self.sink.spec.markers}:
            self.sink.put(place, labels, None, cell.strip(), self.where)
        else:
            refuse_unreadable(cell, self.where)
            raise ValueGrammarError(
                expected="a number or one of SSB's symbols " + " ".join(SYMBOLS),
                found=repr(cell[:60]),
                where=f"{self.where}, row {row + 1}, column {column + 1}",
                next_step="correct the cell from ssb.no; what a new mark of SSB's means goes into `markers` of the dataset spec",
            )

    def _split(self, text: str, heading: list[str]) -> dict[str, str]:
        """The labels that a joined csv header is made of, the longest known label first."""
        rest, path = " ".join(text.split()), {}
        for name in heading:
            known = sorted(self.sink.known_labels(name), key=len, reverse=True)
            label = next((k for k in known if fold(rest) == fold(k) or fold(rest).startswith(fold(k) + " ")), None)
            if label is None:
                label = rest.split(" ")[0] if self.sink.kind_of(name) == "time" else rest
            path[name] = rest[: len(label)]
            rest = rest[len(label) :].strip()
        if rest:
            raise self._layout(f"a column header made of {', '.join(heading)}", repr(text[:120]))
        return path

    def _layout(self, expected: str, found: str) -> LayoutError:
        return LayoutError(
            expected=expected,
            found=found,
            where=self.where,
            next_step="download the table again from ssb.no, or list the sheet under "
            "options.reading.website.ignore_sheets in the dataset spec",
        )


def _csv_sheet(body: bytes, where: str) -> Sheet:
    """The csv file as one sheet. ssb.no writes ISO-8859-1; a file saved again as UTF-8 is known from its bytes."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    lines = [cells for _, cells in csv_rows(io.StringIO(text, newline=""), where)]
    width = max((len(line) for line in lines), default=0)
    rows = [[_csv_cell(value) for value in line] + [None] * (width - len(line)) for line in lines]
    return Sheet("csv", 1, rows)


def _csv_cell(value: str) -> Cell:
    text = value.strip()
    if _NUMBER.match(text):
        return float(text.replace(",", "."))
    return text or None


def _changed_at(sheet: Sheet) -> Iterator[datetime]:
    """The moments under "Sist endret:" in the footer, Norwegian time turned into UTC."""
    for text in _under(sheet, "Sist endret:"):
        if match := _CHANGED.match(text):
            yield datetime(*map(int, match.groups()), tzinfo=_OSLO).astimezone(UTC)


def _units(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """(contents, unit) under "Måleenhet:" in the footer: a line that ends in a colon, then its unit."""
    lines = list(takewhile(lambda line: line != "Målemetode:", _under(sheet, "Måleenhet:")))
    for label, unit in pairwise(lines):
        if label.endswith(":") and not unit.endswith(":"):
            yield label.removesuffix(":"), unit


def _under(sheet: Sheet, heading: str) -> Iterator[str]:
    """The filled cells right below a heading of the footer, down to the first empty one."""
    for number, row in enumerate(sheet.rows):
        for column, cell in enumerate(row):
            if as_text(cell) == heading:
                texts = (as_text(later[column]) for later in sheet.rows[number + 1 :])
                yield from takewhile(bool, texts)
