"""A sheet a theme: figures in wide form, years across, with Excel's own charts under them.

Here: what stands in which row and column. Not here: formats (cells.py), how a chart looks (native.py).
A year's cell holds a number or nothing: what is hidden, an interval or missing is shaded and told in the last column, so
that a sum or a chart of the row never takes a word for zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from xlsxwriter.worksheet import Worksheet

from report.drawing.charts import cell_text
from report.judging.shown import shown_difference
from report.model import Block, Cell, Figure, Line, Section
from report.words.norwegian import number
from report.words.texts import texts
from report.writers.workbook.cells import (
    LINE,
    PAGE_HEIGHT,
    ROW_HEIGHT,
    SHOWN_DECIMALS,
    Cells,
    pixels,
    safe_text,
    scale_of,
    whole,
)
from report.writers.workbook.native import GAP, HEIGHT, WIDTH, Placed, chart_of, put_chart
from sources.vocabulary import year_spans

NAME, AREA, UNIT, FIRST = 0, 1, 2, 3
TOP = 3
CHART_ROWS = HEIGHT // ROW_HEIGHT + 1
NOTE_WIDTH = 52
EARLIEST_YEAR = 1900
"""A period below it is no calendar year but a count of years, and has columns of its own."""


@dataclass(frozen=True)
class YearChange:
    """The newest whole year of a line and the year before it, where both are known and no break lies between."""

    year: int
    value: float


def change_of(shown: Figure, line: Line) -> YearChange | None:
    """The difference between the two newest whole years as the sheet shows them, in the unit of the figure."""
    whole_years = [year for year in shown.years if line.at(year).is_known and not line.at(year).is_running]
    if not whole_years or shown.is_forecast or whole_years[-1] < EARLIEST_YEAR:
        return None
    year = whole_years[-1]
    now, before = line.at(year), line.at(year - 1)
    if now.value is None or before.value is None or before.is_running or year in shown.breaks:
        return None
    return YearChange(year, shown_difference(now.value, before.value, shown.unit, is_written_out=True).signed)


def known_from_below(shown: Figure) -> Figure:
    """A forecast with years of which only the least is known: the least as the number, and the line named so."""
    if not shown.is_forecast:
        return shown
    lines = []
    for line in shown.lines:
        open_years = [year for year in shown.years if line.at(year).value is None and line.at(year).low is not None]
        cells = {year: replace(line.at(year), value=line.at(year).low) for year in open_years}
        name = texts().words["least"].format(name=line.name) if open_years else line.name
        lines.append(replace(line, name=name, cells={**line.cells, **cells}))
    return replace(shown, lines=tuple(lines))


def add_theme(cells: Cells, section: Section) -> list[Placed]:
    """The sheet of a section; returns where each figure lies, for the overview."""
    figures = [known_from_below(block.figure) for block in section.blocks if block.figure]
    groups = [
        [shown for shown in figures if shown.years[0] >= EARLIEST_YEAR],
        [shown for shown in figures if shown.years[0] < EARLIEST_YEAR],
    ]
    tables = [_Table(cells, found) for found in groups if found]
    widths = max((table.widths for table in tables), key=sum, default=[44, 28, 18, 12, 12, 12, 12, NOTE_WIDTH])
    sheet = cells.sheet(section.sheet, section.title, widths)
    sheet.write_string(2, 0, safe_text(texts().words["how_to_read"]))
    placed: list[Placed] = []
    row = TOP
    for table in tables:
        placed += table.write(sheet, row)
        row = table.after + 1
    if tables:
        sheet.freeze_panes(TOP + 1, 2)
        sheet.repeat_rows(TOP)
    row = _others(cells, sheet, row, section.blocks, widths)
    _charts(cells, sheet, row + 1, placed, widths)
    return placed


class _Table:
    """Figures with one set of periods across."""

    def __init__(self, cells: Cells, figures: Sequence[Figure]) -> None:
        self._cells, self._figures = cells, figures
        # the forecast's years lie after the others: one set of columns without a hole between
        self._years = list(range(min(f.years[0] for f in figures), max(f.years[-1] for f in figures) + 1))
        self._change = FIRST + len(self._years)
        highest = max(
            (abs(line.at(y).value or 0) * f.unit.factor for f in figures for line in f.lines for y in f.years),
            default=0,
        )
        self.widths = [44, 28, 18, *[max(8.0, len(f"{highest:,.0f}") + 1.5)] * len(self._years), 11, 13, NOTE_WIDTH]
        self.after = 0

    def write(self, sheet: Worksheet, top: int) -> list[Placed]:
        words = texts().words
        heads = [words["indicator"], words["area"], words["unit"]]
        self._cells.header(sheet, top, heads)
        for place, year in enumerate(self._years):
            sheet.write_number(top, FIRST + place, year, self._cells.head)
        sheet.set_row(top, 2 * LINE)
        for place, key in enumerate(("change", "rank", "note")):
            sheet.write_string(top, self._change + place, words[key], self._cells.head)
        row, placed = top + 1, []
        for shown in self._figures:
            rows = []
            for line in shown.lines:
                self._row(sheet, row, shown, line)
                rows.append((line, row))
                row += 1
            first = FIRST + self._years.index(shown.years[0])
            last = first + len(shown.years) - 1
            placed.append(Placed(sheet.get_name(), shown, tuple(rows), top, first, last, AREA))
        self.after = row
        return placed

    def _row(self, sheet: Worksheet, row: int, shown: Figure, line: Line) -> None:
        cells, unit = self._cells, shown.unit
        sheet.write_string(row, NAME, safe_text(shown.title), cells.wrap)
        sheet.write_string(row, AREA, safe_text(line.label), cells.wrap)
        sheet.write_string(row, UNIT, safe_text(unit.name), cells.wrap)
        for year in shown.years:
            column, cell = FIRST + self._years.index(year), line.at(year)
            if cell.value is not None:
                cells.measured(sheet, row, column, cell, unit)
            else:
                sheet.write_blank(row, column, None, cells.unknown)
        if change := change_of(shown, line):
            sheet.write_number(
                row, self._change, whole(change.value, SHOWN_DECIMALS), cells.number(unit, is_change=True)
            )
        if line.rank and line.ranked_count and not unit.is_additive:
            place = texts().words["rank_cell"].format(rank=number(line.rank), count=number(line.ranked_count))
            sheet.write_string(row, self._change + 1, place, cells.middle)
        remark = remark_of(shown, line)
        sheet.write_string(row, self._change + 2, safe_text(remark), cells.wrap)
        high = max(
            ceil(len(remark) / NOTE_WIDTH),
            ceil(len(shown.title) / 46),
            ceil(len(line.label) / 29),
            ceil(len(unit.name) / 19),
            1,
        )
        sheet.set_row(row, LINE * max(high, 1))


def remark_of(shown: Figure, line: Line) -> str:
    """What the year columns of a line do not say: bounds, hidden and missing figures, years that were not over, breaks."""
    words = texts()
    told: dict[str, list[int]] = {}
    for year in shown.years:
        for text in _remarks(shown, line.at(year)):
            told.setdefault(text, []).append(year)
        if year in shown.breaks and year != shown.years[0]:
            told.setdefault(words.marks["break_label"], []).append(year)
    return "; ".join(f"{year_spans(years, '–')}: {text}" for text, years in told.items())


def _remarks(shown: Figure, cell: Cell) -> list[str]:
    words, found = texts(), []
    if not cell.is_known:
        text = cell_text(cell, shown.unit)
        reason = words.reasons.get(cell.reason, words.reasons["unknown"]) if cell.reason and not cell.is_hidden else ""
        # bounds differ from year to year while their reason is one: it is told once for all of them
        found += [text, reason] if reason and cell.is_interval else [f"{text} ({reason})" if reason else text]
    elif shown.is_forecast and cell.high is None:
        found.append(words.words["least_note"])
    elif cell.is_rounded:
        # the bounds of each year stand on the sheet of all data
        found.append(words.statuses[cell.status])
    if cell.is_running or cell.is_preliminary:
        found.append(words.words["running_note"])
    if cell.basis in ("published_under_other_code", "summed", "recomputed") and cell.is_known and not shown.is_forecast:
        found.append(words.bases[cell.basis])
    return found


def _others(cells: Cells, sheet: Worksheet, row: int, blocks: Sequence[Block], widths: Sequence[float]) -> int:
    """What the theme has beside figures by area and year: tables, notes, what is missing."""
    for block in blocks:
        notes = [*([block.missing] if block.missing else []), *block.notes]
        said = notes if block.figure else [*block.sentences, *notes]
        if not said and not block.grids:
            continue
        row += 1
        if block.title:
            sheet.write_string(row, 0, safe_text(block.title), cells.strong)
            row += 1
        row = cells.lines(sheet, row, said, len(widths), sum(widths))
        for grid in block.grids:
            if grid.title != block.title:
                sheet.write_string(row, 0, safe_text(grid.title), cells.strong)
                row += 1
            row = cells.grid(sheet, row, grid, widths)
    return row


def _charts(cells: Cells, sheet: Worksheet, row: int, placed: Sequence[Placed], widths: Sequence[float]) -> None:
    """The charts, as many beside each other as the page has room for, never cut by its end."""
    drawn = [chart for place in placed if (chart := chart_of(cells.book, place))]
    beside = max(1, sum(pixels(width) for width in widths) // (WIDTH + GAP))
    rows_of_page = PAGE_HEIGHT * 100 // scale_of(widths) // (CHART_ROWS * ROW_HEIGHT) or 1
    breaks = []
    for place, (chart, text) in enumerate(drawn):
        line, side = divmod(place, beside)
        top = row + line * CHART_ROWS
        if side == 0 and line % rows_of_page == 0:
            breaks.append(top)
        put_chart(sheet, top, side, chart, text)
    if breaks:
        sheet.set_h_pagebreaks(breaks)
