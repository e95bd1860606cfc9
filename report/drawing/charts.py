"""Charts as SVG: bars for counts and single years, lines for shares over time.

Here: scales and drawing, the same for web page and PDF. Not here: which figures are drawn, or the writers.
An interval is drawn from bound to bound, a hidden figure as an open mark with its word, a missing one as a gap with a
dash, a break as a dashed upright line where the line stops, a year that is not whole in outline, and demo data under a
watermark.
Area decides colour, mark and dash, so that no reader depends on colour.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import ceil, floor, log10

from report.drawing.panel import (
    BOTTOM,
    FAINT,
    GRID,
    INK,
    LEFT,
    SMALL_HEIGHT,
    SMALL_RIGHT,
    SMALL_WIDTH,
    TOP,
    WIDTH,
    Panel,
)
from report.model import Cell, Figure, Line, Svg
from report.words.norwegian import MILLION, THIN, Unit, figure, number
from report.words.texts import texts

LEAST_SPAN = 1e-6
"""A smaller span is drawn as none: no unit is read that finely."""
ROW = 12.5
MOST_PANELS = 4
"""More lines than so many are lying bars of the newest year, no wall of small charts."""
ROW_TOP, ROW_HEIGHT, ROW_BAR, ROW_VALUE = 12, 28, 11, 92
"""Lying bars: where the first name stands, the room of a row, how thick a bar is, the room for its value."""
LEAST_SHARE_SPAN = 2.0
"""Percentage points: shares that differ less are drawn from zero, so that noise does not look like a cliff."""
YEAR_ROOM = 33
"""What a year under the axis takes with the space around it."""
ROOM = 17
"""Signs that fit beside the end of a line."""
COLOURS = {
    "municipality": "#00538a",
    "county": "#b34700",
    "country": "#4d4d4d",
    "kostra_group": "#2f6b3a",
    "other": "#7a3b8f",
}
"""Dark blue, burnt orange, grey, green and purple: told apart with every common colour vision, at least 4.5:1 on white."""
DASHES = {"municipality": "", "county": "7 3", "country": "2 3", "kostra_group": "4 2 1 2", "other": "9 3 2 3"}
GROUP_DASHES = ("", "5 3", "1 3", "8 2 1 2")


def charts(shown: Figure) -> tuple[Svg, ...]:
    """The panels of a figure: one per area for groups, the municipality's own bars for counts, else one with all areas.

    Counts of areas of different size never stand side by side: beside the municipality's own come all areas per inhabitant. One
    year alone is drawn as lying bars, an old one not at all: a point of years ago tells nothing that its sentence does not.
    """
    drawn = [line for line in shown.lines if any(line.at(year).says_something for year in shown.years)]
    if shown.unit.is_additive:
        drawn = [line for line in drawn if line.role in ("municipality", "other")]
    if not drawn:
        return ()
    told = [year for year in shown.years if any(line.at(year).says_something for line in drawn)]
    is_wall = shown.form == "bars" and len(drawn) > MOST_PANELS and not shown.is_forecast
    if shown.form == "rows" or is_wall or (len(told) == 1 and not shown.is_forecast):
        if len(drawn) == 1:  # one bar alone compares nothing
            return ()
        return (_rows(shown, drawn, told[-1]),)
    if len(shown.groups) > 1:
        roles = list(dict.fromkeys((line.role, line.title) for line in drawn))
        scale = _scale(shown, drawn)
        return tuple(
            _lines(shown, [line for line in drawn if (line.role, line.title) == role], scale, role[1], shown.groups)
            for role in roles
        )
    if shown.form == "bars":
        return _bar_panels(shown, drawn)
    return (_lines(shown, drawn, _scale(shown, drawn), "", ()),)


def _bar_panels(shown: Figure, drawn: list[Line]) -> tuple[Svg, ...]:
    """Bars of one scale for each line; beside a count of the municipality all areas per inhabitant."""
    panels = [_bars(shown, line, _scale(shown, drawn), is_alone=len(drawn) == 1) for line in drawn]
    if shown.per_capita and not shown.is_forecast:
        per = replace(shown.per_capita, is_demo=shown.is_demo)
        panels.append(_lines(per, per.lines, _scale(per, per.lines), per.unit.name, ()))
    return tuple(panels)


def _rows(shown: Figure, drawn: list[Line], year: int) -> Svg:
    """Lying bars of one year, one a line: the name above its bar, the value at its end."""
    told = [line for line in drawn if line.at(year).says_something]
    known = [bound for line in told for bound in (line.at(year).high, line.at(year).value) if bound is not None]
    most = max([*known, LEAST_SPAN])
    panel = Panel((year,), 0.0, most, right=ROW_VALUE, height=ROW_TOP + ROW_HEIGHT * len(told) + 6)
    for number_of_row, line in enumerate(told):
        top, cell = ROW_TOP + ROW_HEIGHT * number_of_row, line.at(year)
        panel.text(2, top, line.label, anchor="start", size=11, weight="600" if line.role == "municipality" else "")
        end = (cell.value if cell.value is not None else cell.low) or 0.0
        width = max(0.0, (panel.width - ROW_VALUE) * end / most)
        look = f'fill="{COLOURS[line.role]}"' + (' fill-opacity="0.35"' if cell.value is None else "")
        panel.box(2 + width / 2, top + 4, top + 4 + ROW_BAR, width / 2, look)
        panel.text(6 + width, top + 4 + ROW_BAR - 2, cell_text(cell, shown.unit), anchor="start", size=11)
    return _finish(panel, shown, str(year), told)


def _bars(shown: Figure, line: Line, scale: tuple[float, float], is_alone: bool) -> Svg:
    low, high = scale
    is_wide = is_alone or len(shown.years) > 8
    width = WIDTH if is_wide else SMALL_WIDTH
    panel = Panel(shown.years, low, high, width, right=6) if is_wide else _small(shown.years, low, high, right=6)
    _frame(panel, shown)
    colour, half = COLOURS[line.role], min(16.0, (width - LEFT - 6) / len(shown.years) * 0.36)
    for year in shown.years:
        _bar(panel, shown, line.at(year), year, colour, half)
    return _finish(panel, shown, "" if is_alone and not shown.per_capita else line.label, [line])


def _small(years: Sequence[int], low: float, high: float, right: int = SMALL_RIGHT) -> Panel:
    return Panel(years, low, high, SMALL_WIDTH, right, SMALL_HEIGHT)


def _bar(panel: Panel, shown: Figure, cell: Cell, year: int, colour: str, half: float) -> None:
    x, zero = panel.x(year), panel.y(max(0.0, panel.low))
    if cell.value is not None:
        y = panel.y(cell.value)
        look = f'fill="{colour}"'
        if cell.is_running or shown.is_forecast:
            look += f' fill-opacity="0.2" stroke="{colour}" stroke-dasharray="3 2"'
        panel.box(x, min(y, zero), max(y, zero), half, look)
        panel.text(x, y - 4 if cell.value >= 0 else y + 12, _short(cell.value, shown.unit), size=11)
        if cell.low is not None and cell.high is not None and cell.low != cell.high:
            panel.whisker(x, cell.low, cell.high)
    elif cell.low is not None and cell.is_interval and cell.high is not None:
        panel.box(x, panel.y(cell.low), zero, half, f'fill="{colour}" fill-opacity="0.35"')
        panel.whisker(x, cell.low, cell.high)
        _bounds_label(panel, x, panel.y(cell.high) - 4, cell.low, cell.high, shown.unit)
    elif cell.low is not None and cell.is_at_least:
        _open_ended(panel, x, panel.y(cell.low), zero, half, colour)
        panel.text(x, panel.y(cell.low) - 22, f"≥{THIN}{_short(cell.low, shown.unit)}", size=10)
    elif cell.is_hidden:
        panel.box(x, zero - 9, zero, half, f'fill="none" stroke="{colour}" stroke-dasharray="2 2"')
        panel.text(x, zero - 13, texts().marks["hidden"], size=10, colour=FAINT)
    else:
        panel.text(x, zero - 4, "–", colour=FAINT)


def _open_ended(panel: Panel, x: float, top: float, zero: float, half: float, colour: str) -> None:
    """A bar with an arrow: at least so many."""
    panel.box(x, top, zero, half, f'fill="{colour}" fill-opacity="0.35"')
    panel.line(x, top, x, top - 16, INK, 1.4)
    arrow = [(x - 4, top - 12), (x, top - 18), (x + 4, top - 12)]
    panel.path(arrow, f'fill="none" stroke="{INK}" stroke-width="1.4"')


def _bounds_label(panel: Panel, x: float, y: float, low: float, high: float, unit: Unit) -> None:
    """Both bounds above the whisker, in two rows when they would run into the next bar."""
    first, last = _short(low, unit), _short(high, unit)
    if first == last:
        panel.text(x, y, first, size=10)
    elif len(first) + len(last) <= 6:
        panel.text(x, y, f"{first}–{last}", size=10)
    else:
        panel.text(x, y - 10, f"{first}–", size=10)
        panel.text(x, y, last, size=10)


def _lines(shown: Figure, lines: Sequence[Line], scale: tuple[float, float], title: str, groups: Sequence[str]) -> Svg:
    low, high = scale
    panel = _small(shown.years, low, high) if groups else Panel(shown.years, low, high)
    _frame(panel, shown)
    ends: list[tuple[float, str, str]] = []
    # the municipality is drawn last, on top of the others
    for line in sorted(lines, key=lambda line: line.role == "municipality"):
        colour, dash = COLOURS[line.role], DASHES[line.role]
        if groups:
            dash = GROUP_DASHES[groups.index(line.group) % len(GROUP_DASHES)]
        _path(panel, shown, line, colour, dash)
        bounds = next((b for b in (line.at(year).bounds for year in reversed(shown.years)) if b), None)
        if bounds is not None:
            middle = (panel.y(bounds[0]) + panel.y(bounds[1])) / 2
            ends.append((middle, _end_text(line, shown), colour))
    _end_labels(panel, ends)
    return _finish(panel, shown, title, lines)


def _end_text(line: Line, shown: Figure) -> str:
    """The name at the end of a line with its newest figure: the areas stand beside each other in numbers too."""
    name = line.group or line.title
    name = texts().short.get(name, name)
    cell = next((line.at(y) for y in reversed(shown.years) if line.at(y).bounds), None)
    return f"{name} {_short(cell.value, shown.unit)}" if cell and cell.value is not None else name


def _path(panel: Panel, shown: Figure, line: Line, colour: str, dash: str) -> None:
    """The line of one area: it stops where a figure is not known and at a break."""
    before: int | None = None
    for year in shown.years:
        cell, x = line.at(year), panel.x(year)
        if cell.value is not None:
            _stretch(panel, shown, line, before, year, colour, dash)
            if cell.low is not None and cell.high is not None and cell.low != cell.high:
                panel.whisker(x, cell.low, cell.high, colour)
            _mark(panel, line.role, x, panel.y(cell.value), colour, cell.is_running)
            before = year
            continue
        before = None
        if cell.low is not None and cell.high is not None and cell.is_interval:
            top, bottom = panel.y(cell.high), panel.y(cell.low)
            panel.box(x, top, max(bottom, top + 1), 7, f'fill="{colour}" fill-opacity="0.22"')
            panel.whisker(x, cell.low, cell.high, colour)
        elif cell.is_hidden:
            y = panel.y(panel.low) - 4
            panel.circle(x, y, 3.5, f'fill="#fff" stroke="{colour}" stroke-dasharray="2 1"')
            panel.text(x, y - 7, texts().marks["hidden"], size=10, colour=FAINT)


def _stretch(panel: Panel, shown: Figure, line: Line, before: int | None, year: int, colour: str, dash: str) -> None:
    """The piece of a line from the year before, dotted into a year that is not whole."""
    if before != year - 1 or year in shown.breaks:
        return
    start, end = line.at(before).value, line.at(year).value
    if start is None or end is None:
        return
    width = 2.6 if line.role == "municipality" else 1.8
    look = "2 3" if line.at(year).is_running else dash
    panel.line(panel.x(before), panel.y(start), panel.x(year), panel.y(end), colour, width, look)


def _mark(panel: Panel, role: str, x: float, y: float, colour: str, is_open: bool) -> None:
    """The area's own shape, open in a year that is not whole."""
    look = f'fill="{"#fff" if is_open else colour}" stroke="{colour}" stroke-width="1.4"'
    if role == "county":
        panel.box(x, y - 3.2, y + 3.2, 3.2, look)
    elif role == "country":
        panel.path([(x, y - 4.2), (x + 4, y + 3), (x - 4, y + 3)], look, is_closed=True)
    elif role == "other":
        panel.path([(x, y - 4.4), (x + 4.4, y), (x, y + 4.4), (x - 4.4, y)], look, is_closed=True)
    else:
        panel.circle(x, y, 3.8, look)


def _end_labels(panel: Panel, ends: list[tuple[float, str, str]]) -> None:
    """Names at the ends of the lines, in at most two rows, moved apart so that none covers another."""
    rows = [(y, _wrapped(name), colour) for y, name, colour in sorted(ends)]
    tops: list[float] = []
    for index, (y, words, _) in enumerate(rows):
        above = tops[-1] + ROW * len(rows[index - 1][1]) + 2 if tops else TOP + 4.0
        tops.append(max(y + 4 - ROW * (len(words) - 1) / 2, above))
    limit = panel.height - BOTTOM + 6.0
    for index in range(len(rows) - 1, -1, -1):
        limit -= ROW * len(rows[index][1])
        tops[index] = min(tops[index], limit + ROW)
        limit -= 2
    for top, (_, words, colour) in zip(tops, rows, strict=True):
        for number_of_row, word in enumerate(words):
            panel.text(
                panel.width - panel.right + 2,
                top + ROW * number_of_row,
                word,
                anchor="start",
                colour=colour,
                size=11,
                weight="600",
            )


def _wrapped(name: str) -> list[str]:
    """A name in one or two rows of ROOM signs; what does not fit ends in an ellipsis, the table has it whole."""
    short = texts().short.get(name, name)
    if len(short) <= ROOM:
        return [short]
    cut = max(short.rfind(" ", 0, ROOM + 1), short.rfind("-", 0, ROOM) + 1)
    first, rest = (short[:cut], short[cut:].lstrip()) if cut > 0 else (short[:ROOM], short[ROOM:])
    return [first, rest if len(rest) <= ROOM else f"{rest[: ROOM - 1].rstrip()}…"]


def _frame(panel: Panel, shown: Figure) -> None:
    right = panel.width - panel.right
    for tick in _ticks(panel.low, panel.high, shown.unit):
        y = panel.y(tick)
        panel.line(LEFT, y, right, y, INK if tick == 0 else GRID, 1)
        panel.text(LEFT - 5, y + 4, _tick(tick, shown.unit, panel.high), anchor="end", colour=FAINT, size=11)
    if shown.unit.is_money and panel.high * shown.unit.factor >= MILLION:
        panel.text(2, TOP - 3, texts().marks["millions"], anchor="start", colour=FAINT, size=10)
    if panel.low > 0:
        panel.text(
            LEFT + 3, panel.height - BOTTOM - 5, texts().marks["cut_axis"], anchor="start", colour=FAINT, size=10
        )
    step = ceil(len(shown.years) * YEAR_ROOM / (right - LEFT))
    for index, year in enumerate(shown.years):
        if (len(shown.years) - 1 - index) % step == 0:
            panel.text(panel.x(year), panel.height - BOTTOM + 16, str(year), colour=FAINT, size=11)
    for year in shown.breaks:
        if year in shown.years and year != shown.years[0]:
            x = (panel.x(year) + panel.x(year - 1)) / 2
            panel.line(x, TOP, x, panel.height - BOTTOM, INK, 1.2, "4 3")
            panel.text(x + 3, TOP + 9, texts().marks["break_label"], anchor="start", size=10)


def _finish(panel: Panel, shown: Figure, title: str, lines: Sequence[Line]) -> Svg:
    if shown.is_demo:
        panel.watermark(texts().marks["demo"])
    return Svg(panel.svg(), alt_text(shown, title, lines), title, panel.width, panel.height)


def alt_text(shown: Figure, title: str, lines: Sequence[Line]) -> str:
    """What the drawing shows, in words and figures."""
    marks = texts().marks
    demo = f"{marks['demo']}. " if shown.is_demo else ""
    kind = "Søylediagram" if shown.form in ("bars", "rows") and len(shown.groups) < 2 else "Linjediagram"
    parts = []
    for line in lines:
        told = [f"{year} {cell_text(line.at(year), shown.unit)}" for year in shown.years]
        parts.append(f"{line.label}: {', '.join(told)}")
    head = f"{shown.title}, {title}" if title and len(lines) > 1 else shown.title
    return f"{demo}{kind}: {head} ({shown.unit.name}). {'. '.join(parts)}."


def cell_text(cell: Cell, unit: Unit) -> str:
    """A cell as a table shows it: the figure, bounds, or the word for why there is none."""
    marks = texts().marks
    if cell.value is not None:
        return figure(cell.value, unit)
    if cell.is_hidden:
        return marks["hidden"]
    if cell.is_interval and cell.low is not None and cell.high is not None:
        return marks["interval"].format(low=figure(cell.low, unit), high=figure(cell.high, unit))
    if cell.is_at_least and cell.low is not None:
        return marks["at_least"].format(low=figure(cell.low, unit))
    if cell.status in ("not_applicable", "not_finite"):
        return marks["not_applicable"]
    return marks["unavailable"] if cell.status == "unavailable" or cell.reason else marks["missing"]


def _scale(shown: Figure, lines: Iterable[Line]) -> tuple[float, float]:
    values = [
        bound
        for line in lines
        for year in shown.years
        for bound in (line.at(year).low, line.at(year).high, line.at(year).value)
        if bound is not None and line.at(year).says_something
    ]
    low, high = min([0.0, *values]), max(values, default=1.0)
    if (
        not shown.unit.is_additive
        and shown.form == "lines"
        and low >= 0
        and values
        and min(values) > 0.6 * high
        and (not shown.unit.is_share or high - min(values) >= LEAST_SHARE_SPAN)
    ):
        low = min(values) - (high - min(values) or high * 0.1)
    high = high if high - low > LEAST_SPAN else low + 1
    step = _step(high - low, shown.unit)
    top = ceil(high * 1.0001 / step) * step if high > 0 else 0.0
    return floor(low / step) * step, top + (step * 0.5 if shown.form == "bars" else 0)


def _step(span: float, unit: Unit) -> float:
    """Distance between ticks: about four in the span, and whole numbers for what is counted."""
    is_counted = unit.is_additive and not unit.is_money
    raw = max(span / 4, 1.0) if is_counted else span / 4
    power = 10.0 ** floor(log10(raw))
    multiples = (1, 2, 5, 10) if is_counted else (1, 2, 2.5, 5, 10)
    return next(power * m for m in multiples if power * m >= raw * 0.999)


def _ticks(low: float, high: float, unit: Unit) -> list[float]:
    step = _step(high - low, unit)
    first = ceil(low / step - 1e-9)
    return [round(step * i, 10) for i in range(first, floor(high / step + 1e-9) + 1)]


def _tick(value: float, unit: Unit, high: float) -> str:
    amount = value * unit.factor
    if unit.is_money and high * unit.factor >= MILLION:
        return number(amount / MILLION, 0 if amount % MILLION == 0 else 1)
    return number(amount, 0 if amount == int(amount) else (1 if amount * 10 == int(amount * 10) else 2))


def _short(value: float, unit: Unit) -> str:
    if unit.is_money and abs(value * unit.factor) >= MILLION:
        return number(value * unit.factor / MILLION, 1)
    return figure(value, unit)
