"""The report as a tagged PDF (PDF/UA-1), set by Typst from data.

Here: what the template needs, as JSON. Not here: the look (templates/report.typ), texts or figures.
"""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from report.drawing.charts import charts
from report.model import Block, Figure, Grid, Report, Section
from report.words.norwegian import day
from report.words.texts import texts
from report.writers.filling import paper
from report.writers.tables import figure_table, grid_text

_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
FONT = "Libertinus Serif"
"""Built into Typst, so that the file looks the same on every machine and needs no installed font."""

ACROSS = 118.0
"""Signs across the page at the size of a wide grid, with the space between its columns."""
SHORT, LONG = 12, 60
"""Signs up to which a text is not broken, and from which it takes no more of the room: it is broken into rows anyway."""
BOLD = 1.15
"""A sign of the first column, which is bold, beside one of the others."""
NARROW = 90
"""Signs across the page: a grid with fewer needs no sharing."""
_UNPRINTED = (texts().marks["summed"], texts().marks["recomputed"])
"""Marks of how a figure came about, which the page and the workbook show: in print they stood at every second number."""
_WORD = re.compile("[\\s\u200b-]")


def write_pdf(report: Report, target: Path, stamp: datetime) -> Path:
    """Write the PDF. ``stamp`` is the time noted in the file: the same report and time give the same bytes."""
    return paper(_TEMPLATE, target, _content(report), stamp)


def _content(report: Report) -> dict[str, Any]:
    words = {key: report.words[key] for key in ("subtitle", "contents", "page", "of", "demo_mark", "demo_banner")}
    return {
        "title": report.title,
        "keywords": [report.municipality, report.county],
        "is_demo": report.is_demo,
        "words": {**words, "published": report.words["published"].format(date=day(report.published))},
        "sections": [
            {"title": section.title, "intro": section.intro, "blocks": _blocks(section)}
            for section in report.sections
            if not section.is_annex
        ],
    }


def _blocks(section: Section) -> list[dict[str, Any]]:
    """The blocks of a section; a note that several share stands once, under the first."""
    said: set[str] = set()
    blocks = []
    for block in section.blocks:
        if block.grids and not block.figure and not block.sentences and all(grid.is_annex for grid in block.grids):
            continue
        blocks.append(_block(replace(block, notes=tuple(note for note in block.notes if note not in said))))
        said.update(block.notes)
    return blocks


def _block(block: Block) -> dict[str, Any]:
    tables = [_figure_table(block.figure)] if block.figure and _has_table(block) else []
    return {
        "title": block.title,
        "sentences": list(block.sentences),
        "is_brief": block.is_brief,
        "definition": block.figure.definition if block.figure else "",
        "source": _publishers(block.figure) if block.figure else "",
        "panels": _panels(block.figure) if block.figure else [],
        "tables": tables + [_grid(grid, block.title) for grid in block.grids if not grid.is_annex],
        "notes": list(block.notes),
    }


def _has_table(block: Block) -> bool:
    """Findings, and groups in three areas that are no headline, have their newest figures in the charts: print needs no more."""
    shown = block.figure
    return not block.is_brief and (shown is None or len(shown.groups) < 2 or shown.is_headline)


def _publishers(shown: Figure) -> str:
    """«Kilde: IMDi, SSB.»: who stands behind the figure; which table it was is told on the page and in the workbook."""
    names = dict.fromkeys(source.attribution.removeprefix("Kilde: ").strip() for source in shown.sources)
    listed = ", ".join(name for name in names if name)
    return f"{texts().words['source']}: {listed}." if listed else ""


def _panels(shown: Figure) -> list[dict[str, Any]]:
    # in print a count shows the municipality's own bars: its place among the others is told per inhabitant in the sentence
    drawn = charts(shown)[:1] if shown.unit.is_additive and not shown.is_forecast else charts(shown)
    return [
        {
            "svg": panel.text.replace("FONT_FAMILY", FONT),
            "alt": panel.alt,
            "title": panel.title,
        }
        for panel in drawn
    ]


def _figure_table(shown: Figure) -> dict[str, Any]:
    table = figure_table(shown)
    rows = [
        [
            {"text": name, "marks": []},
            *({"text": cell.text, "marks": [m for m in cell.marks if m not in _UNPRINTED]} for cell in cells),
        ]
        for name, cells in table.rows
    ]
    return {
        "caption": "",
        "header": [table.corner, *table.columns],
        "rows": rows,
        "numeric": list(range(1, len(table.columns) + 1)),
        "widths": [0.0] * (len(table.columns) + 1),
    }


def _grid(grid: Grid, heading: str) -> dict[str, Any]:
    texts_of_rows = [[grid_text(value, i in grid.numeric) for i, value in enumerate(row)] for row in grid.rows]
    return {
        "caption": grid.title if grid.title != heading else "",
        "header": list(grid.header),
        "rows": [[{"text": _breakable(text), "marks": []} for text in row] for row in texts_of_rows],
        "numeric": sorted(grid.numeric),
        "widths": _widths(grid.header, texts_of_rows),
    }


def _breakable(text: str) -> str:
    """Long addresses may break after a slash, so that a column of links does not push the table off the page."""
    return text.replace("/", "/\u200b") if text.startswith("https://") else text


def _unbroken(text: str) -> int:
    """Signs that stand on one row: a short text whole («Hele landet»), of a longer one its longest word."""
    return len(text) if len(text) <= SHORT else max(map(len, _WORD.split(text)))


def _widths(header: tuple[str, ...], rows: list[list[str]]) -> list[float]:
    """Shares of the page width by the text each column holds; a table that is narrow anyway keeps its own widths.

    No column is narrower than its longest word, so that words do not run into the next column.
    """
    columns = [[name, *(row[i] for row in rows)] for i, name in enumerate(header)]
    longest = [max(map(len, column)) for column in columns]
    if sum(longest) < NARROW:
        return [0.0] * len(header)
    words = [float(max(_unbroken(text) for text in column)) for column in columns]
    words[0] *= BOLD
    least = [word + 2.0 for word in words]
    # between the usual text and the longest: few long cells may be broken into rows, short names should not be
    usual = [
        (sum(map(len, column)) / len(column) + min(length, LONG)) / 2
        for column, length in zip(columns, longest, strict=True)
    ]
    wanted = [max(length - own, 0.0) for length, own in zip(usual, least, strict=True)]
    spare = max(ACROSS - sum(least), 0.0) / (sum(wanted) or 1.0)
    return [own + more * spare for own, more in zip(least, wanted, strict=True)]
