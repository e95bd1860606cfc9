"""The report as a workbook: one sheet per section with the figures behind every chart, numbers as numbers.

Here: sheets, formats and safety of cells. Not here: which figures there are.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from report.drawing.charts import cell_text
from report.model import Block, Cell, Figure, Grid, GridValue, Line, Measured, Report, Section, Source
from report.words.norwegian import Unit, day
from report.words.texts import texts
from report.writers.tables import source_line

_FORMULA = re.compile(r"^[\s]*[=+\-@\t\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SHEET = re.compile(r"[\[\]:*?/\\']")
CELL_LIMIT = 32_000
WIDTHS = (34, 26, 9, 14, 12, 12, 18, 15, 22, 34, 13, 44, 12, 18, 14)


def write_workbook(report: Report, target: Path, stamp: datetime) -> Path:
    """Write the workbook. ``stamp`` is noted as the time of creation."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(str(target), options) as book:
        book.set_properties(
            {"title": report.title, "created": stamp.replace(tzinfo=None), "comments": report.words["subtitle"]}
        )
        sheets = _Sheets(book, report)
        for section in report.sections:
            sheets.add(section)
    return target


def safe_text(text: str) -> str:
    """A text no spreadsheet takes for a formula: one that starts with = + - @ or a tab gets an apostrophe (OWASP)."""
    clean = _CONTROL.sub(" ", text)[:CELL_LIMIT]
    return f"'{clean}" if _FORMULA.match(clean) else clean


class _Sheets:
    """Writes the sections of one report with one set of formats."""

    def __init__(self, book: xlsxwriter.Workbook, report: Report) -> None:
        self._book, self._report, self._used = book, report, set[str]()
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#E6EEF4"}
        )
        self._strong = book.add_format({"bold": True})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._day = book.add_format({"num_format": "dd.mm.yyyy"})
        self._demo = book.add_format({"bold": True, "bg_color": "#FFE08A"})
        self._numbers: dict[int, Format] = {}

    def add(self, section: Section) -> None:
        """One sheet: title, the table of all figures with frozen heads, then sentences and other tables below."""
        sheet = self._book.add_worksheet(self._name(section.sheet))
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, safe_text(f"{section.title}: {self._report.municipality}"), self._title)
        sheet.write_string(1, 0, safe_text(self._note()), self._demo if self._report.is_demo else None)
        figures = [block.figure for block in section.blocks if block.figure]
        row = self._figures(sheet, 3, figures) if figures else 3
        first_grid = True
        for block in section.blocks:
            if not figures and first_grid and block.grids:
                first_grid = False
                sheet.freeze_panes(4, 1)
                sheet.repeat_rows(3)
                row = self._grid(sheet, 3, block.grids[0])
                row = self._words(sheet, row + 1, block)
                row = self._grids(sheet, row, block.grids[1:])
            else:
                row = self._words(sheet, row + 1, block)
                row = self._grids(sheet, row, block.grids)

    def _note(self) -> str:
        published = self._report.words["published"].format(date=day(self._report.published))
        return f"{self._report.words['demo_banner']} {published}" if self._report.is_demo else published

    def _name(self, wanted: str) -> str:
        base = _SHEET.sub(" ", wanted)[:31]
        name, count = base, 2
        while name.lower() in self._used:
            name, count = f"{base[:28]} {count}", count + 1
        self._used.add(name.lower())
        return name

    def _figures(self, sheet: Worksheet, top: int, figures: list[Figure]) -> int:
        words = texts().words
        keys = (
            "indicator", "area", "year", "value", "low", "high", "unit", "status", "basis", "note",
            "running", "source", "retrieved", "cadence", "next_release",
        )  # fmt: skip
        for column, key in enumerate(keys):
            sheet.write_string(top, column, words[key], self._head)
        sheet.freeze_panes(top + 1, 2)
        sheet.repeat_rows(top)
        row = top + 1
        for shown in figures:
            for line in shown.lines:
                for year in shown.years:
                    self._cell_row(sheet, row, shown, line, year)
                    row += 1
        sheet.autofilter(top, 0, row - 1, len(keys) - 1)
        return row

    def _cell_row(self, sheet: Worksheet, row: int, shown: Figure, line: Line, year: int) -> None:
        words, cell, unit = texts(), line.at(year), shown.unit
        sheet.write_string(row, 0, safe_text(shown.title))
        sheet.write_string(row, 1, safe_text(line.label))
        sheet.write_number(row, 2, year)
        for column, value in ((3, cell.value), (4, cell.low), (5, cell.high)):
            if value is not None:
                sheet.write_number(row, column, value * unit.factor, self._number(unit))
        sheet.write_string(row, 6, safe_text(unit.name))
        sheet.write_string(row, 7, words.statuses.get(cell.status, cell.status))
        sheet.write_string(row, 8, words.bases.get(cell.basis, cell.basis))
        sheet.write_string(row, 9, safe_text(self._remark(shown, cell, year)))
        sheet.write_string(row, 10, words.legend["running"] if cell.is_running or cell.is_preliminary else "")
        sheet.write_string(row, 11, safe_text("; ".join(_origin(source) for source in shown.sources)))
        fetched = cell.retrieved or min((s.retrieved for s in shown.sources if s.retrieved), default=None)
        self._value(sheet, row, 12, fetched)
        sheet.write_string(
            row, 13, "; ".join(dict.fromkeys(words.cadences.get(s.cadence, s.cadence) for s in shown.sources))
        )
        self._value(sheet, row, 14, min((s.next_expected for s in shown.sources if s.next_expected), default=None))

    def _remark(self, shown: Figure, cell: Cell, year: int) -> str:
        words, remarks = texts(), []
        if shown.is_demo:
            remarks.append(words.marks["demo"])
        if cell.reason and not cell.is_known:
            remarks.append(words.reasons.get(cell.reason, words.reasons["unknown"]))
        if year in shown.breaks:
            remarks.append(words.marks["break_label"])
        return "; ".join(remarks)

    def _words(self, sheet: Worksheet, row: int, block: Block) -> int:
        """Sentences, notes and sources of a block, one to a row."""
        said = [*block.sentences, *([block.missing] if block.missing else []), *block.notes]
        if block.figure:
            said += [source_line(source, self._report.published) for source in block.figure.sources]
        if not said:
            return row
        if block.title:
            sheet.write_string(row, 0, safe_text(block.title), self._strong)
            row += 1
        for text in said:
            sheet.write_string(row, 0, safe_text(text))
            row += 1
        return row

    def _grids(self, sheet: Worksheet, row: int, grids: tuple[Grid, ...]) -> int:
        for grid in grids:
            sheet.write_string(row + 1, 0, safe_text(grid.title), self._strong)
            row = self._grid(sheet, row + 2, grid)
        return row

    def _grid(self, sheet: Worksheet, top: int, grid: Grid) -> int:
        for column, name in enumerate(grid.header):
            sheet.write_string(top, column, safe_text(name), self._head)
        for offset, values in enumerate(grid.rows, start=1):
            for column, value in enumerate(values):
                self._value(sheet, top + offset, column, value)
        return top + len(grid.rows) + 1

    def _value(self, sheet: Worksheet, row: int, column: int, value: GridValue) -> None:
        if value is None:
            return
        if isinstance(value, Measured):
            if value.cell.value is not None:
                sheet.write_number(row, column, value.cell.value * value.unit.factor, self._number(value.unit))
            else:
                sheet.write_string(row, column, cell_text(value.cell, value.unit))
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self._day)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(row, column, value)
        else:
            sheet.write_string(row, column, safe_text(str(value)))

    def _number(self, unit: Unit) -> Format:
        if unit.decimals not in self._numbers:
            digits = f".{'0' * unit.decimals}" if unit.decimals else ""
            self._numbers[unit.decimals] = self._book.add_format({"num_format": f"#,##0{digits}"})
        return self._numbers[unit.decimals]


def _origin(source: Source) -> str:
    publisher = source.attribution.removeprefix("Kilde: ").strip()
    return ", ".join(part for part in (source.title, publisher, source.detail) if part)
