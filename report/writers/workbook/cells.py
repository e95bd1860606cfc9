"""What every sheet writes with: formats, safety of text, whole numbers whole, and the page a sheet is printed on.

Here: one cell, one grid, one page. Not here: which sheets there are or what they hold.
"""

import re
from collections.abc import Sequence
from datetime import date
from math import ceil

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from report.drawing.charts import cell_text
from report.model import Cell, Grid, GridValue, Measured, Report
from report.words.norwegian import Unit, day

_FORMULA = re.compile(r"^[\s]*[=+\-@\t\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SHEET = re.compile(r"[\[\]:*?/\\']")
CELL_LIMIT = 32_000
FLOAT_NOISE = 10
"""Decimals beyond these come from binary arithmetic, not from a source."""
SHOWN_DECIMALS = 4
"""A cell that is pasted elsewhere holds no more decimals than any unit here is read with."""
A4 = 9
PAGE_WIDTH, PAGE_HEIGHT = 960, 620
"""Room inside the margins of an A4 sheet on its side, in the 96ths of an inch that column widths are counted in, less what
programs without the standard font need for their wider columns."""
ROW_HEIGHT = 20
LINE = 15.5
"""Points that a line of text takes."""
WIDEST = 46
LEAST_SCALE = 40


def safe_text(text: str) -> str:
    """A text no spreadsheet takes for a formula: one that starts with = + - @ or a tab gets an apostrophe (OWASP)."""
    clean = _CONTROL.sub(" ", text)[:CELL_LIMIT]
    return f"'{clean}" if _FORMULA.match(clean) else clean


def whole(value: float, decimals: int = FLOAT_NOISE) -> float:
    """A number as a cell holds it: a whole one without decimals, others without the noise of binary arithmetic."""
    rounded = round(value, decimals)
    if value != 0 and rounded == 0:
        return value
    return int(rounded) if rounded == int(rounded) else rounded


class Cells:
    """One set of formats for a workbook, and the writing of single values with it."""

    def __init__(self, book: xlsxwriter.Workbook, report: Report) -> None:
        self.book, self.report = book, report
        self.title = book.add_format({"bold": True, "font_size": 16, "font_color": "#00385E"})
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#E6EEF4"}
        )
        self.strong = book.add_format({"bold": True, "font_size": 12})
        self.top = book.add_format({"valign": "top"})
        self.right = book.add_format({"valign": "top", "align": "right", "text_wrap": True})
        self.middle = book.add_format({"valign": "top", "align": "center"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "dd.mm.yyyy", "valign": "top", "align": "left"})
        self.demo = book.add_format({"bold": True, "bg_color": "#FFE08A"})
        self.unknown = book.add_format({"pattern": 14, "fg_color": "#BFBFBF", "valign": "top"})
        self._numbers: dict[tuple[int, bool, bool], Format] = {}
        self._used: set[str] = set()

    def sheet(self, wanted: str, heading: str, widths: Sequence[float], printed: int | None = None) -> Worksheet:
        """A new sheet with heading, day of the release and mark of demo data, set up for A4 on its side.

        ``printed`` is how many columns go on paper, all by default.
        """
        sheet = self.book.add_worksheet(self._name(wanted))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_print_scale(scale_of(widths[:printed]))
        footer = f"{heading}: {self.report.municipality}".replace("&", "&&")
        sheet.set_footer(f"&L&8{footer[:150]}&R&8&P / &N")
        sheet.write_string(0, 0, safe_text(f"{heading}: {self.report.municipality}"), self.title)
        sheet.set_row(0, 24)
        published = self.report.words["published"].format(date=day(self.report.published))
        note = f"{self.report.words['demo_banner']} {published}" if self.report.is_demo else published
        sheet.write_string(1, 0, safe_text(note), self.demo if self.report.is_demo else None)
        return sheet

    def _name(self, wanted: str) -> str:
        base = _SHEET.sub(" ", wanted)[:31]
        name, count = base, 2
        while name.lower() in self._used:
            name, count = f"{base[:28]} {count}", count + 1
        self._used.add(name.lower())
        return name

    def number(self, unit: Unit, is_change: bool = False) -> Format:
        """The format of a unit's numbers. A share that rounds to none without being it is shown as «under»."""
        key = (unit.decimals, unit.is_share, is_change)
        if key not in self._numbers:
            digits = f".{'0' * unit.decimals}" if unit.decimals else ""
            plain = f"#,##0{digits}"
            if is_change:
                code = f"+{plain};-{plain};{plain}"
            elif unit.is_share:
                least = 10**-unit.decimals
                under = f"under {least:.{unit.decimals}f}".replace(".", ",")
                code = f'[=0]{plain};[<{least / 2}]"{under}";{plain}'
            else:
                code = plain
            self._numbers[key] = self.book.add_format({"num_format": code, "valign": "top"})
        return self._numbers[key]

    def value(self, sheet: Worksheet, row: int, column: int, value: GridValue) -> None:
        """A value of a grid: numbers as numbers, dates as dates, what is not one known number as its word."""
        if value is None:
            return
        if isinstance(value, Measured):
            self.measured(sheet, row, column, value.cell, value.unit)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self.day)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(row, column, whole(value), self.top)
        else:
            sheet.write_string(row, column, safe_text(str(value)), self.wrap)

    def measured(self, sheet: Worksheet, row: int, column: int, cell: Cell, unit: Unit) -> None:
        """A figure as a number, or the word for why there is none."""
        if cell.value is not None:
            sheet.write_number(row, column, whole(cell.value * unit.factor, SHOWN_DECIMALS), self.number(unit))
        else:
            sheet.write_string(row, column, cell_text(cell, unit), self.right)

    def header(self, sheet: Worksheet, row: int, names: Sequence[str]) -> None:
        for column, name in enumerate(names):
            sheet.write_string(row, column, safe_text(name), self.head)

    def grid(self, sheet: Worksheet, top: int, grid: Grid, widths: Sequence[float]) -> int:
        """A grid with its header at ``top``; returns the row after it.

        A column of the grid takes as many columns of the sheet as its text needs, since the sheet's are as wide as years.
        """
        spans = _spans(grid, widths)
        for offset, values in enumerate([grid.header, *grid.rows]):
            high = 1
            for (first, last), value in zip(spans, values, strict=True):
                look = self.head if offset == 0 else self.wrap
                if last > first:
                    sheet.merge_range(top + offset, first, top + offset, last, "", look)
                if offset == 0:
                    sheet.write_string(top, first, safe_text(str(value)), self.head)
                else:
                    self.value(sheet, top + offset, first, value)
                across = sum(widths[first : last + 1]) or widths[-1]
                high = max(high, ceil(len(_text(value)) / across))
            sheet.set_row(top + offset, LINE * high)
        return top + len(grid.rows) + 1

    def lines(self, sheet: Worksheet, row: int, said: Sequence[str], columns: int, across: float) -> int:
        """Texts one to a row over the first ``columns`` columns, as high as they need; returns the row after them."""
        for text in said:
            sheet.merge_range(row, 0, row, columns - 1, "", self.wrap)
            sheet.write_string(row, 0, safe_text(text), self.wrap)
            sheet.set_row(row, LINE * max(1, ceil(len(text) / across)))
            row += 1
        return row


def pixels(width: float) -> int:
    """Width of a column in pixels, as the file format counts it for the standard font."""
    return int(width * 7 + 5)


def scale_of(widths: Sequence[float]) -> int:
    """The print scale in percent at which the columns fill one A4 sheet on its side, never enlarged."""
    return max(LEAST_SCALE, min(100, 100 * PAGE_WIDTH // sum(pixels(width) for width in widths)))


def _text(value: GridValue) -> str:
    return "00.00.0000" if isinstance(value, date) else value if isinstance(value, str) else str(value)[:12]


def _spans(grid: Grid, widths: Sequence[float]) -> list[tuple[int, int]]:
    """First and last column of the sheet for each column of the grid; every one gets at least one."""
    spans, column = [], 0
    for place, name in enumerate(grid.header):
        wanted = min(WIDEST, max([len(name) * 0.7, *(len(_text(row[place])) for row in grid.rows)]) + 2)
        first, left = column, len(grid.header) - place - 1
        across = widths[column] if column < len(widths) else 0
        while across < wanted and column + 1 + left < len(widths):
            column += 1
            across += widths[column]
        spans.append((first, column))
        column += 1
    return spans
