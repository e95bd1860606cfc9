"""Small drawings that stand in a line or beside a sentence: a strip of all municipalities, five years, one finding.

Here: SVG of a few centimetres. Not here: charts with axes (charts.py), what is drawn (profile/).
Shape tells the areas apart before colour does: the municipality is a diamond, the county a square, the country an upright line. A
filled diamond says that the difference from the country is sure, an open one that it is not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import sqrt

from report.drawing.charts import COLOURS, DASHES
from report.drawing.panel import FAINT, INK
from report.model import Cell, Role

STRIP = (170, 20)
SPARK = (96, 20)
BINS = 44
NAME = 15
DUST = "#b9c4cd"
"""Grey of the other municipalities: 3:1 is not asked of what the words beside it tell."""


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="FONT_FAMILY">{"".join(parts)}</svg>'


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", size: float = 11, colour: str = INK, is_bold: bool = False
) -> str:
    weight = ' font-weight="600"' if is_bold else ""
    look = f'text-anchor="{anchor}" font-size="{size:g}" fill="{colour}"{weight}'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(words)}</text>'


def _line(start: tuple[float, float], end: tuple[float, float], colour: str, width: float, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    place = f'x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
    return f'<line {place} stroke="{colour}" stroke-width="{width:g}"{dashes}/>'


def _diamond(x: float, y: float, half: float, *, is_filled: bool) -> str:
    colour = COLOURS["municipality"]
    fill = colour if is_filled else "#ffffff"
    points = f"{x:.1f},{y - half:.1f} {x + half:.1f},{y:.1f} {x:.1f},{y + half:.1f} {x - half:.1f},{y:.1f}"
    return f'<polygon points="{points}" fill="{fill}" stroke="{colour}" stroke-width="1.6"/>'


def strip(values: Sequence[float], own: float | None, others: Mapping[Role, float], *, is_sure: bool) -> str:
    """How the municipalities lie from lowest to highest, with the municipality, its county and the country among them.

    ``values`` are sorted. The outermost hundredth on each side is drawn at the edge,
    so that one odd place does not flatten the rest.
    """
    width, height = STRIP
    inside, base = 6.0, height - 4.0
    known = [one for one in (own, *others.values()) if one is not None]
    low, high = _ends(values, known)

    def x(value: float) -> float:
        return inside + (width - 2 * inside) * (min(max(value, low), high) - low) / (high - low)

    parts = [_line((inside, base), (width - inside, base), FAINT, 0.6)]
    counts = [0] * BINS
    for value in values:
        counts[min(BINS - 1, int((x(value) - inside) / (width - 2 * inside) * BINS))] += 1
    top, step = max(counts, default=0), (width - 2 * inside) / BINS
    if top:
        bars = "".join(
            f"M{inside + step * i:.1f} {base:g}v-{(height - 7) * sqrt(count / top):.1f}h{step * 0.82:.1f}V{base:g}z"
            for i, count in enumerate(counts)
            if count
        )
        parts.append(f'<path d="{bars}" fill="{DUST}"/>')
    if (country := others.get("country")) is not None:
        at = x(country)
        parts.append(_line((at, 1), (at, height - 1), INK, 1.5))
    if (county := others.get("county")) is not None:
        at = x(county)
        look = f'fill="#ffffff" stroke="{COLOURS["county"]}" stroke-width="1.5"'
        parts.append(f'<rect x="{at - 3:.1f}" y="{base - 6:.1f}" width="6" height="6" {look}/>')
    if own is not None:
        parts.append(_diamond(x(own), base - 5.5, 5.2, is_filled=is_sure))
    return _svg(width, height, parts)


def _ends(values: Sequence[float], known: Sequence[float]) -> tuple[float, float]:
    """From the lowest to the highest hundredth of the municipalities, and the areas that are marked."""
    if not values:
        low, high = min(known, default=0.0), max(known, default=1.0)
    else:
        cut = len(values) // 100
        low, high = min([values[cut], *known]), max([values[-1 - cut], *known])
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def spark(cells: Mapping[int, Cell], broken: Sequence[int]) -> str:
    """Five years as a line with a dot at its end; it stops where a year is not known and at a break of the definition."""
    width, height = SPARK
    years = sorted(cells)
    known = {year: value for year in years if (value := cells[year].value) is not None}
    if not known:
        return _svg(width, height, [_text(width / 2, 14, "–", anchor="middle", size=10, colour=FAINT)])
    low, high = min(known.values()), max(known.values())

    def at(year: int) -> tuple[float, float]:
        share = (known[year] - low) / (high - low) if high > low else 0.5
        return 6 + (width - 12) * years.index(year) / max(1, len(years) - 1), height - 5 - (height - 10) * share

    colour, parts = COLOURS["municipality"], []
    for before, year in pairwise(years):
        if before in known and year in known and year not in broken:
            parts.append(_line(at(before), at(year), colour, 1.8))
        if year in broken:
            middle = 6 + (width - 12) * (years.index(year) - 0.5) / max(1, len(years) - 1)
            parts.append(_line((middle, 1), (middle, height - 1), INK, 0.9, "2 2"))
    for year in known:
        x, y = at(year)
        fill, radius = ("#ffffff" if cells[year].is_running else colour), (3.0 if year == max(known) else 1.6)
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}" stroke="{colour}" stroke-width="1"/>'
        )
    return _svg(width, height, parts)


@dataclass(frozen=True)
class Bar:
    """One area of a finding: ``label`` is its figure in words, ``low`` and ``high`` what chance alone allows, if known."""

    role: Role
    name: str
    value: float
    label: str
    low: float | None = None
    high: float | None = None


def bars(shown: Sequence[Bar], longest: int = NAME) -> str:
    """The areas under one another, from zero, each with its figure; a whisker shows what chance alone allows.

    ``longest`` is how many signs of a name are shown.
    """
    width, row = 300 if longest == NAME else 460, 22
    name = 12 + 5.6 * max(len(_short(bar.name, longest)) for bar in shown)
    right = 14 + 6.0 * max(len(bar.label) for bar in shown)
    height = row * len(shown) + 6
    least = min(0.0, *(bar.value for bar in shown))
    most = max([bar.high if bar.high is not None else bar.value for bar in shown] + [0.0])
    span = (most - least) or 1.0

    def x(value: float) -> float:
        return name + (width - name - right) * (value - least) / span

    parts = []
    for place, bar in enumerate(shown):
        is_own, colour, top = bar.role == "municipality", COLOURS[bar.role], 4.0 + row * place
        middle = top + row / 2 - 4
        parts.append(_text(name - 6, middle + 4, _short(bar.name, longest), anchor="end", size=11.5, is_bold=is_own))
        left, end = sorted((x(0.0), x(bar.value)))
        look = f'fill="{colour}"' if is_own else f'fill="{colour}" fill-opacity="0.35" stroke="{colour}"'
        wide = max(end - left, 0.8)
        parts.append(f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{row - 8}" {look}/>')
        if bar.low is not None and bar.high is not None:
            first, end = x(bar.low), max(end, x(bar.high))
            last, top = x(bar.high), middle - 4
            drawn = f"M{first:.1f} {middle:.1f}H{last:.1f}M{first:.1f} {top:.1f}v8M{last:.1f} {top:.1f}v8"
            parts.append(f'<path d="{drawn}" stroke="{INK}" stroke-width="1.2" fill="none"/>')
        parts.append(_text(end + 5, middle + 4, bar.label, size=11.5, is_bold=is_own))
    parts.append(_line((x(0.0), 2), (x(0.0), height - 4), FAINT, 0.8))
    return _svg(width, height, parts)


@dataclass(frozen=True)
class Course:
    """One area over the years; ``ends`` are its first and last figure in words."""

    role: Role
    name: str
    cells: Mapping[int, Cell]
    last: str
    first: str = ""


def course(shown: Sequence[Course], broken: Sequence[int]) -> str:
    """The areas over the years, with the first and last figure of the municipality and the last of the others."""
    width, height, left, right, top, bottom = 300, 104, 40, 104, 14, 20
    years = sorted({year for one in shown for year, cell in one.cells.items() if cell.value is not None})
    values = [cell.value for one in shown for cell in one.cells.values() if cell.value is not None]
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    first, last = years[0], years[-1]

    def at(year: int, value: float) -> tuple[float, float]:
        across = (year - first) / max(1, last - first)
        return left + (width - left - right) * across, top + (height - top - bottom) * (1 - (value - low) / span)

    floor = height - bottom + 4.0
    parts = [_line((left - 6, floor), (width - right + 6, floor), FAINT, 0.6)]
    for year in dict.fromkeys((first, last)):
        parts.append(_text(at(year, low)[0], height - 4, str(year), anchor="middle", colour=FAINT))
    ends: list[tuple[float, str, Role]] = []
    for one in sorted(shown, key=lambda course: course.role == "municipality"):
        is_own, colour = one.role == "municipality", COLOURS[one.role]
        known = [(year, cell.value) for year in years if (cell := one.cells.get(year)) and cell.value is not None]
        for before, after in pairwise(known):
            if after[0] == before[0] + 1 and after[0] not in broken:
                parts.append(_line(at(*before), at(*after), colour, 2.4 if is_own else 1.5, DASHES[one.role]))
        if not known:
            continue
        x, y = at(*known[-1])
        if is_own:
            parts.append(_diamond(x, y, 4.6, is_filled=True))
            x0, y0 = at(*known[0])
            parts.append(f'<circle cx="{x0:.1f}" cy="{y0:.1f}" r="2.6" fill="{colour}"/>')
            parts.append(_text(x0 - 6, y0 + 4, one.first, anchor="end", is_bold=True))
        ends.append((y, f"{_short(one.name)} {one.last}", one.role))
    for y, text, role in _apart(ends, top, height - bottom + 6):
        is_own = role == "municipality"
        parts.append(_text(width - right + 8, y + 4, text, colour=COLOURS[role], is_bold=is_own))
    return _svg(width, height, parts)


def _apart(ends: list[tuple[float, str, Role]], top: float, bottom: float) -> list[tuple[float, str, Role]]:
    """Labels moved so that none covers another, in their order."""
    placed: list[tuple[float, str, Role]] = []
    for y, text, role in sorted(ends):
        placed.append((max(y, placed[-1][0] + 13 if placed else top), text, role))
    over = max(0.0, placed[-1][0] - bottom) if placed else 0.0
    return [(y - over, text, role) for y, text, role in placed]


def _short(name: str, longest: int = NAME) -> str:
    """A name as it fits beside a small drawing."""
    name = name[:1].upper() + name[1:]
    return name if len(name) <= longest else f"{name[: longest - 1].rstrip()}…"
