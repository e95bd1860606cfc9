"""From a release to a report: every section with its blocks, in the order of sections.yml.

Here: the order of things and what is said of a whole section. Not here: single figures (figures.py), topics, writers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from report.context import Context
from report.forecast.block import forecasts
from report.model import Block, Figure, Grid, GridValue, Measured, Report, Section, Told
from report.profile.findings import findings
from report.reading.areas import Sources, areas_of
from report.reading.figures import ROLES, FigureReader
from report.reading.marts import Marts
from report.sections.benefit_overview import benefit_overview
from report.sections.declarations import IndicatorFigure, MartFigure, SectionSpec, declarations
from report.sections.method import breaks, cadence, hidden_cells, reading_guide, revisions, sources
from report.sections.rates import grant_rates
from report.sections.topics import benefit_recipients, cohort_benefit, coverage, protection
from report.words.norwegian import listed, number
from report.words.sentences import Writer
from report.words.texts import texts

TOPICS: dict[str, Callable[[Context], Block | list[Block]]] = {
    "protection": protection,
    "benefit_overview": benefit_overview,
    "benefit_recipients": benefit_recipients,
    "cohort_benefit": cohort_benefit,
    "coverage": coverage,
    "grant_rates": grant_rates,
    "forecast": forecasts,
    "cadence": cadence,
    "revisions": revisions,
    "reading_guide": reading_guide,
    "hidden_cells": hidden_cells,
}
"""Blocks that need nothing but the release; those of ``made`` in build_report are made from the other sections."""


def build_report(marts: Marts, municipality: str, years: int, published_at: datetime) -> Report:
    """The whole report. Raises UnknownMunicipalityError. ``published_at`` must know its time zone."""
    words = texts()
    areas = areas_of(marts, municipality)
    origin = Sources(marts, published_at)
    reader = FigureReader(marts, areas, origin, years)
    context = Context(marts, areas, origin, reader, Writer(words.sentences, words.reasons, origin.today), words)
    built = {spec.section: _section_blocks(context, spec) for spec in declarations().sections}
    shown = [block.figure for blocks in built.values() for block in blocks if block.figure]
    made = {
        "findings": lambda: _findings(context, shown),
        "key_figures": lambda: _key_figures(context, shown),
        "breaks": lambda: breaks(context, shown),
        "sources": lambda: sources(context, shown),
    }
    subtitle = "report_subtitle_own_county" if areas.is_own_county else "report_subtitle"
    sections = []
    for spec in declarations().sections:
        own = words.sections[spec.section]
        blocks = [made[block.block_id]() if block.block_id in made else block for block in built[spec.section]]
        intro = own["intro"].format(**context.names())
        sections.append(Section(spec.section, own["title"], own["sheet"], intro, tuple(blocks)))
    return Report(
        municipality_code=municipality,
        municipality=areas.municipality,
        county=areas.county,
        country=areas.country,
        title=words.words["report_title"].format(**context.names()),
        years=years,
        published=origin.today,
        is_demo=any(figure.is_demo for figure in shown) or any(row["is_demo"] for row in origin.datasets.values()),
        sections=tuple(sections),
        findings=tuple(
            Told(found.name, found.title, found.sentence, found.certainty, found.age)
            for found in findings(marts, municipality, origin)
        ),
        words={**words.words, "subtitle": words.words[subtitle].format(**context.names())},
    )


def _section_blocks(context: Context, spec: SectionSpec) -> list[Block]:
    blocks: list[Block] = []
    absent: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()
    for asked in spec.shows:
        if isinstance(asked, IndicatorFigure):
            shown = context.reader.indicator(asked)
            if shown is None:
                absent |= dict.fromkeys(asked.indicator, _name(context, asked))
            elif (shown.figure_id, shown.title) not in taken:
                taken.add((shown.figure_id, shown.title))
                blocks.append(_figure_block(context, shown))
        elif isinstance(asked, MartFigure):
            blocks.append(_mart_block(context, asked))
        elif asked.topic in TOPICS:
            found = TOPICS[asked.topic](context)
            blocks += found if isinstance(found, list) else [found]
        else:
            blocks.append(Block(asked.topic, ""))
    if absent:
        names = "; ".join(dict.fromkeys(absent.values()))
        words = context.texts.figures["indicator"]
        text = words["missing"].format(**context.names(names=names))
        fetched = _not_fetched(context, absent)
        said = (context.texts.topics["fetch"]["said"],) if fetched else ()
        blocks.append(Block(f"{spec.section}_missing", "", said, grids=fetched, missing=text))
    return blocks


def _not_fetched(context: Context, indicators: Iterable[str]) -> tuple[Grid, ...]:
    """The datasets behind indicators without a figure of which this release has nothing, with where they are fetched."""
    known = context.sources.datasets
    ids = {d for i in indicators for d in context.sources.of_indicator(i) if d in known and not known[d]["has_release"]}
    described = sorted((context.sources.describe(d) for d in ids), key=lambda s: (s.attribution, s.title))
    rows = tuple((source.title, source.attribution.removeprefix("Kilde: "), source.link) for source in described)
    words = context.texts.topics["fetch"]
    return (Grid(words["title"], tuple(words["header"]), rows),) if rows else ()


def _name(context: Context, asked: IndicatorFigure) -> str:
    rows = context.marts.rows("dim_indicator", {"indicator_id": asked.indicator[0]})
    name = rows[0]["name_nb"] if rows else asked.indicator[0]
    return name[:1].lower() + name[1:]


def _figure_block(context: Context, shown: Figure) -> Block:
    return Block(shown.figure_id, shown.title, tuple(context.writer.paragraphs(shown)), shown)


def _mart_block(context: Context, asked: MartFigure) -> Block:
    shown = context.reader.mart(asked)
    own = context.texts.figures[asked.figure]
    if shown is None:
        return Block(asked.figure, own["title"], missing=own["missing"].format(**context.names()))
    has_own = any(line.role == "municipality" for line in shown.lines)
    said = context.writer.paragraphs(shown) if has_own else []
    return Block(asked.figure, shown.title, tuple(said), shown)


def _findings(context: Context, shown: list[Figure]) -> Block:
    words = context.texts.topics["findings"]
    said, hidden = [], []
    for figure in (figure for figure in shown if figure.is_headline):
        own = figure.line("municipality", figure.groups[0])
        if own is None or not any(cell.is_known or cell.is_interval or cell.is_at_least for cell in own.cells.values()):
            hidden.append(figure.title[:1].lower() + figure.title[1:])
            continue
        said.append(f"{_marked(context, figure)}: {context.writer.headline(figure)}")
    if hidden:
        count = number(len(hidden))
        said.append(words["hidden"].format(**context.names(count=count, names=listed(hidden))))
    if not said:
        said.append(words["none"].format(**context.names()))
    return Block("findings", words["title"], tuple(said))


def _marked(context: Context, figure: Figure) -> str:
    """The title, with the mark of demo data where the figure is invented: findings stand apart from their charts."""
    return f"{figure.title} ({context.texts.marks['demo']})" if figure.is_demo else figure.title


def _key_figures(context: Context, shown: list[Figure]) -> Block:
    """One row per headline figure and group: the newest whole year of the municipality beside county and country."""
    words, rows = context.texts.topics["key_figures"], list[tuple[GridValue, ...]]()
    for figure in (figure for figure in shown if figure.is_headline):
        for group in figure.groups:
            own = figure.line("municipality", group)
            if own is None:
                continue
            told = [y for y in figure.years if own.at(y).says_something and not own.at(y).is_running]
            year = max(told, default=figure.years[-1])
            title = _marked(context, figure) + (f": {group[:1].lower() + group[1:]}" if group else "")
            cells: list[GridValue] = []
            for role in ROLES:
                line = figure.line(role, group)
                cells.append(Measured(line.at(year), figure.unit) if line else None)
            rows.append((title, figure.unit.name, year, *cells))
    if not rows:
        return Block("key_figures", words["title"], missing=words["missing"])
    areas = context.areas
    header = (*words["header"], *(areas.title(role) for role in ROLES))
    return Block(
        "key_figures", words["title"], grids=(Grid(words["title"], header, tuple(rows), frozenset({3, 4, 5})),)
    )
