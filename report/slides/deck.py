"""From a report to slides: the order of slides.yml, and what each says, draws and notes.

Here: the choice of blocks and texts. Not here: a figure as a chart (plots.py), the file (write.py, draw.py), any wording.
A slide whose figures this release lacks is left out and named on the last slide, so that no slide is an empty box.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from report.model import Block, Figure, Grid, Line, Report, Role, Source
from report.slides.plots import Plot, by_year, plot_of, turned
from report.words.norwegian import day, listed
from report.words.sentences import Writer
from report.words.texts import texts
from report.writers.tables import source_line
from sources.files import Declared, read_yaml

_FILE = Path(__file__).parent / "slides.yml"
MOST_POINTS = 5
MOST_ROWS = 7
MOST_TABLE_ROWS, TABLE_COLUMNS = 13, 3
TOGETHER: tuple[Role, ...] = ("other", "county", "municipality")
"""Looks of the municipality's series in one chart, the last as the municipality has elsewhere."""


class SlideSpec(Declared):
    """One entry of slides.yml."""

    slide: str
    topic: Literal["", "title", "request", "findings", "programme_now", "next"] = ""
    figure: list[str] = []
    together: list[str] = []
    turned: bool = False
    table: str = ""
    """The block whose first table stands in where no figure can be drawn."""


@dataclass(frozen=True)
class Slide:
    """Everything one slide shows; ``notes`` is what the speaker sees: sources, definition, how to read."""

    title: str
    points: tuple[str, ...] = ()
    plot: Plot | None = None
    grid: Grid | None = None
    source: str = ""
    notes: tuple[str, ...] = ()


@cache
def declared() -> tuple[SlideSpec, ...]:
    """slides.yml, checked. Raises pydantic.ValidationError naming the entry that is wrong."""
    raw = read_yaml(_FILE)
    return tuple(SlideSpec.model_validate(entry) for entry in raw["slides"])


def deck(report: Report) -> tuple[Slide, ...]:
    """The slides that this release can fill, first to last."""
    made: list[Slide] = []
    absent: list[str] = []
    maker = _Maker(report)
    for spec in declared():
        slide = maker.topics[spec.topic](absent) if spec.topic else maker.figures(spec)
        if slide is None:
            absent.append(maker.title(spec.slide))
        else:
            made.append(slide)
    return tuple(made)


class _Maker:
    """Makes slides from the blocks of one report."""

    def __init__(self, report: Report) -> None:
        self._report, self._words = report, texts().slides
        self._blocks: dict[str, Block] = {}
        for section in report.sections:
            for block in section.blocks:
                self._blocks.setdefault(block.block_id, block)
        self._writer = Writer(texts().sentences, texts().reasons, report.published)
        self.topics: dict[str, Callable[[list[str]], Slide | None]] = {
            "title": self._title,
            "request": self._request,
            "findings": self._findings,
            "programme_now": self._programme_now,
            "next": self._next,
        }

    def title(self, slide: str) -> str:
        return self._words["titles"][slide].format(**self._names())

    def _names(self, **more: object) -> dict[str, object]:
        report = self._report
        names = {"municipality": report.municipality, "county": report.county, "country": report.country}
        return {**names, "date": day(report.published), **more}

    def _said(self, key: str, **more: object) -> list[str]:
        return [line.format(**self._names(**more)) for line in self._words["points"][key]]

    def figures(self, spec: SlideSpec) -> Slide | None:
        """A slide about the first declared figure that can be drawn, or about several of the municipality's together."""
        if spec.together:
            return self._together(spec)
        for block_id in spec.figure:
            block = self._blocks.get(block_id)
            shown = block.figure if block else None
            plot = (turned(shown) if spec.turned else plot_of(shown)) if shown else None
            if block and shown and plot:
                points = self._about(block, shown)
                return Slide(self.title(spec.slide), points, plot, None, *self._origin([shown]))
        block = self._blocks.get(spec.table)
        if block is None or not block.grids:
            return None
        whole = block.grids[0]
        rows = tuple(row[:TABLE_COLUMNS] for row in whole.rows[:MOST_TABLE_ROWS])
        grid = Grid(whole.title, whole.header[:TABLE_COLUMNS], rows, whole.numeric)
        return Slide(self.title(spec.slide), block.notes[:1], grid=grid, notes=block.notes)

    def _about(self, block: Block, shown: Figure) -> tuple[str, ...]:
        """The shortest whole statement of an indicator, with the gap between groups; else what its block says."""
        if shown.is_forecast:
            names = tuple(f"{line.name}:" for line in shown.lines)
            return tuple(said for said in block.sentences if said.startswith(names))[:MOST_POINTS]
        if not any(line.role == "municipality" for line in shown.lines):
            return block.sentences[:MOST_POINTS]
        said = [self._writer.headline(shown) or " ".join(self._writer.paragraphs(shown)[:1])]
        if len(shown.groups) > 1:
            said += self._writer.paragraphs(shown)[len(shown.groups) :][-1:]
        return tuple(text for text in dict.fromkeys(said) if text)

    def _together(self, spec: SlideSpec) -> Slide | None:
        figures: list[Figure] = []
        lines: list[tuple[str, Line]] = []
        for block_id, role in zip(spec.together, TOGETHER, strict=True):
            block = self._blocks.get(block_id)
            shown = block.figure if block else None
            own = shown.line("municipality") if shown else None
            if shown and own and any(own.at(year).is_known for year in shown.years):
                figures.append(shown)
                lines.append((shown.title, Line(role, own.name, own.cells)))
        if not lines:
            return None
        years = tuple(sorted({year for shown in figures for year in shown.years}))
        frame = Figure(
            spec.slide, self.title(spec.slide), figures[0].unit, (), years, is_demo=any(f.is_demo for f in figures)
        )
        points = tuple(self._writer.headline(shown) for shown in figures[-1:])
        return Slide(frame.title, points, by_year("columns", frame, lines), None, *self._origin(figures))

    def _origin(self, figures: list[Figure]) -> tuple[str, tuple[str, ...]]:
        """The short source under a chart, and the notes with sources in full, definitions and marks."""
        sources = {source.dataset_id: source for shown in figures for source in shown.sources}
        notes = [f"{shown.title}: {shown.definition}" for shown in figures if shown.definition]
        notes += [source_line(source, self._report.published) for source in sources.values()]
        notes += [source.link for source in sources.values() if source.link]
        return self._short(list(sources.values())), tuple(dict.fromkeys(notes))

    def _short(self, sources: list[Source]) -> str:
        names = list(dict.fromkeys(source.attribution.removeprefix("Kilde: ").strip() for source in sources))
        names = [name for name in names if name]
        return self._words["words"]["source"].format(names=listed(names)) if names else ""

    def _title(self, absent: list[str]) -> Slide:
        report = self._report
        subtitle = report.words["subtitle"]
        return Slide(report.title, (subtitle, *self._said("title")), notes=tuple(self._said("title_notes")))

    def _request(self, absent: list[str]) -> Slide:
        """What was asked for, beside how fresh each group of figures is."""
        block, words = self._blocks.get("cadence"), self._words["words"]
        grid = next((grid for grid in block.grids if len(grid.header) >= 6), None) if block else None
        shown = None
        if grid:
            columns = words["cadence_columns"]
            rows = tuple(tuple(row[column] for column in columns) for row in grid.rows)
            shown = Grid(grid.title, tuple(grid.header[column] for column in columns), rows[:MOST_ROWS])
        return Slide(
            self.title("request"), tuple(self._said("request")), grid=shown,
            notes=(*(block.sentences if block else ()), *self._said("request_notes")),
        )  # fmt: skip

    def _findings(self, absent: list[str]) -> Slide:
        """The findings of the profile; where no figure stands out, the headline figures."""
        told, notes = self._report.findings, tuple(self._said("findings_notes"))
        title = self.title("findings")
        if told:
            said = tuple(f"{one.name}: {one.sentence} {one.age}".strip() for one in told)
            return Slide(title, said, notes=(*(f"{one.name}: {one.certainty}" for one in told), *notes))
        block = self._blocks.get("findings")
        return Slide(title, block.sentences[:MOST_POINTS] if block else (), notes=notes)

    def _programme_now(self, absent: list[str]) -> Slide | None:
        """Participants by kind of protection on the newest day, or how many take part where that is not known."""
        block, participants = self._blocks.get("protection"), self._blocks.get("introduction_participants_persons")
        shown = participants.figure if participants else None
        plot = plot_of(shown) if shown else None
        said = list(block.sentences) if block else []
        if shown and plot:
            said += self._about(participants, shown) if participants else ()
            origin = self._origin([shown])
            return Slide(self.title("programme_now"), tuple(said), plot, None, *origin)
        if not said or block is None:
            return None
        grid = block.grids[0] if block.grids else None
        return Slide(self.title("programme_now"), tuple(said), grid=grid)

    def _next(self, absent: list[str]) -> Slide:
        """What is missing and how to get it, and which figures are due next."""
        words = self._words["words"]
        due: dict[str, Any] = {}
        for block in self._blocks.values():
            for source in block.figure.sources if block.figure else ():
                if source.next_expected and source.next_expected >= self._report.published:
                    due[source.title] = source.next_expected
        rows = tuple(sorted(due.items(), key=lambda item: (item[1], item[0]))[:MOST_ROWS])
        said = self._said("next")
        if absent:
            said = [words["absent"].format(names=listed([_short(name) for name in absent])), *said]
        grid = Grid(words["due_title"], tuple(words["due_header"]), rows) if rows else None
        missing = tuple(block.missing for block in self._blocks.values() if block.missing)
        return Slide(self.title("next"), tuple(said), grid=grid, notes=missing)


def _short(title: str) -> str:
    """The first part of a title, as it stands inside a sentence."""
    return title[:1].lower() + title[1:].split(":")[0]
