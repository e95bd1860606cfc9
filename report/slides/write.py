"""The file of the slides: one page size, two layouts, every slide with title, text, chart or table, source and number.

Here: where things stand on a slide, notes, the mark of demo data. Not here: charts and tables (draw.py), content (deck.py).
"""

import copy
import io
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE, PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Emu, Inches, Pt

from report.model import Report
from report.slides.deck import Slide, deck
from report.slides.draw import BOKMAL, FAINT, INK, add_chart, add_table, describe
from report.slides.package import settled
from report.words.texts import texts
from report.writers.workbook.cells import safe_text

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, RIGHT = Inches(0.6), Inches(12.75)
BODY_TOP, BODY_BOTTOM = Inches(1.55), Inches(6.55)
TEXT_WIDTH = Inches(4.1)
BLUE, YELLOW = RGBColor.from_string("00385E"), RGBColor.from_string("FFE08A")
COVER, PAGE = 0, 1
PROPERTY = 255
"""Signs that a property of an Office file may have."""
SIZES = (20, 18, 16, 14, 12)


def write_slides(report: Report, target: Path, stamp: datetime) -> Path:
    """Write the slides of a report. ``stamp`` is noted as the time of creation."""
    book = Presentation()
    _lay_out(book)
    core = book.core_properties
    core.title, core.author, core.language = report.title[:PROPERTY], "Integrering", "nb-NO"
    core.subject, core.last_modified_by = report.words["subtitle"][:PROPERTY], "Integrering"
    for number, slide in enumerate(deck(report), start=1):
        _add(book, report, slide, number)
    written = io.BytesIO()
    book.save(written)
    target.write_bytes(settled(written.getvalue(), stamp))
    return target


def _lay_out(book: Any) -> None:
    """Wide pages, and of the layouts only the two in use, with their fields where this product wants them."""
    book.slide_width, book.slide_height = WIDTH, HEIGHT
    for layout in list(book.slide_layouts)[PAGE + 1 :]:
        book.slide_layouts.remove(layout)
    places = {
        PP_PLACEHOLDER.TITLE: (LEFT, Inches(0.45), RIGHT - LEFT, Inches(0.95)),
        PP_PLACEHOLDER.BODY: (LEFT, BODY_TOP, RIGHT - LEFT, BODY_BOTTOM - BODY_TOP),
        PP_PLACEHOLDER.OBJECT: (LEFT, BODY_TOP, RIGHT - LEFT, BODY_BOTTOM - BODY_TOP),
        PP_PLACEHOLDER.FOOTER: (LEFT, Inches(6.9), Inches(10.5), Inches(0.4)),
        PP_PLACEHOLDER.SLIDE_NUMBER: (Inches(11.75), Inches(6.9), Inches(1), Inches(0.4)),
        PP_PLACEHOLDER.DATE: (Inches(11.0), Inches(6.9), Inches(0.7), Inches(0.4)),
        PP_PLACEHOLDER.CENTER_TITLE: (LEFT, Inches(2.2), RIGHT - LEFT, Inches(1.3)),
        PP_PLACEHOLDER.SUBTITLE: (LEFT, Inches(3.7), RIGHT - LEFT, Inches(1.8)),
    }
    for holder in (book.slide_master, *book.slide_layouts):
        for shape in holder.placeholders:
            shape.left, shape.top, shape.width, shape.height = places[shape.placeholder_format.type]


def _add(book: Any, report: Report, slide: Slide, number: int) -> None:
    is_cover = number == 1
    page = book.slides.add_slide(book.slide_layouts[COVER if is_cover else PAGE])
    _paragraphs(page.shapes.title, [slide.title], 44 if is_cover else 30, BLUE, is_bold=True)
    page.shapes.title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM if is_cover else MSO_ANCHOR.MIDDLE
    body = page.placeholders[1]
    width = RIGHT - LEFT if slide.plot is None and slide.grid is None else TEXT_WIDTH
    if not is_cover:
        body.left, body.top, body.width, body.height = LEFT, BODY_TOP, width, BODY_BOTTOM - BODY_TOP
    _paragraphs(body, slide.points, 24 if is_cover else _size(slide.points, width), INK)
    box = (LEFT + width + Inches(0.3), BODY_TOP, RIGHT - LEFT - width - Inches(0.3), BODY_BOTTOM - BODY_TOP)
    if slide.plot:
        if slide.plot.remark:
            box = (*box[:3], Emu(box[3] - Inches(0.55)))
            _remark(page, slide.plot.remark, box)
        add_chart(page, slide.plot, box)
    elif slide.grid:
        add_table(page, slide.grid, box)
    _foot(page, slide.source)
    if report.is_demo:
        _demo_mark(page, report)
    notes = [*([texts().words["demo_banner"]] if report.is_demo else []), *slide.notes]
    if slide.plot:
        notes.append(slide.plot.alt)
    page.notes_slide.notes_text_frame.text = "\n".join(safe_text(note) for note in notes)


def _paragraphs(
    shape: Any, said: list[str] | tuple[str, ...], size: int, colour: RGBColor, is_bold: bool = False
) -> None:
    frame = shape.text_frame
    frame.word_wrap = True
    for place, text in enumerate(said):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        # a paragraph of a slide is no list item: the bullets of the layout would say that it is
        properties = paragraph._p.get_or_add_pPr()
        properties.set("marL", "0")
        properties.set("indent", "0")
        properties.set("algn", "l")
        properties.insert(
            0, properties.makeelement("{http://schemas.openxmlformats.org/drawingml/2006/main}buNone", {})
        )
        paragraph.space_after = Pt(size * 0.5)
        run = paragraph.add_run()
        run.text = safe_text(text)
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), is_bold, colour
        run.font.language_id = BOKMAL


def _size(said: tuple[str, ...], width: int) -> int:
    """The largest size at which the text has room; a letter is about half as wide as it is high."""
    for size in SIZES:
        across = width / Pt(size) * 2.0
        lines = sum(ceil(len(text) / across) + 0.5 for text in said)
        if lines * Pt(size) * 1.25 <= BODY_BOTTOM - BODY_TOP:
            return size
    return SIZES[-1]


def _remark(page: Any, text: str, box: tuple[int, int, int, int]) -> None:
    left, top, width, height = box
    shape = page.shapes.add_textbox(left, top + height, width, Inches(0.55))
    _paragraphs(shape, [text], 11, FAINT)
    describe(shape, texts().words["note"], "")


def _foot(page: Any, source: str) -> None:
    """The layout's own fields for foot and number, filled: a reader and PowerPoint both know them as such."""
    for field in page.slide_layout.placeholders:
        kind = field.placeholder_format.type
        if kind == PP_PLACEHOLDER.SLIDE_NUMBER:
            copied = copy.deepcopy(field._element)
            for look in copied.iter("{*}rPr"):
                look.set("lang", "nb-NO")
            page.shapes._spTree.append(copied)
        elif kind == PP_PLACEHOLDER.FOOTER and source:
            page.shapes._spTree.append(copy.deepcopy(field._element))
            _paragraphs(page.placeholders[field.placeholder_format.idx], [source], 12, FAINT)


def _demo_mark(page: Any, report: Report) -> None:
    shape = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(11.25), Inches(0.12), Inches(1.5), Inches(0.34))
    shape.fill.solid()
    shape.fill.fore_color.rgb = YELLOW
    shape.line.fill.background()
    shape.text_frame.margin_top = shape.text_frame.margin_bottom = 0
    _paragraphs(shape, [report.words["demo_mark"]], 14, INK, is_bold=True)
    describe(shape, report.words["demo_mark"], "")
