"""Every figure as a picture to paste: SVG and PNG under figurer/, named by the figure's id and the municipality.

Here: panels side by side under their title, the source beneath. Not here: how a panel is drawn (drawing/), links to the pictures
(html.py). Typst draws the PNGs, all in one go: its own font makes them the same on every machine.
"""

import json
import re
from html import escape
from pathlib import Path

import typst

from report.drawing.charts import charts
from report.model import Block, Report, Svg
from report.words.texts import texts

FOLDER = "figurer"
FONT, PRINTED_FONT = "Helvetica, Arial, Liberation Sans, sans-serif", "Libertinus Serif"
DOTS = 144.0
"""Dots an inch of the PNG: sharp in a document at full width."""
_PAGES = b"""#let all = json(bytes(sys.inputs.pictures))
#set page(width: auto, height: auto, margin: 0pt)
#for (i, one) in all.enumerate() { if i > 0 { pagebreak() }
image(bytes(one), format: "svg") }"""
GAP, HEAD, FOOT, SIDE = 14, 24, 26, 10
SIGN = 6.6
"""Width of a sign of the title at its size of 13, on the safe side."""
_ID = re.compile(r"^[a-z][a-z0-9_-]*$")


def picture_name(block: Block, report: Report) -> str:
    """The path of a figure's picture beside the page, without its ending. Raises ValueError for an id that is no plain name."""
    if not _ID.fullmatch(block.block_id):
        raise ValueError(f"not a name of a figure: {block.block_id!r}")
    return f"{FOLDER}/{block.block_id}-{report.municipality_code}"


def write_pictures(report: Report, target: Path) -> list[Path]:
    """Write each block that has a chart as SVG and as PNG into ``target``/figurer."""
    drawings = {
        picture_name(block, report): _composed(block, report, panels)
        for section in report.sections
        for block in section.blocks
        if block.figure and (panels := charts(block.figure))
    }
    if not drawings:
        return []
    (target / FOLDER).mkdir(exist_ok=True)
    printed = json.dumps([drawing.replace(FONT, PRINTED_FONT) for drawing in drawings.values()])
    made = typst.compile(_PAGES, sys_inputs={"pictures": printed}, format="png", ppi=DOTS, ignore_system_fonts=True)
    written = []
    for (base, drawing), dots in zip(drawings.items(), made if isinstance(made, list) else [made], strict=True):
        written += [target / f"{base}.svg", target / f"{base}.png"]
        written[-2].write_text(drawing, encoding="utf-8")
        written[-1].write_bytes(dots)
    return written


def _composed(block: Block, report: Report, panels: tuple[Svg, ...]) -> str:
    named = [panel.title for panel in panels]
    top = HEAD + (16 if any(named) and len(panels) > 1 else 0)
    width = max(sum(panel.width for panel in panels) + GAP * (len(panels) - 1) + 2 * SIDE, 420)
    title = _rows(
        f"{block.title}, {report.municipality}" if report.municipality not in block.title else block.title, width
    )
    top += 17 * (len(title) - 1)
    height = top + max(panel.height for panel in panels) + FOOT
    parts = [f'<rect width="{width}" height="{height}" fill="#fff"/>']
    parts += [_text(SIDE, 18 + 17 * row, words, 13, "700") for row, words in enumerate(title)]
    x = SIDE
    for panel in panels:
        if panel.title and len(panels) > 1:
            parts.append(_text(x, top - 4, panel.title, 12, "600"))
        inner = panel.text.replace('font-family="FONT_FAMILY"', f'x="{x}" y="{top}"', 1)
        parts.append(inner)
        x += panel.width + GAP
    parts.append(_text(SIDE, height - 9, _source(block, report), 10, "400"))
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="{FONT}"'
    alt = escape(" ".join(panel.alt for panel in panels), quote=True)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{alt}">{"".join(parts)}</svg>'


def _source(block: Block, report: Report) -> str:
    words = texts().words
    sources = block.figure.sources if block.figure else ()
    names = ", ".join(
        dict.fromkeys(one.attribution.removeprefix("Kilde: ").strip() for one in sources if one.attribution)
    )
    demo = f" {words['demo_mark']}." if block.figure and block.figure.is_demo else ""
    return f"{words['source']}: {names or words['source_unknown']}. {block.block_id}.{demo}"


def _rows(title: str, width: float) -> list[str]:
    """The title in rows that fit the width."""
    room, rows = int((width - 2 * SIDE) / SIGN), [""]
    for word in title.split():
        if rows[-1] and len(rows[-1]) + 1 + len(word) > room:
            rows.append(word)
        else:
            rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def _text(x: float, y: float, words: str, size: int, weight: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="#1a1a1a">{escape(words)}</text>'
