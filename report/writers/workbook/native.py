"""Excel's own charts on the numbers of a theme sheet.

Here: kind, colours, axes and text in place of the picture. Not here: where the numbers lie (themes.py).
A cell without one known number is empty, never a word, because Excel draws a word as zero; the line has a gap there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from report.drawing.charts import COLOURS, alt_text
from report.model import Figure, Line
from report.words.norwegian import MILLION
from report.words.texts import texts
from report.writers.workbook.cells import safe_text

WIDTH, HEIGHT, GAP = 480, 280, 16
MARKS = {"municipality": "circle", "county": "square", "country": "triangle", "other": "diamond"}
DASHES = {"municipality": "solid", "county": "dash", "country": "round_dot", "other": "dash_dot"}
GROUP_DASHES = ("solid", "dash", "round_dot", "dash_dot")
PATTERNS = (None, "wide_upward_diagonal", "large_confetti", "horizontal_brick")
SCENARIOS = ("#00538a", "#b34700", "#4d4d4d", "#7a3b8f", "#2e7d4f")


@dataclass(frozen=True)
class Placed:
    """A figure in wide form on a sheet: the row of each line, the columns of its first and last year, and the heads."""

    sheet: str
    figure: Figure
    rows: tuple[tuple[Line, int], ...]
    head: int
    first: int
    last: int
    name_column: int

    def row_of(self, line: Line) -> int:
        return next(row for found, row in self.rows if found is line)


def chart_of(book: xlsxwriter.Workbook, placed: Placed) -> tuple[Any, str] | None:
    """The chart of a figure and its text, None when there is no number to draw.

    Counts show the municipality alone: areas of different size do not meet in one chart.
    """
    shown = placed.figure
    lines = [(line, row) for line, row in placed.rows if any(line.at(year).is_known for year in shown.years)]
    if shown.unit.is_additive and not shown.is_forecast:
        lines = [(line, row) for line, row in lines if line.role in ("municipality", "other")]
    if len(shown.groups) > 1:
        # one message: the municipality's groups beside each other; the other areas stand in the table
        lines = [(line, row) for line, row in lines if line.role == "municipality"]
    if not lines:
        return None
    known = [year for year in shown.years if any(line.at(year).is_known for line, _ in lines)]
    if len(known) == 1 and len(lines) > 1 and _stand_together([row for _, row in lines]):
        chart = _one_year(book, placed, lines, known[0])
    else:
        is_columns = shown.form == "bars" or len(known) == 1
        chart = book.add_chart({"type": "column"} if is_columns else {"type": "line"})
        for place, (line, row) in enumerate(lines):
            chart.add_series(_series(placed, line, row, place, is_columns, len(lines)))
    _dress(chart, shown, [line for line, _ in lines], known, has_legend=len(lines) > 1)
    return chart, alt_text(shown, "", [line for line, _ in lines])


def put_chart(sheet: Worksheet, row: int, side: int, chart: Any, text: str) -> None:
    """The chart at a row, as the ``side``-th from the left, with the text for who does not see it."""
    place = {"x_offset": side * (WIDTH + GAP), "object_position": 2, "description": safe_text(text)[:2000]}
    sheet.insert_chart(row, 0, chart, place)


def _stand_together(rows: Sequence[int]) -> bool:
    return rows[-1] - rows[0] == len(rows) - 1


def _series(placed: Placed, line: Line, row: int, place: int, is_columns: bool, count: int) -> dict[str, Any]:
    sheet, shown = placed.sheet, placed.figure
    series: dict[str, Any] = {
        "name": [sheet, row, placed.name_column],
        "categories": [sheet, placed.head, placed.first, placed.head, placed.last],
        "values": [sheet, row, placed.first, row, placed.last],
    }
    roles = [found.role for found, _ in placed.rows]
    own_colour = roles.count(line.role) == 1
    colour = COLOURS[line.role] if own_colour else SCENARIOS[place % len(SCENARIOS)]
    if is_columns:
        pattern = PATTERNS[place % len(PATTERNS)] if count > 1 else None
        look = {"pattern": {"pattern": pattern, "fg_color": colour, "bg_color": "#FFFFFF"}} if pattern else {}
        return series | (look or {"fill": {"color": colour}}) | {"border": {"color": colour}, "gap": 60}
    is_group = len(shown.groups) > 1
    dash = GROUP_DASHES[place % len(GROUP_DASHES)] if is_group else DASHES[line.role]
    mark = {"type": MARKS[line.role], "size": 6, "fill": {"color": colour}, "border": {"color": colour}}
    width = 2.75 if line.role == "municipality" else 1.75
    return series | {"line": {"color": colour, "width": width, "dash_type": dash}, "marker": mark}


def _one_year(book: xlsxwriter.Workbook, placed: Placed, lines: list[tuple[Line, int]], year: int) -> Any:
    """A figure of one year: a column to each area, since one point is no line."""
    column = placed.first + placed.figure.years.index(year)
    chart = book.add_chart({"type": "column"})
    top, bottom = lines[0][1], lines[-1][1]
    chart.add_series(
        {
            "name": str(year),
            "categories": [placed.sheet, top, placed.name_column, bottom, placed.name_column],
            "values": [placed.sheet, top, column, bottom, column],
            "points": [{"fill": {"color": COLOURS[line.role]}} for line, _ in lines],
            "data_labels": {"value": True},
            "gap": 80,
        }
    )
    return chart


def _dress(chart: Any, shown: Figure, lines: Sequence[Line], known: Sequence[int], *, has_legend: bool) -> None:
    highest = max(abs(line.at(year).value or 0) * shown.unit.factor for line in lines for year in known)
    is_millions = shown.unit.is_money and highest >= MILLION
    unit = texts().marks["millions"] if is_millions else shown.unit.name
    demo = f" ({texts().marks['demo']})" if shown.is_demo else ""
    year = f", {known[0]}" if len(known) == 1 else ""
    chart.set_title({"name": _title(f"{shown.title}{year}{demo}"), "name_font": {"size": 11}, "overlay": False})
    plain = "#,##0" if not shown.unit.decimals else f"#,##0.{'0' * shown.unit.decimals}"
    chart.set_y_axis(
        {
            "name": _title(unit),
            "name_font": {"size": 9, "bold": False},
            "num_format": "#,##0,," if is_millions else plain,
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
            "line": {"none": True},
            "min": min(0.0, *(line.at(y).value or 0.0 for line in lines for y in known), 0.0),
        }
    )
    chart.set_x_axis({"num_font": {"size": 9}})
    chart.set_legend({"position": "bottom"} if has_legend and len(known) > 1 else {"none": True})
    chart.show_blanks_as("gap")
    chart.show_hidden_data()
    chart.set_size({"width": WIDTH, "height": HEIGHT})


def _title(text: str) -> str:
    """A title as words: xlsxwriter takes «…!A1» for a cell to fetch it from."""
    return safe_text(text).replace("!", "!\u2009")[:250]
