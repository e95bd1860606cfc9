"""The sheet of all figures as one long list: a row to each figure, area and year, for pivots and other programs.

Here: columns of the list. Not here: the wide sheets (themes.py).
"""

from xlsxwriter.worksheet import Worksheet

from report.model import Cell, Figure, Line, Report, Source
from report.words.texts import texts
from report.writers.workbook.cells import Cells, safe_text, whole

COLUMNS = (
    ("theme", 22), ("indicator", 40), ("area", 26), ("year", 7), ("value", 14), ("low", 12), ("high", 12), ("unit", 18),
    ("status", 14), ("basis", 22), ("note", 34), ("running", 14), ("source", 44), ("retrieved", 12), ("cadence", 18),
    ("next_release", 14),
)  # fmt: skip
TOP = 3
PRINTED = 9
"""Columns that fit a page; the others are for programs."""


def add_data(cells: Cells, report: Report) -> None:
    """Every figure of the report, in the order of the report."""
    words = texts().words
    sheet = cells.sheet(words["data_sheet"], words["data_title"], [width for _, width in COLUMNS], PRINTED)
    cells.header(sheet, TOP, [words[key] for key, _ in COLUMNS])
    sheet.freeze_panes(TOP + 1, 3)
    sheet.repeat_rows(TOP)
    row = TOP + 1
    for section in report.sections:
        for shown in (block.figure for block in section.blocks if block.figure):
            for line in shown.lines:
                for year in shown.years:
                    _row(cells, sheet, row, section.title, shown, line, year)
                    row += 1
    sheet.print_area(0, 0, max(row - 1, TOP), PRINTED - 1)
    sheet.autofilter(TOP, 0, max(row - 1, TOP), len(COLUMNS) - 1)


def _row(cells: Cells, sheet: Worksheet, row: int, theme: str, shown: Figure, line: Line, year: int) -> None:
    words, cell, unit = texts(), line.at(year), shown.unit
    sheet.write_string(row, 0, safe_text(theme))
    sheet.write_string(row, 1, safe_text(shown.title))
    sheet.write_string(row, 2, safe_text(line.label))
    sheet.write_number(row, 3, year)
    for column, value in ((4, cell.value), (5, cell.low), (6, cell.high)):
        if value is not None:
            sheet.write_number(row, column, whole(value * unit.factor), cells.number(unit))
    sheet.write_string(row, 7, safe_text(unit.name))
    sheet.write_string(row, 8, words.statuses.get(cell.status, cell.status))
    sheet.write_string(row, 9, words.bases.get(cell.basis, cell.basis))
    sheet.write_string(row, 10, safe_text(_remark(shown, cell, year)))
    sheet.write_string(row, 11, words.legend["running"] if cell.is_running or cell.is_preliminary else "")
    sheet.write_string(row, 12, safe_text("; ".join(origin(source) for source in shown.sources)))
    fetched = cell.retrieved or min((s.retrieved for s in shown.sources if s.retrieved), default=None)
    cells.value(sheet, row, 13, fetched)
    rhythm = "; ".join(dict.fromkeys(words.cadences.get(s.cadence, s.cadence) for s in shown.sources))
    sheet.write_string(row, 14, rhythm)
    cells.value(sheet, row, 15, min((s.next_expected for s in shown.sources if s.next_expected), default=None))


def _remark(shown: Figure, cell: Cell, year: int) -> str:
    words, remarks = texts(), []
    if shown.is_demo:
        remarks.append(words.marks["demo"])
    if cell.reason and not cell.is_known:
        remarks.append(words.reasons.get(cell.reason, words.reasons["unknown"]))
    if year in shown.breaks:
        remarks.append(words.marks["break_label"])
    return "; ".join(remarks)


def origin(source: Source) -> str:
    """A source in one line: title, publisher, table."""
    publisher = source.attribution.removeprefix("Kilde: ").strip()
    return ", ".join(part for part in (source.title, publisher, source.detail) if part)
