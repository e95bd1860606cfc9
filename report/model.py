"""What a report is made of: cells, lines, figures, grids, sections.

Here: plain values that every writer reads. Not here: reading marts, wording, drawing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from report.words.norwegian import Unit

Role = Literal["municipality", "county", "country", "kostra_group", "other"]
"""Which area a line stands for. It decides colour, mark and dash, so that an area looks the same everywhere."""


@dataclass(frozen=True)
class Cell:
    """One figure as the mart has it.

    ``value`` is None unless one number is known; ``low``/``high`` are its bounds (``high`` None: no upper bound).
    ``retrieved`` is the day the release behind it was fetched, ``is_running`` that it is not of a whole year (`is_whole_year`).
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    status: str = "missing"
    basis: str = ""
    reason: str = ""
    retrieved: date | None = None
    is_running: bool = False
    is_preliminary: bool = False

    @property
    def is_known(self) -> bool:
        return self.value is not None

    @property
    def is_rounded(self) -> bool:
        """True of a figure that stands for any between its bounds: rounded by the publisher, or at odds with its counts."""
        return self.is_known and self.status in ("rounded", "contradicted") and self.low != self.high

    @property
    def is_hidden(self) -> bool:
        return self.status == "suppressed"

    @property
    def is_interval(self) -> bool:
        return not self.is_known and not self.is_hidden and self.low is not None and self.high is not None

    @property
    def is_at_least(self) -> bool:
        return not self.is_known and not self.is_hidden and self.low is not None and self.low > 0 and self.high is None

    @property
    def says_something(self) -> bool:
        """True when a reader can be told more than that there is no figure."""
        return self.is_known or self.is_hidden or self.is_interval or self.is_at_least

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Least and most the figure can be; None when one of them is open."""
        if self.value is not None:
            return self.value, self.value
        if self.low is not None and self.high is not None:
            return self.low, self.high
        return None


@dataclass(frozen=True)
class Line:
    """The cells of one area (and group) by year, or by another whole-numbered period."""

    role: Role
    name: str
    cells: dict[int, Cell]
    group: str = ""
    """Label of the population group, empty when the figure is not split by group."""
    rank: int | None = None
    ranked_count: int | None = None
    rank_year: int | None = None
    unsure: frozenset[int] = frozenset()
    """Years in which few persons can explain how the municipality differs from this area (judging/)."""

    @property
    def title(self) -> str:
        """The name as a heading has it; ``name`` is as it stands inside a sentence."""
        return self.name[:1].upper() + self.name[1:]

    @property
    def label(self) -> str:
        return f"{self.title}: {self.group}" if self.group else self.title

    def at(self, period: int) -> Cell:
        return self.cells.get(period, Cell())


@dataclass(frozen=True)
class Source:
    """A dataset behind a figure: what it is, when it was fetched, and when the next release is expected."""

    dataset_id: str
    title: str
    attribution: str = ""
    link: str = ""
    licence: str = ""
    cadence: str = ""
    retrieved: date | None = None
    updated: date | None = None
    next_expected: date | None = None
    detail: str = ""
    is_demo: bool = False


@dataclass(frozen=True)
class Figure:
    """One indicator or mart column for the areas of the report."""

    figure_id: str
    title: str
    unit: Unit
    lines: tuple[Line, ...]
    years: tuple[int, ...]
    definition: str = ""
    breaks: tuple[int, ...] = ()
    direction: str = "neither"
    form: Literal["bars", "lines", "rows"] = "lines"
    """``rows``: lying bars of the newest year, one a line."""
    phrase: str = ""
    """The verb and its object, «bosatte {area} {value}»; without it the sentence speaks of «tallet for» the area."""
    corner: str = ""
    """Heading over the names of the lines when they are not areas."""
    is_forecast: bool = False
    is_demo: bool = False
    is_headline: bool = False
    sources: tuple[Source, ...] = ()
    per_capita: Figure | None = None
    """A count per 1000 inhabitants, for the comparison of areas of different size."""
    where: tuple[tuple[str, str], ...] = ()
    """The breakdowns that choose the figure's rows, for what reads other areas of the same figure."""

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.group for line in self.lines))

    def line(self, role: Role, group: str = "") -> Line | None:
        return next((line for line in self.lines if line.role == role and line.group == group), None)

    def of_group(self, group: str) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.group == group)


@dataclass(frozen=True)
class Svg:
    """A drawn panel with the text that stands in its place for a reader who does not see it."""

    text: str
    alt: str
    title: str
    width: int
    height: int


@dataclass(frozen=True)
class Measured:
    """A figure with its unit, where a grid holds figures of several units."""

    cell: Cell
    unit: Unit


GridValue = str | float | int | date | Measured | None


@dataclass(frozen=True)
class Grid:
    """A table of texts, numbers and dates. ``numeric`` holds the columns that are set to the right."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[GridValue, ...], ...]
    numeric: frozenset[int] = frozenset()
    is_annex: bool = False
    """The numbers behind a chart in full: on the page and in the workbook, not in print."""


@dataclass(frozen=True)
class Block:
    """A heading with sentences, a figure with its charts, grids and notes; each part may be absent.

    ``sentences`` are set as paragraphs, in the section of findings as a list.
    """

    block_id: str
    title: str
    sentences: tuple[str, ...] = ()
    figure: Figure | None = None
    grids: tuple[Grid, ...] = ()
    notes: tuple[str, ...] = ()
    missing: str = ""
    """What is missing and how to get it, when there is nothing to show."""
    editor: str = ""
    """What the one who makes the report can do about it, commands included; told in the editor's note only."""
    is_brief: bool = False
    """A finding: its message with a small chart, the numbers stand elsewhere."""


@dataclass(frozen=True)
class Section:
    """One chapter of the report and one sheet of the workbook."""

    section_id: str
    title: str
    sheet: str
    intro: str
    blocks: tuple[Block, ...]
    is_annex: bool = False
    """About the statistics, for the controller: on the page and in the workbook, not in print."""


@dataclass(frozen=True)
class Told:
    """A finding in words: what is counted, the message, the figures, how sure it is, and its age when it is old."""

    name: str
    title: str
    sentence: str
    certainty: str
    age: str = ""


@dataclass(frozen=True)
class Report:
    """Everything the writers need, in the order it is read."""

    municipality_code: str
    municipality: str
    county: str
    country: str
    title: str
    years: int
    published: date
    is_demo: bool
    sections: tuple[Section, ...] = ()
    findings: tuple[Told, ...] = ()
    editor: tuple[str, ...] = ()
    """Lines of the editor's note: what can be fetched or filled in, and the command that does it."""
    words: dict[str, str] = field(default_factory=dict)
    source_numbers: dict[str, int] = field(default_factory=dict)
    """The number of each dataset in the list of sources."""
