"""The workbook from first to last sheet.

Here: order of the sheets and the file's properties. Not here: what a sheet holds.
"""

from datetime import datetime
from pathlib import Path

import xlsxwriter

from report.model import Report, Section
from report.writers.workbook.cells import Cells, safe_text
from report.writers.workbook.data import add_data
from report.writers.workbook.native import Placed
from report.writers.workbook.overview import fill_overview, start_overview
from report.writers.workbook.themes import add_theme

OVERVIEW = "findings"
TEXT_WIDTHS = (48, 34, 18, 18, 18, 22, 22, 40)


def write_workbook(report: Report, target: Path, stamp: datetime) -> Path:
    """Write the workbook. ``stamp`` is noted as the time of creation."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(str(target), options) as book:
        book.set_properties(
            {"title": report.title, "created": stamp.replace(tzinfo=None), "comments": report.words["subtitle"]}
        )
        cells = Cells(book, report)
        first = next((section for section in report.sections if section.section_id == OVERVIEW), None)
        overview = start_overview(cells, first.title, first.sheet) if first else None
        placed: list[Placed] = []
        for section in report.sections:
            if section is first:
                continue
            if any(block.figure for block in section.blocks):
                placed += add_theme(cells, section)
            else:
                _text_sheet(cells, section)
        add_data(cells, report)
        if first and overview:
            fill_overview(cells, overview, first, placed)
    return target


def _text_sheet(cells: Cells, section: Section) -> None:
    """A section without figures by area and year: its tables with their heads, and its sentences."""
    sheet = cells.sheet(section.sheet, section.title, TEXT_WIDTHS)
    row = 3
    for block in section.blocks:
        if block.title:
            sheet.write_string(row, 0, safe_text(block.title), cells.strong)
            row += 1
        said = [*block.sentences, *([block.missing] if block.missing else []), *block.notes]
        row = cells.lines(sheet, row, said, len(TEXT_WIDTHS), sum(TEXT_WIDTHS))
        for grid in block.grids:
            if grid.title != block.title:
                sheet.write_string(row, 0, safe_text(grid.title), cells.strong)
                row += 1
            row = cells.grid(sheet, row, grid, TEXT_WIDTHS)
        row += 1
