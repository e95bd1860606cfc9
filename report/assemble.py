"""From a release to a report: every section with its blocks, in the order of sections.yml.

Here: the order of things and what is said of a whole section. Not here: single figures (figures.py), topics, writers.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from report.context import Context
from report.forecast.block import forecasts
from report.model import Block, Figure, Grid, GridValue, Measured, Report, Section, Told
from report.profile.findings import Weights, findings_of, weights
from report.profile.unsure import unsure_of
from report.reading.areas import Sources, areas_of
from report.reading.figures import ROLES, FigureReader
from report.reading.marts import Marts
from report.sections.benefit_overview import benefit_overview
from report.sections.benefit_payments import benefit_payments, benefit_rates, benefit_reference
from report.sections.declarations import IndicatorFigure, MartFigure, SectionSpec, SplitTable, declarations
from report.sections.findings import finding_blocks
from report.sections.method import (
    breaks,
    cadence,
    cadence_datasets,
    hidden_cells,
    numbered,
    reading_guide,
    revisions,
    sources,
)
from report.sections.missing import LeftOut
from report.sections.peers import origin, peers, split
from report.sections.rates import grant_rates
from report.sections.remarks import remarks
from report.sections.topics import benefit_recipients, cohort_benefit, coverage, protection
from report.words.sentences import Writer
from report.words.texts import texts

TOPICS: dict[str, Callable[[Context], Block | list[Block]]] = {
    "protection": protection,
    "benefit_overview": benefit_overview,
    "benefit_payments": benefit_payments,
    "benefit_rates": benefit_rates,
    "benefit_recipients": benefit_recipients,
    "benefit_reference": benefit_reference,
    "cohort_benefit": cohort_benefit,
    "coverage": coverage,
    "grant_rates": grant_rates,
    "forecast": forecasts,
    "origin": origin,
    "cadence": cadence,
    "cadence_datasets": cadence_datasets,
    "revisions": revisions,
    "reading_guide": reading_guide,
    "hidden_cells": hidden_cells,
}
"""Blocks that need nothing but the release; those of ``made`` in build_report are made from the other sections."""


def build_report(
    marts: Marts, municipality: str, years: int, published_at: datetime, known: Weights | None = None
) -> Report:
    """The whole report. Raises UnknownMunicipalityError. ``published_at`` must know its time zone.

    ``known`` is what findings are chosen from, where it was read for several municipalities at once.
    """
    words = texts()
    areas = areas_of(marts, municipality)
    origin = Sources(marts, published_at)
    weighed = known or weights(marts, origin)
    reader = FigureReader(marts, areas, origin, years, unsure=unsure_of(weighed.scales, municipality))
    context = Context(marts, areas, origin, reader, Writer(words.sentences, words.reasons, origin.today), words)
    missing = LeftOut()
    found = findings_of(weighed, municipality)
    built = {spec.section: _section_blocks(context, spec, missing) for spec in declarations().sections}
    shown = [block.figure for blocks in built.values() for block in blocks if block.figure]
    told = finding_blocks(context, found)
    behind = [*shown, *(block.figure for block in told if block.figure)]
    made: dict[str, Callable[[], list[Block]]] = {
        "findings": lambda: told,
        "key_figures": lambda: _key_figures(context, shown),
        "peers": lambda: peers(context, _headlines(shown)),
        "missing": missing.blocks,
        "missing_sources": missing.sources,
        "breaks": lambda: [breaks(context, shown)],
        "sources": lambda: [sources(context, behind)],
    }
    sections = []
    for spec in declarations().sections:
        own = words.sections[spec.section]
        blocks = [one for block in built[spec.section] for one in made.get(block.block_id, lambda b=block: [b])()]
        blocks = [block for block in blocks if not block.missing or spec.is_annex]
        if blocks:
            intro = own["intro"].format(**context.names())
            sections.append(Section(spec.section, own["title"], own["sheet"], intro, tuple(blocks), spec.is_annex))
    subtitle = "report_subtitle_own_county" if areas.is_own_county else "report_subtitle"
    made_of = [*built.values(), *(section.blocks for section in sections)]
    notes = [block.editor for blocks in made_of for block in blocks if block.editor]
    return Report(
        municipality_code=municipality,
        municipality=areas.municipality,
        county=areas.county,
        country=areas.country,
        title=words.words["report_title"].format(**context.names()),
        years=years,
        published=origin.today,
        is_demo=any(figure.is_demo for figure in shown) or any(row["is_demo"] for row in origin.datasets.values()),
        sections=_with_own_ids(sections),
        editor=tuple(dict.fromkeys([*missing.note(), *notes])),
        findings=tuple(Told(one.name, one.title, one.sentence, one.certainty, one.age) for one in found),
        words={**words.words, "subtitle": words.words[subtitle].format(**context.names())},
        source_numbers={dataset_id: number for dataset_id, (number, _) in numbered(behind).items()},
    )


def _with_own_ids(sections: list[Section]) -> tuple[Section, ...]:
    """Blocks that show the same indicator in other groups get a number after their id: it names an address and a picture."""
    used: dict[str, int] = {}
    numbered = []
    for section in sections:
        blocks = []
        for block in section.blocks:
            used[block.block_id] = used.get(block.block_id, 0) + 1
            count = used[block.block_id]
            blocks.append(block if count == 1 else replace(block, block_id=f"{block.block_id}-{count}"))
        numbered.append(replace(section, blocks=tuple(blocks)))
    return tuple(numbered)


def _section_blocks(context: Context, spec: SectionSpec, missing: LeftOut) -> list[Block]:
    blocks: list[Block] = []
    taken: set[tuple[str, str]] = set()
    told: set[str] = set()
    for asked in spec.shows:
        if isinstance(asked, IndicatorFigure):
            shown = context.reader.indicator(asked)
            if shown is None:
                missing.indicator(context, asked.indicator, _name(context, asked))
            elif (shown.figure_id, shown.title) not in taken and not missing.stale(context, shown):
                taken.add((shown.figure_id, shown.title))
                blocks.append(_figure_block(context, shown, told))
        elif isinstance(asked, MartFigure):
            blocks.append(_mart_block(context, asked))
        elif isinstance(asked, SplitTable):
            blocks += split(context, asked)
        elif asked.topic in TOPICS:
            found = TOPICS[asked.topic](context)
            blocks += found if isinstance(found, list) else [found]
        else:
            blocks.append(Block(asked.topic, ""))
    for block in blocks:
        if block.missing and not spec.is_annex:
            missing.add(block.title[:1].lower() + block.title[1:], block.missing, block.editor)
    return blocks


def _name(context: Context, asked: IndicatorFigure) -> str:
    rows = context.marts.rows("dim_indicator", {"indicator_id": asked.indicator[0]})
    name = rows[0]["name_nb"] if rows else asked.indicator[0]
    return name[:1].lower() + name[1:]


def _figure_block(context: Context, shown: Figure, told: set[str]) -> Block:
    """``told``: remarks of the section so far; one that holds for many figures is made once."""
    said = tuple(context.writer.paragraphs(shown))
    notes = tuple(note for note in remarks(context, shown) if note not in told)
    told.update(notes)
    return Block(shown.figure_id, shown.title, said, shown, notes=notes)


def _mart_block(context: Context, asked: MartFigure) -> Block:
    shown = context.reader.mart(asked)
    own = context.texts.figures[asked.figure]
    if shown is None:
        missing = own["missing"].format(**context.names())
        return Block(asked.figure, own["title"], missing=missing, editor=own.get("editor", ""))
    has_own = any(line.role == "municipality" for line in shown.lines)
    said = context.writer.paragraphs(shown) if has_own else []
    return Block(asked.figure, shown.title, tuple(said), shown)


def _headlines(shown: list[Figure]) -> list[tuple[IndicatorFigure, Figure]]:
    """The headline figures that are indicators, each with its declaration."""
    asked = [one for spec in declarations().sections for one in spec.shows if isinstance(one, IndicatorFigure)]
    return [
        (one, figure) for figure in shown for one in asked
        if figure.is_headline and one.is_headline and figure.figure_id in one.indicator
    ]  # fmt: skip


def _key_figures(context: Context, shown: list[Figure]) -> list[Block]:
    """One row per headline figure and group: the newest whole year of the municipality beside county and country."""
    words, rows = context.texts.topics["key_figures"], list[tuple[GridValue, ...]]()
    for figure in (figure for figure in shown if figure.is_headline):
        for group in figure.groups:
            own = figure.line("municipality", group)
            if own is None:
                continue
            told = [y for y in figure.years if own.at(y).says_something and not own.at(y).is_running]
            year = max(told, default=figure.years[-1])
            short = context.texts.short.get(group, group)
            title = figure.title + (f": {short[:1].lower() + short[1:]}" if group else "")
            cells: list[GridValue] = []
            for role in ROLES:
                line = figure.line(role, group)
                cells.append(Measured(line.at(year), figure.unit) if line else None)
            rows.append((title, figure.unit.name, year, *cells))
    if not rows:
        return []
    areas = context.areas
    header = (*words["header"], *(areas.title(role) for role in ROLES))
    grid = Grid(words["title"], header, tuple(rows), frozenset({3, 4, 5}))
    return [Block("key_figures", words["title"], grids=(grid,))]
