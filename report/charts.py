"""Charts as SVG: bars for counts and single years, lines for shares over time.

Here: scales and drawing, the same for web page and PDF. Not here: which figures are drawn, or the writers.
An interval is drawn from bound to bound, a hidden figure as an open mark with its word, a missing one as a gap with a dash, a
break as a dashed upright line where the line stops, a year that is not whole in outline, and demo data under a watermark.
Area decides colour, mark and dash, so that no reader depends on colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from math import ceil, floor, log10

from report.model import Cell, Figure, Line, Svg
from report.norwegian import MILLION, THIN, Unit, figure, number
from report.texts import texts

WIDTH, BARS_WIDTH, HEIGHT = 340, 260, 220
LEFT, RIGHT, TOP, BOTTOM = 44, 100, 18, 30
FONT = 12
ROW = 12.5
ROOM = 16
"""Signs that fit beside the end of a line."""
INK, FAINT, GRID = "#1a1a1a", "#595959", "#d9d9d9"
COLOURS = {"municipality": "#00538a", "county": "#b34700", "country": "#4d4d4d", "other": "#7a3b8f"}
"""Dark blue, burnt orange, grey and purple: told apart with every common colour vision, at least 4.5:1 on white."""
DASHES = {"municipality": "", "county": "7 3", "country": "2 3", "other": "9 3 2 3"}
GROUP_SHADES = (("", 1.0), ("5 3", 0.62), ("1 3", 0.5), ("8 2 1 2", 0.5))


@dataclass
class _Panel:
    """The scale of one drawing and the pieces drawn so far."""

    years: Sequence[int]
    low: float
    high: float
    width: int = WIDTH
    right: int = RIGHT
    parts: list[str] = field(default_factory=list)

    def x(self, year: int) -> float:
        inner = self.width - LEFT - self.right
        return LEFT + inner * (self.years.index(year) + 0.5) / len(self.years)

    def y(self, value: float) -> float:
        span = self.high - self.low or 1.0
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - self.low) / span)

    def text(self, x: float, y: float, words: str, anchor: str = "middle", colour: str = INK, size: int = FONT, weight: str = "") -> None:
        bold = f' font-weight="{weight}"' if weight else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}"{bold}>{escape(words)}</text>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1, dash: str = "") -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'
        )


def charts(shown: Figure) -> tuple[Svg, ...]:
    """The panels of a figure: one per area for counts and groups, else one with all areas."""
    drawn = [line for line in shown.lines if any(line.at(year).says_something for year in shown.years)]
    if not drawn:
        return ()
    if len(shown.groups) > 1:
        roles = list(dict.fromkeys((line.role, line.title) for line in drawn))
        scale = None if shown.unit.is_additive else _scale(shown, drawn)
        return tuple(
            _lines(shown, [line for line in drawn if (line.role, line.title) == role], scale, role[1], shown.groups)
            for role in roles
        )
    if shown.form == "bars":
        scale = None if shown.unit.is_additive and not shown.is_forecast else _scale(shown, drawn)
        return tuple(_bars(shown, line, scale) for line in drawn)
    return (_lines(shown, drawn, _scale(shown, drawn), "", ()),)


def _bars(shown: Figure, line: Line, scale: tuple[float, float] | None) -> Svg:
    low, high = scale or _scale(shown, [line])
    width = BARS_WIDTH if len(shown.years) <= 8 else WIDTH
    panel = _Panel(shown.years, low, high, width, right=6)
    _frame(panel, shown)
    colour, half = COLOURS[line.role], min(16.0, (width - LEFT - 6) / len(shown.years) * 0.36)
    for year in shown.years:
        _bar(panel, shown, line.at(year), year, colour, half)
    return _finish(panel, shown, line.label, [line])


def _bar(panel: _Panel, shown: Figure, cell: Cell, year: int, colour: str, half: float) -> None:
    x, zero = panel.x(year), panel.y(max(0.0, panel.low))
    if cell.value is not None:
        y = panel.y(cell.value)
        top, height = min(y, zero), abs(zero - y)
        fill = f'fill="{colour}"' if not (cell.is_running or shown.is_forecast) else f'fill="{colour}" fill-opacity="0.2" stroke="{colour}" stroke-dasharray="3 2"'
        panel.parts.append(f'<rect x="{x - half:.1f}" y="{top:.1f}" width="{2 * half:.1f}" height="{height:.1f}" {fill}/>')
        panel.text(x, top - 4, _short(cell.value, shown.unit), size=11)
        if cell.low is not None and cell.high is not None and cell.low != cell.high:
            _whisker(panel, x, cell.low, cell.high, INK)
    elif cell.is_interval or cell.is_at_least:
        assert cell.low is not None
        high = cell.high if cell.high is not None else panel.high
        top, bottom = panel.y(high), panel.y(cell.low)
        panel.parts.append(
            f'<rect x="{x - half:.1f}" y="{bottom:.1f}" width="{2 * half:.1f}" height="{max(0.0, zero - bottom):.1f}" fill="{colour}" fill-opacity="0.35"/>'
        )
        if cell.is_interval:
            _whisker(panel, x, cell.low, high, INK)
            _bounds_label(panel, x, top - 4, cell.low, high, shown.unit)
        else:
            panel.line(x, bottom, x, bottom - 16, INK, 1.4)
            panel.parts.append(f'<path d="M{x - 4:.1f} {bottom - 12:.1f}L{x:.1f} {bottom - 18:.1f}L{x + 4:.1f} {bottom - 12:.1f}" fill="none" stroke="{INK}" stroke-width="1.4"/>')
            panel.text(x, bottom - 22, f"≥{THIN}{_short(cell.low, shown.unit)}", size=10)
    elif cell.is_hidden:
        panel.parts.append(f'<rect x="{x - half:.1f}" y="{zero - 9:.1f}" width="{2 * half:.1f}" height="9" fill="none" stroke="{colour}" stroke-dasharray="2 2"/>')
        panel.text(x, zero - 13, texts().marks["hidden"], size=10, colour=FAINT)
    else:
        panel.text(x, zero - 4, "–", colour=FAINT)


def _bounds_label(panel: _Panel, x: float, y: float, low: float, high: float, unit: Unit) -> None:
    """Both bounds above the whisker, in two rows when they would run into the next bar."""
    first, last = _short(low, unit), _short(high, unit)
    if first == last:
        panel.text(x, y, first, size=10)
    elif len(first) + len(last) <= 6:
        panel.text(x, y, f"{first}–{last}", size=10)
    else:
        panel.text(x, y - 10, f"{first}–", size=10)
        panel.text(x, y, last, size=10)


def _whisker(panel: _Panel, x: float, low: float, high: float, colour: str, width: float = 1.4) -> None:
    top, bottom = panel.y(high), panel.y(low)
    panel.line(x, top, x, bottom, colour, width)
    panel.line(x - 4, top, x + 4, top, colour, width)
    panel.line(x - 4, bottom, x + 4, bottom, colour, width)


def _lines(
    shown: Figure, lines: Sequence[Line], scale: tuple[float, float] | None, title: str, groups: Sequence[str]
) -> Svg:
    low, high = scale or _scale(shown, lines)
    panel = _Panel(shown.years, low, high)
    _frame(panel, shown)
    ends: list[tuple[float, str, str]] = []
    for line in lines:
        colour = COLOURS[line.role]
        dash, opacity = GROUP_SHADES[groups.index(line.group) % len(GROUP_SHADES)] if groups else (DASHES[line.role], 1.0)
        panel.parts.append(f'<g stroke-opacity="{max(opacity, 0.85):g}">')
        _path(panel, shown, line, colour, dash)
        panel.parts.append("</g>")
        last = next((y for y in reversed(shown.years) if line.at(y).bounds), None)
        if last is not None:
            bounds = line.at(last).bounds
            assert bounds is not None
            ends.append(((panel.y(bounds[0]) + panel.y(bounds[1])) / 2, line.group or line.title, colour))
    _end_labels(panel, ends)
    return _finish(panel, shown, title, lines)


def _path(panel: _Panel, shown: Figure, line: Line, colour: str, dash: str) -> None:
    width = 2.6 if line.role == "municipality" else 1.8
    before: int | None = None
    for year in shown.years:
        cell = line.at(year)
        x = panel.x(year)
        if cell.value is not None:
            y = panel.y(cell.value)
            previous = line.at(before).value if before is not None else None
            if before == year - 1 and previous is not None and year not in shown.breaks:
                unfinished = "2 3" if cell.is_running else dash
                panel.line(panel.x(before), panel.y(previous), x, y, colour, width, unfinished)
            if cell.low is not None and cell.high is not None and cell.low != cell.high:
                _whisker(panel, x, cell.low, cell.high, colour)
            panel.parts.append(_mark(line.role, x, y, colour, cell.is_running))
            before = year
        elif cell.is_interval:
            assert cell.low is not None and cell.high is not None
            top, bottom = panel.y(cell.high), panel.y(cell.low)
            panel.parts.append(f'<rect x="{x - 7:.1f}" y="{top:.1f}" width="14" height="{max(1.0, bottom - top):.1f}" fill="{colour}" fill-opacity="0.22"/>')
            _whisker(panel, x, cell.low, cell.high, colour)
            before = None
        elif cell.is_hidden:
            y = panel.y(panel.low) - 4
            panel.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#fff" stroke="{colour}" stroke-dasharray="2 1"/>')
            panel.text(x, y - 7, texts().marks["hidden"], size=10, colour=FAINT)
            before = None
        else:
            before = None


def _mark(role: str, x: float, y: float, colour: str, is_open: bool) -> str:
    fill = "#fff" if is_open else colour
    style = f'fill="{fill}" stroke="{colour}" stroke-width="1.4"'
    if role == "county":
        return f'<rect x="{x - 3.2:.1f}" y="{y - 3.2:.1f}" width="6.4" height="6.4" {style}/>'
    if role == "country":
        return f'<path d="M{x:.1f} {y - 4.2:.1f}L{x + 4:.1f} {y + 3:.1f}L{x - 4:.1f} {y + 3:.1f}Z" {style}/>'
    if role == "other":
        return f'<path d="M{x:.1f} {y - 4.4:.1f}L{x + 4.4:.1f} {y:.1f}L{x:.1f} {y + 4.4:.1f}L{x - 4.4:.1f} {y:.1f}Z" {style}/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.8" {style}/>'


def _end_labels(panel: _Panel, ends: list[tuple[float, str, str]]) -> None:
    """Names at the ends of the lines, in at most two rows each, moved apart so that none covers another or leaves the panel."""
    rows = [(y, _wrapped(name), colour) for y, name, colour in sorted(ends)]
    tops: list[float] = []
    for index, (y, words, _) in enumerate(rows):
        above = tops[-1] + ROW * len(rows[index - 1][1]) + 2 if tops else TOP + 4.0
        tops.append(max(y + 4 - ROW * (len(words) - 1) / 2, above))
    limit = HEIGHT - BOTTOM + 6.0
    for index in range(len(rows) - 1, -1, -1):
        limit -= ROW * len(rows[index][1])
        tops[index] = min(tops[index], limit + ROW)
        limit -= 2
    for top, (_, words, colour) in zip(tops, rows, strict=True):
        for number_of_row, word in enumerate(words):
            panel.text(panel.width - panel.right + 2, top + ROW * number_of_row, word, anchor="start", colour=colour, size=11, weight="600")


def _wrapped(name: str) -> list[str]:
    """A name in one or two rows of at most ROOM signs; what does not fit ends in an ellipsis (the table has it whole)."""
    short = texts().short.get(name, name)
    if len(short) <= ROOM:
        return [short]
    cut = short.rfind(" ", 0, ROOM + 1)
    first, rest = (short[:cut], short[cut + 1 :]) if cut > 0 else (short[:ROOM], short[ROOM:])
    return [first, rest if len(rest) <= ROOM else f"{rest[: ROOM - 1].rstrip()}…"]


def _frame(panel: _Panel, shown: Figure) -> None:
    right = panel.width - panel.right
    for tick in _ticks(panel.low, panel.high):
        y = panel.y(tick)
        panel.line(LEFT, y, right, y, INK if tick == 0 else GRID, 1)
        panel.text(LEFT - 5, y + 4, _tick(tick, shown.unit, panel.high), anchor="end", colour=FAINT, size=11)
    if shown.unit.is_money and panel.high * shown.unit.factor >= MILLION:
        panel.text(2, TOP - 3, texts().marks["millions"], anchor="start", colour=FAINT, size=10)
    step = ceil(len(shown.years) / 8)
    for index, year in enumerate(shown.years):
        if (len(shown.years) - 1 - index) % step == 0:
            panel.text(panel.x(year), HEIGHT - BOTTOM + 16, str(year), colour=FAINT, size=11)
    for year in shown.breaks:
        if year in shown.years and year != shown.years[0]:
            x = (panel.x(year) + panel.x(year - 1)) / 2
            panel.line(x, TOP, x, HEIGHT - BOTTOM, INK, 1.2, "4 3")
            panel.text(x + 3, TOP + 9, texts().marks["break_label"], anchor="start", size=10)


def _finish(panel: _Panel, shown: Figure, title: str, lines: Sequence[Line]) -> Svg:
    if shown.is_demo:
        x, y, mark = panel.width / 2, HEIGHT / 2, escape(texts().marks["demo"])
        panel.parts.append(
            f'<text x="{x:g}" y="{y:g}" text-anchor="middle" fill="#000" fill-opacity="0.13" font-size="{panel.width // 9}" '
            f'font-weight="700" transform="rotate(-18 {x:g} {y:g})">{mark}</text>'
        )
    described = alt_text(shown, title, lines)
    body = "".join(panel.parts)
    return Svg(
        text=f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {panel.width} {HEIGHT}" width="{panel.width}" height="{HEIGHT}" '
        f'font-family="FONT_FAMILY">{body}</svg>',
        alt=described,
        title=title,
        width=panel.width,
        height=HEIGHT,
    )


def alt_text(shown: Figure, title: str, lines: Sequence[Line]) -> str:
    """What the drawing shows, in words and figures."""
    marks = texts().marks
    demo = f"{marks['demo']}. " if shown.is_demo else ""
    kind = "Søylediagram" if shown.form == "bars" and len(shown.groups) < 2 else "Linjediagram"
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
    if cell.is_interval:
        assert cell.low is not None and cell.high is not None
        return marks["interval"].format(low=figure(cell.low, unit), high=figure(cell.high, unit))
    if cell.is_at_least:
        assert cell.low is not None
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
    if not shown.unit.is_additive and shown.form == "lines" and low >= 0 and values and min(values) > 0.6 * high and not shown.unit.is_share:
        low = min(values) - (high - min(values) or high * 0.1)
    high = high if high > low else low + 1
    step = _step(high - low)
    top = ceil(high * 1.0001 / step) * step if high > 0 else 0.0
    return floor(low / step) * step, top + (step * 0.5 if shown.form == "bars" else 0)


def _step(span: float) -> float:
    raw = span / 4
    power = 10.0 ** floor(log10(raw))
    return next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw * 0.999)


def _ticks(low: float, high: float) -> list[float]:
    step = _step(high - low)
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
