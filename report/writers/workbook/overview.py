"""The first sheet: what is most important, the headline figures with change and five-year line, and a few charts.

Here: one page that a councillor reads. Not here: the figures in full (themes.py).
"""

from collections.abc import Sequence

from xlsxwriter.utility import quote_sheetname, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from report.model import Line, Section
from report.reading.figures import ROLES
from report.words.norwegian import number
from report.words.texts import texts
from report.writers.workbook.cells import LINE, ROW_HEIGHT, SHOWN_DECIMALS, Cells, safe_text, whole
from report.writers.workbook.native import HEIGHT, Placed, chart_of, put_chart
from report.writers.workbook.themes import change_of

WIDTHS = (50, 18, 8, 14, 14, 14, 14, 14, 20)
TREND = 8
TOP = 3
MOST_CHARTS = 4


def start_overview(cells: Cells, title: str, name: str) -> Worksheet:
    """The sheet itself, before the others so that it stands first."""
    return cells.sheet(name, title, WIDTHS)


def fill_overview(cells: Cells, sheet: Worksheet, section: Section, placed: Sequence[Placed]) -> None:
    """Findings, headline figures and charts; ``placed`` is where the theme sheets hold the figures.

    The findings are the profile's; where no figure stands out, the sentences of the section.
    """
    words, row = texts().words, TOP
    told = [f"{one.name}: {one.sentence} {one.certainty} {one.age}".strip() for one in cells.report.findings]
    said = told or [text for block in section.blocks for text in (*block.sentences, block.missing) if text]
    if said:
        sheet.write_string(row, 0, words["findings"], cells.strong)
        row = cells.lines(sheet, row + 1, said, len(WIDTHS), sum(WIDTHS)) + 1
    headlines = [place for place in placed if place.figure.is_headline]
    if headlines:
        sheet.write_string(row, 0, words["headlines"], cells.strong)
        row = _headlines(cells, sheet, row + 1, headlines) + 1
    _charts(cells, sheet, row, headlines)


def _headlines(cells: Cells, sheet: Worksheet, top: int, headlines: Sequence[Placed]) -> int:
    words, report = texts().words, cells.report
    areas = [_capital(name) for name in (report.municipality, report.county, report.country)]
    cells.header(
        sheet,
        top,
        [words["indicator"], words["unit"], words["year"], *areas, words["change"], words["rank"], words["trend"]],
    )
    row = top + 1
    for place in headlines:
        for line, _ in place.rows:
            if line.role == "municipality":
                _headline(cells, sheet, row, place, line)
                row += 1
    return row


def _headline(cells: Cells, sheet: Worksheet, row: int, place: Placed, own: Line) -> None:
    shown = place.figure
    told = [y for y in shown.years if own.at(y).says_something and not own.at(y).is_running]
    year = told[-1] if told else shown.years[-1]
    title = f"{shown.title}: {own.group[:1].lower()}{own.group[1:]}" if own.group else shown.title
    sheet.write_string(row, 0, safe_text(title), cells.wrap)
    sheet.write_string(row, 1, safe_text(shown.unit.name), cells.wrap)
    sheet.write_number(row, 2, year, cells.top)
    for column, role in enumerate(ROLES, start=3):
        line = shown.line(role, own.group)
        if line is None:
            continue
        cells.measured(sheet, row, column, line.at(year), shown.unit)
    if (change := change_of(shown, own)) and change.year == year:
        sheet.write_number(row, 6, whole(change.value, SHOWN_DECIMALS), cells.number(shown.unit, is_change=True))
    if own.rank and own.ranked_count and not shown.unit.is_additive:
        text = texts().words["rank_cell"].format(rank=number(own.rank), count=number(own.ranked_count))
        sheet.write_string(row, 7, text, cells.middle)
    source = place.row_of(own)
    sheet.add_sparkline(
        row, TREND,
        {"range": _range(place, source), "markers": True, "series_color": "#00538A",
         "show_hidden": True, "empty_cells": "gaps"},
    )  # fmt: skip
    sheet.set_row(row, LINE * (2 if len(title) > WIDTHS[0] + 2 or len(shown.unit.name) > WIDTHS[1] else 1))


def _range(place: Placed, row: int) -> str:
    return f"{quote_sheetname(place.sheet)}!{xl_range_abs(row, place.first, row, place.last)}"


def _charts(cells: Cells, sheet: Worksheet, row: int, headlines: Sequence[Placed]) -> None:
    drawn = [chart for place in headlines if (chart := chart_of(cells.book, place))][:MOST_CHARTS]
    rows = HEIGHT // ROW_HEIGHT + 1
    for place, (chart, text) in enumerate(drawn):
        line, side = divmod(place, 2)
        put_chart(sheet, row + line * rows, side, chart, text)
    if drawn:
        sheet.set_h_pagebreaks([row])


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
