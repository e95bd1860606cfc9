"""Reading the worksheets of an Excel workbook as rows of text, numbers, nothing, and cells that cannot be read.

Here: sheets, cells and what they are called. Not here: what may stand in the zip (workbook_parts.py), or what any
publisher's sheet means.
"""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook
from python_calamine import PasswordError as CalaminePasswordError
from python_calamine import XmlError as CalamineXmlError
from python_calamine import ZipError as CalamineZipError

from sources.dataset.workbook_parts import WorksheetParts, column_number, is_workbook, not_a_workbook, read_parts
from sources.errors import ValueGrammarError

__all__ = [
    "CHART_SHEETS",
    "SHEET_STEP",
    "Cell",
    "Sheet",
    "Unreadable",
    "as_number",
    "as_text",
    "cell_name",
    "is_workbook",
    "open_workbook",
    "refuse_unreadable",
    "sheets_of",
]

Cell = str | float | None
"""A cell: text (outer blanks kept), a number, or None where it is empty. An Unreadable is a text of its own kind."""

SHEET_STEP = 100_000
"""``source_column`` of a cell is sheet number x SHEET_STEP + column number, both from 1 (Excel has 16 384 columns)."""

CHART_SHEETS = "chart sheets left out"
"""The note under which readers count sheets that hold a chart and no cells."""

_ERROR_CELL = re.compile(rb"""\bt\s*=\s*["']e["']""")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,9})")


class Unreadable(str):
    """A cell that holds an Excel error (``#N/A``, ``#DIV/0!``) or a number without a value; the text is what it shows.

    It is never a missing figure: whoever needs the cell calls ``refuse_unreadable``.
    """

    sheet: str
    cell: str

    def __new__(cls, shown: str, sheet: str, cell: str) -> Unreadable:
        made = super().__new__(cls, shown)
        made.sheet, made.cell = sheet, cell
        return made


@dataclass(frozen=True)
class Sheet:
    """One worksheet. ``rows[0]`` is row 1 of Excel; all rows are equally long. ``number`` counts worksheets from 1."""

    name: str
    number: int
    rows: list[list[Cell]]

    def place(self, column: int) -> int:
        """The ``source_column`` of a column of this sheet, counted from 0 as in ``rows``."""
        return self.number * SHEET_STEP + column + 1


def open_workbook(path: Path, name: str | None = None, notes: Counter[str] | None = None) -> list[Sheet]:
    """All visible and hidden worksheets of an .xlsx file, in order. Chart sheets are left out and counted in ``notes``.

    Only checked bytes reach the parser (workbook_parts.py). Raises NotOfKindError for anything that is not a plain .xlsx
    workbook and LayoutError when it would fill memory.
    """
    where = name or path.name
    return sheets_of(read_parts(path, where), where, notes)


def sheets_of(parts: WorksheetParts, where: str, notes: Counter[str] | None = None) -> list[Sheet]:
    """The worksheets of parts that were taken out. Raises as ``open_workbook``."""
    if notes is not None and parts.chart_sheets:
        notes[CHART_SHEETS] += parts.chart_sheets
    try:
        with CalamineWorkbook.from_filelike(parts.clean) as book:
            return [
                _sheet(book, label, number, body, where) for number, (label, body) in enumerate(parts.sheets, start=1)
            ]
    except CalaminePasswordError as problem:
        raise not_a_workbook("a workbook locked with a password", where) from problem
    except (CalamineError, CalamineXmlError, CalamineZipError, ElementTree.ParseError, OSError) as problem:
        raise not_a_workbook(f"a workbook that does not parse ({problem})", where) from problem


def refuse_unreadable(cell: Cell, where: str) -> None:
    """Raise ValueGrammarError, naming sheet and cell, when a cell that is needed cannot be read.

    ``where`` names the file, and the sheet and row too where the reader has said them already.
    """
    if isinstance(cell, Unreadable):
        sheet = "" if repr(cell.sheet) in where else f", sheet {cell.sheet!r}"
        raise ValueGrammarError(
            expected="a figure, a text or an empty cell",
            found=f"{cell} (an error in the workbook, not a missing figure)",
            where=f"{where}{sheet}, cell {cell.cell}",
            next_step="correct the cell in Excel, or fetch the workbook again from the publisher; the last good release "
            "stays in use",
        )


def as_number(cell: Cell) -> float | None:
    """The cell when it is a number."""
    return cell if isinstance(cell, float) else None


def as_text(cell: Cell) -> str:
    """The cell as people read it: blanks trimmed, whole numbers without decimals, empty cells as ''."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return " ".join(cell.split())


def cell_name(row: int, source_column: int) -> str:
    """How Excel calls a cell, from ``source_row`` and ``source_column``: sheet 4, cell L123."""
    sheet, column = divmod(source_column, SHEET_STEP)
    return f"sheet {sheet}, cell {_letters(column)}{row}"


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _sheet(book: CalamineWorkbook, label: str, number: int, body: bytes, where: str) -> Sheet:
    errors = _error_cells(body)
    try:
        read = book.get_sheet_by_index(number - 1).to_python(skip_empty_area=False)
    except (CalamineError, CalamineXmlError):
        for (row, column), shown in errors.items():  # an error that the parser does not know by name
            refuse_unreadable(_unreadable(shown, label, row, column), where)
        raise
    rows = [[_cell(value) for value in row] for row in read]
    for row, column in _not_finite(rows):
        errors[row, column] = repr(rows[row - 1][column - 1])
    for (row, column), shown in errors.items():
        _widen(rows, row, column)
        rows[row - 1][column - 1] = _unreadable(shown, label, row, column)
    return Sheet(label, number, rows)


def _unreadable(shown: str, label: str, row: int, column: int) -> Unreadable:
    return Unreadable(shown, label, f"{_letters(column)}{row}")


def _error_cells(body: bytes) -> dict[tuple[int, int], str]:
    """(row, column), both from 1 -> the text of each error cell. The parser gives them as empty cells."""
    if not _ERROR_CELL.search(body):
        return {}
    found: dict[tuple[int, int], str] = {}
    row = column = 0
    for event, element in ElementTree.iterparse(io.BytesIO(body), ("start", "end")):
        kind = element.tag.rpartition("}")[2]
        if kind == "row" and event == "start":
            row, column = int(element.get("r") or row + 1), 0
        elif kind == "c" and event == "start":
            place = _REFERENCE.fullmatch(element.get("r", ""))
            column = column_number(place[1].encode()) if place else column + 1
            row = int(place[2]) if place else row
        elif kind == "c" and element.get("t") == "e":
            value = next((child.text for child in element if child.tag.rpartition("}")[2] == "v"), None)
            found[row, column] = (value or "an error without a name").strip()
        elif kind == "row":
            element.clear()
    return found


def _not_finite(rows: list[list[Cell]]) -> list[tuple[int, int]]:
    return [
        (number, column)
        for number, row in enumerate(rows, start=1)
        for column, cell in enumerate(row, start=1)
        if isinstance(cell, float) and not math.isfinite(cell)
    ]


def _widen(rows: list[list[Cell]], row: int, column: int) -> None:
    """Make room for a cell outside what the parser saw: a sheet may end in errors alone."""
    width = max(column, len(rows[0]) if rows else 0)
    rows.extend([] for _ in range(row - len(rows)))
    for cells in rows:
        cells.extend([None] * (width - len(cells)))


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return None if value is None else str(value)
