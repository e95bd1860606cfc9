"""The settlement page as observations: forms `imdi_settlement_page` (HTML) and `imdi_settlement_lines` (transcribed).

Here: recognising a page, and its figures with codes in the conformed shape. Not here: tables and texts (tables.py).
``source_row`` is the number of the block on the page (of a transcription: the line), ``source_column`` the cell in its row.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from email import message_from_binary_file, policy
from pathlib import Path

import pyarrow as pa
from pydantic import Field

from sources.dataset.dimensions import TOTAL, fold
from sources.dataset.options import options_of
from sources.dataset.recognition import WHOLE, Sighting, Specimen
from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError
from sources.files import Declared
from sources.imdi.settlement.areas import county_code, municipality_code
from sources.imdi.settlement.blocks import HEADINGS, PagePiece, page_blocks, transcribed_blocks
from sources.imdi.settlement.tables import Page, PageFigure, read_tables
from sources.landing.observation import Reading, observation_table
from sources.ports import Document, Place, only

PAGE, LINES = "imdi_settlement_page", "imdi_settlement_lines"
IN_TEXT = "page_text"
"""Category of a figure that stands in the running text, beside the tables of the same page."""

_MOST_BYTES = 20_000_000
_SIGN = re.compile(
    rb"nokkeltall-bosetting-20\d\d|Oversikt over (?:bosettingen i (?:fylkene|kommunene)|anmodningen) i 20\d\d"
)
_SIGN_OF_LINES = re.compile(rb"h1;[^\n]*20\d\d\n")


class Sentence(Declared):
    """A figure in the text: the measure, and a pattern of the sentence with ``{n}`` where the number stands."""

    measure: str
    pattern: str


class SettlementPages(Declared):
    """``options.imdi_pages``: the first year that has a page, and the sentences that figures are read from."""

    first_year: int
    sentences: list[Sentence] = Field(default=[])


def is_of_pages(spec: DatasetSpec) -> bool:
    """Whether a dataset is what the settlement pages say, not a table of IMDi's statistics."""
    return "imdi_pages" in spec.options


def recognise(specimen: Specimen) -> Sighting | None:
    """`imdi_settlement_page` for a page saved by a browser (HTML or MHTML) that has IMDi's headings or address."""
    head = specimen.head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _SIGN_OF_LINES.match(head):
        return Sighting(LINES, WHOLE)
    if not (head.startswith(b"<") or _is_mhtml(head)) or specimen.path.stat().st_size > _MOST_BYTES:
        return None
    body = _html_of(specimen.path)
    return Sighting(PAGE, WHOLE) if _SIGN.search(body) and b"<table" in body else None


def read_page(spec: DatasetSpec, documents: list[Document]) -> Reading:
    """A page as its address gives it or as a browser saved it. Raises a SourceError that names heading, row and column."""
    document = only(documents, spec)
    return _reading(spec, page_blocks(_html_of(document.path)), document.name)


def read_lines(spec: DatasetSpec, documents: list[Document]) -> Reading:
    """A transcribed page. Raises as `read_page`."""
    document = only(documents, spec)
    return _reading(spec, transcribed_blocks(document.path.read_bytes(), document.name), document.name)


def raw_cells(spec: DatasetSpec, documents: list[Document], places: Sequence[Place]) -> list[str]:
    """Figures of a landed page as they were printed: heading, row and column of a cell, or the piece of text."""
    document = documents[0]
    is_lines = document.path.read_bytes()[:3] == b"h1;"
    blocks = (
        transcribed_blocks(document.path.read_bytes(), document.name)
        if is_lines
        else page_blocks(_html_of(document.path))
    )
    return [
        f"{document.name}, {'line' if is_lines else 'block'} {row}: {_printed(blocks, row, column)}"
        for row, column in places
    ]


def _printed(blocks: list[PagePiece], number: int, column: int | None) -> str:
    block = blocks[number - 1]
    if column is None:
        return f"«{block.text}»"
    before = blocks[: number - 1]
    heading = next((b.text for b in reversed(before) if b.kind in HEADINGS), "")
    header = next(b for b in reversed(before) if b.kind == "header")
    return f"«{heading}», {block.text}, «{header.texts[column - 1]}» {block.texts[column - 1]}"


def page_of(spec: DatasetSpec, blocks: list[PagePiece], where: str) -> Page:
    """What a page says, in the words of the spec."""
    options = options_of(spec, "imdi_pages", SettlementPages)
    measures = {fold(label): code for c in spec.columns if c.role == "measure" for label, code in c.codes.items()}
    return read_tables(blocks, measures, [(s.measure, s.pattern) for s in options.sentences], where)


def _reading(spec: DatasetSpec, blocks: list[PagePiece], where: str) -> Reading:
    page = page_of(spec, blocks, where)
    if not any(figure.level != "country" for figure in page.figures):
        raise LayoutError(
            expected="tables with the columns of the spec under headings of settlement or request",
            found=f"{len(blocks)} pieces of text, none in such a table",
            where=where,
            next_step="open the page in a browser; the last good release stays in use",
        )
    places = [_place(figure, page.year, where) for figure in page.figures]
    # a date of the year after, beside a figure of the year of the page, would move the figure to another year
    days = [f.printed_on if f.printed_on and f.printed_on.year == page.year else None for f in page.figures]
    columns = {
        "source_row": pa.array([figure.number for figure in page.figures], pa.int32()),
        "source_column": pa.array([figure.column for figure in page.figures], pa.int32()),
        "region_code": pa.array([code for code, _ in places]),
        "region_level": pa.array([level for _, level in places]),
        "period_start": pa.array([day or date(page.year, 1, 1) for day in days], pa.date32()),
        "period_kind": pa.array(["point" if day else "year" for day in days]),
        "measure": pa.array([figure.measure for figure in page.figures]),
        "unit": pa.array(["persons"] * len(places)),
        "category": pa.array([IN_TEXT if figure.is_text else TOTAL for figure in page.figures]),
        "value": pa.array([figure.value for figure in page.figures], pa.float64()),
        "value_status": pa.array([figure.status for figure in page.figures]),
    }
    stated = datetime.combine(page.tables_on, time(12), UTC) if page.tables_on else None
    return Reading(observation_table(columns, len(places)), page.notes, updated_at=stated)


def _place(figure: PageFigure, year: int, where: str) -> tuple[str, str]:
    if figure.level == "country":
        return "00", "country"
    at = f"{where}, {figure.county_name}"
    county = county_code(figure.county_name, year, at)
    return (
        (county, "county")
        if figure.level == "county"
        else (municipality_code(figure.name, county, year, at), "municipality")
    )


def _is_mhtml(head: bytes) -> bool:
    return bool(re.match(rb"(?:From|MIME-Version|Snapshot-Content-Location|Subject|Date):", head))


def _html_of(path: Path) -> bytes:
    """The HTML of a file; out of the single file (MHTML) that browsers offer, its first HTML part."""
    with open(path, "rb") as handle:
        if not _is_mhtml(handle.read(64)):
            handle.seek(0)
            return handle.read()
        handle.seek(0)
        message = message_from_binary_file(handle, policy=policy.default)
    part = next((p for p in message.walk() if p.get_content_type() == "text/html"), None)
    return b"" if part is None else part.get_payload(decode=True)
