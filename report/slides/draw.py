"""Charts and tables on a slide, as PowerPoint's own objects that can be edited.

Here: colours, marks, labels, alternative text. Not here: what is drawn (plots.py), where it stands (write.py).
Area decides colour, mark and dash, so that no reader depends on colour.
"""

from itertools import pairwise
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE_DASH_STYLE, MSO_PATTERN_TYPE
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.util import Emu, Pt

from report.drawing.charts import COLOURS
from report.model import Grid
from report.slides.plots import Plot
from report.words.norwegian import MILLION, Unit
from report.words.texts import texts
from report.writers.tables import grid_text
from report.writers.workbook.cells import safe_text

INK, FAINT, GRID_LINE, BAND = (RGBColor.from_string(c) for c in ("1A1A1A", "595959", "D9D9D9", "E6EEF4"))
BOKMAL = MSO_LANGUAGE_ID.NORWEGIAN_BOKMOL
MARKS = {
    "municipality": XL_MARKER_STYLE.CIRCLE,
    "county": XL_MARKER_STYLE.SQUARE,
    "country": XL_MARKER_STYLE.TRIANGLE,
    "other": XL_MARKER_STYLE.DIAMOND,
}
DASHES = {
    "municipality": MSO_LINE_DASH_STYLE.SOLID,
    "county": MSO_LINE_DASH_STYLE.DASH,
    "country": MSO_LINE_DASH_STYLE.ROUND_DOT,
    "other": MSO_LINE_DASH_STYLE.DASH_DOT,
}
PATTERNS = (
    None,
    MSO_PATTERN_TYPE.WIDE_UPWARD_DIAGONAL,
    MSO_PATTERN_TYPE.LARGE_CONFETTI,
    MSO_PATTERN_TYPE.HORIZONTAL_BRICK,
)
SCENARIOS = ("#00538a", "#b34700", "#4d4d4d", "#7a3b8f", "#2e7d4f")
KINDS = {
    "lines": XL_CHART_TYPE.LINE_MARKERS,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
}
APART = 0.06
"""End labels closer than this part of the scale would cover each other."""
FEW_ROWS = 9
"""A table with more rows than this is set smaller, so that it stays on its slide."""
WHOLE_FROM = 10
"""The numbers beside an axis that reaches higher need no decimals."""
MOST_LABELS = 24
"""More numbers than this over the columns cover each other."""
Box = tuple[Emu, Emu, Emu, Emu]


def number_format(unit: Unit, highest: float) -> str:
    """The format of the numbers: they stay in their own unit, kroner from a million up are shown in millions."""
    if unit.is_money and highest >= MILLION:
        return "#,##0.0,,"
    return f"#,##0.{'0' * unit.decimals}" if unit.decimals else "#,##0"


def add_chart(slide: Any, plot: Plot, box: Box) -> None:
    """The plot as a native chart with its numbers behind it."""
    values = [value * plot.unit.factor for series in plot.series for value in series.values if value is not None]
    highest = max(values, default=0.0)
    data = CategoryChartData(number_format=number_format(plot.unit, highest))
    data.categories = [safe_text(category) for category in plot.categories]
    for series in plot.series:
        numbers = [None if value is None else value * plot.unit.factor for value in series.values]
        data.add_series(safe_text(series.name), numbers)
    frame = slide.shapes.add_chart(KINDS[plot.kind], *box, data)
    describe(frame, plot.title, plot.alt)
    chart = frame.chart
    chart.font.size, chart.font.color.rgb = Pt(14), INK
    chart.has_title = True
    chart.chart_title.include_in_layout = False
    money = plot.unit.is_money and highest >= MILLION
    name = texts().marks["millions"] if money else plot.unit.name
    demo = f", {texts().marks['demo']}" if plot.is_demo else ""
    _write(chart.chart_title.text_frame, f"{plot.title} ({name}{demo})", 16)
    chart.has_legend = len(plot.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.legend.font.size = Pt(14)
    _axes(chart, plot, values)
    (_lines if plot.kind == "lines" else _columns)(chart, plot)


def _axes(chart: Any, plot: Plot, values: list[float]) -> None:
    axis = chart.value_axis
    axis.major_gridlines.format.line.color.rgb = GRID_LINE
    axis.format.line.fill.background()
    axis.tick_labels.font.size, axis.tick_labels.font.color.rgb = Pt(12), FAINT
    axis.tick_labels.number_format_is_linked = False
    highest = max(values, default=0.0)
    shown = number_format(plot.unit, highest)
    axis.tick_labels.number_format = shown.replace(".0", "") if highest > WHOLE_FROM else shown
    if plot.kind == "bars":
        chart.category_axis.reverse_order = True
        axis.visible = False
    # an axis that does not start at zero makes a small difference look large
    axis.minimum_scale = min([0.0, *values])
    if plot.unit.is_share and max(values, default=0.0) > 90:
        axis.maximum_scale = 100
    chart.category_axis.tick_labels.font.size = Pt(12)
    chart.category_axis.format.line.color.rgb = FAINT


def _ends(plot: Plot) -> dict[str, tuple[int, Any]]:
    """The point of each line that gets its number, and on which side: the highest above, the lowest below.

    Where two would cover each other the municipality's alone is written; the others stand in the text and the data.
    """
    found = []
    for series in plot.series:
        known = [place for place, value in enumerate(series.values) if value is not None]
        if known:
            found.append((series.values[known[-1]] or 0.0, known[-1], series))
    found.sort(key=lambda end: end[0])
    top = max((value for series in plot.series for value in series.values if value is not None), default=0.0)
    sides = [XL_LABEL_POSITION.BELOW, *[XL_LABEL_POSITION.RIGHT] * (len(found) - 2), XL_LABEL_POSITION.ABOVE]
    if len(found) == 1:
        sides = [XL_LABEL_POSITION.ABOVE]
    if any(after[0] - before[0] < APART * top for before, after in pairwise(found)):
        own = [place for place, end in enumerate(found) if end[2].role == "municipality"]
        lowest = [XL_LABEL_POSITION.BELOW if place == 0 else XL_LABEL_POSITION.ABOVE for place in own]
        return {found[place][2].name: (found[place][1], side) for place, side in zip(own, lowest, strict=True)}
    return {end[2].name: (end[1], side) for end, side in zip(found, sides, strict=True)}


def _lines(chart: Any, plot: Plot) -> None:
    ends = _ends(plot)
    for drawn, series in zip(chart.plots[0].series, plot.series, strict=True):
        colour = RGBColor.from_string(COLOURS[series.role].lstrip("#"))
        drawn.smooth = False
        drawn.format.line.color.rgb = colour
        drawn.format.line.width = Pt(3 if series.role == "municipality" else 2)
        drawn.format.line.dash_style = DASHES[series.role]
        drawn.marker.style, drawn.marker.size = MARKS[series.role], 8
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = colour
        drawn.marker.format.line.color.rgb = colour
        if (end := ends.get(series.name)) is not None:
            label = drawn.points[end[0]].data_label
            label.position = end[1]
            label.font.size, label.font.bold, label.font.color.rgb = Pt(14), True, colour


def _columns(chart: Any, plot: Plot) -> None:
    drawing = chart.plots[0]
    drawing.gap_width, drawing.overlap = (60, 0)
    drawing.vary_by_categories = False
    if len(plot.series) * len(plot.categories) <= MOST_LABELS:
        drawing.has_data_labels = True
        labels = drawing.data_labels
        labels.show_value, labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
        labels.font.size = Pt(12 if len(plot.series) * len(plot.categories) <= 15 else 10)
    roles = [series.role for series in plot.series]
    main = roles.index("municipality") if "municipality" in roles else 0
    patterns = [PATTERNS[(place - main) % len(plot.series) % len(PATTERNS)] for place in range(len(roles))]
    for place, drawn in enumerate(drawing.series):
        distinct = len(set(roles)) == len(roles)
        colour = COLOURS[roles[place]] if distinct else SCENARIOS[place % len(SCENARIOS)]
        fill = drawn.format.fill
        # a pattern tells series apart without colour; the municipality's own is solid
        pattern = patterns[place]
        if pattern is None:
            fill.solid()
        else:
            fill.patterned()
            fill.pattern = pattern
            fill.back_color.rgb = RGBColor(0xFF, 0xFF, 0xFF)
        fill.fore_color.rgb = RGBColor.from_string(colour.lstrip("#"))
        drawn.format.line.color.rgb = RGBColor.from_string(colour.lstrip("#"))


def add_table(slide: Any, grid: Grid, box: Box) -> None:
    """The grid as a native table with a header row."""
    left, top, width, height = box
    rows, columns = len(grid.rows) + 1, len(grid.header)
    size, high = (13, 420_000) if rows <= FEW_ROWS else (11, 300_000)
    frame = slide.shapes.add_table(rows, columns, left, top, width, min(height, Emu(rows * high)))
    describe(frame, grid.title, f"{texts().slides['words']['table']}: {grid.title}. {', '.join(grid.header)}.")
    table = frame.table
    table.first_row, table.horz_banding = True, False
    widths = _widths(grid)
    for column, part in enumerate(widths):
        table.columns[column].width = Emu(int(width * part))
    for place, name in enumerate(grid.header):
        _cell(table.cell(0, place), name, size, is_head=True)
    for row, given in enumerate(grid.rows, start=1):
        for column, value in enumerate(given):
            _cell(table.cell(row, column), grid_text(value, column in grid.numeric), size)


def _widths(grid: Grid) -> list[float]:
    """Parts of the width, by the longest text of each column but never less than a date takes."""
    longest = [
        max(17, *(min(len(grid_text(row[column], False)), 38) for row in grid.rows), min(len(name), 24))
        for column, name in enumerate(grid.header)
    ]
    return [part / sum(longest) for part in longest]


def _cell(cell: Any, text: str, size: int, is_head: bool = False) -> None:
    _write(cell.text_frame, text, size, is_bold=is_head)
    cell.fill.solid()
    cell.fill.fore_color.rgb = BAND if is_head else RGBColor(0xFF, 0xFF, 0xFF)
    cell.margin_top = cell.margin_bottom = Emu(30_000)


def describe(frame: Any, name: str, text: str) -> None:
    """Name and alternative text of a drawn object."""
    properties = frame._element.xpath(".//p:cNvPr")[0]
    properties.set("name", safe_text(name)[:80])
    properties.set("descr", safe_text(text))


def _write(frame: Any, text: str, size: int, is_bold: bool = False, colour: RGBColor = INK) -> None:
    paragraph = frame.paragraphs[0]
    for old in list(paragraph.runs):
        old._r.getparent().remove(old._r)
    run = paragraph.add_run()
    run.text = safe_text(text)
    run.font.size, run.font.bold, run.font.color.rgb = Pt(size), is_bold, colour
    run.font.language_id = BOKMAL
