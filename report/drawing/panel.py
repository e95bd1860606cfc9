"""One drawing surface: where a year and a value lie, and the few shapes a chart is made of.

Here: SVG elements. Not here: what is drawn (charts.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 340, 190
SMALL_WIDTH, SMALL_HEIGHT, SMALL_RIGHT = 280, 172, 120
"""One of several panels side by side: narrow, so that its words keep their size when three share a page's width."""
LEFT, RIGHT, TOP, BOTTOM = 44, 120, 18, 30
FONT = 12
INK, FAINT, GRID = "#1a1a1a", "#595959", "#d9d9d9"


@dataclass
class Panel:
    """The scale of one drawing and the pieces drawn so far. Sizes are in the units of the view box."""

    years: Sequence[int]
    low: float
    high: float
    width: int = WIDTH
    right: int = RIGHT
    height: int = HEIGHT
    parts: list[str] = field(default_factory=list)

    def x(self, year: int) -> float:
        inner = self.width - LEFT - self.right
        return LEFT + inner * (self.years.index(year) + 0.5) / len(self.years)

    def y(self, value: float) -> float:
        span = self.high - self.low or 1.0
        return TOP + (self.height - TOP - BOTTOM) * (1 - (value - self.low) / span)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        anchor: str = "middle",
        colour: str = INK,
        size: int = FONT,
        weight: str = "",
    ) -> None:
        """Words at a place; they are escaped here and nowhere else."""
        look = f'text-anchor="{anchor}" fill="{colour}" font-size="{size}"'
        if weight:
            look += f' font-weight="{weight}"'
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(words)}</text>')

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1, dash: str = "") -> None:
        look = f'stroke="{colour}" stroke-width="{width:g}"'
        if dash:
            look += f' stroke-dasharray="{dash}"'
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {look}/>')

    def box(self, x: float, top: float, bottom: float, half: float, look: str) -> None:
        """A box around x between two heights."""
        height = max(0.0, bottom - top)
        self.parts.append(
            f'<rect x="{x - half:.1f}" y="{top:.1f}" width="{2 * half:.1f}" height="{height:.1f}" {look}/>'
        )

    def path(self, points: Sequence[tuple[float, float]], look: str, is_closed: bool = False) -> None:
        """Straight lines through points."""
        drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self.parts.append(f'<path d="M{drawn}{"Z" if is_closed else ""}" {look}/>')

    def circle(self, x: float, y: float, radius: float, look: str) -> None:
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" {look}/>')

    def whisker(self, x: float, low: float, high: float, colour: str = INK) -> None:
        """An interval from bound to bound."""
        top, bottom = self.y(high), self.y(low)
        self.line(x, top, x, bottom, colour, 1.4)
        self.line(x - 4, top, x + 4, top, colour, 1.4)
        self.line(x - 4, bottom, x + 4, bottom, colour, 1.4)

    def watermark(self, words: str) -> None:
        """Under everything else, so that no figure is read through it."""
        x, y = self.width / 2, self.height / 2
        look = f'text-anchor="middle" fill="#000" fill-opacity="0.13" font-size="{self.width // 9}" font-weight="700"'
        turned = f'transform="rotate(-18 {x:g} {y:g})"'
        self.parts.insert(0, f'<text x="{x:g}" y="{y:g}" {look} {turned}>{escape(words)}</text>')

    def svg(self) -> str:
        """The whole drawing; FONT_FAMILY is filled in by the writer."""
        size = f'viewBox="0 0 {self.width} {self.height}" width="{self.width}" height="{self.height}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="FONT_FAMILY">{"".join(self.parts)}</svg>'
