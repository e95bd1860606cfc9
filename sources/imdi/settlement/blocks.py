"""A settlement page as numbered blocks: headings, texts and table rows in page order.

Here: HTML to blocks, and the transcription of a page (one block a line) to the same blocks. Not here: what they say.
"""

import csv
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Literal

from sources.errors import EncodingError, LayoutError, NotOfKindError

Kind = Literal["h1", "h2", "h3", "text", "header", "row"]
HEADINGS = ("h1", "h2", "h3")

_KIND_OF_TAG: dict[str, Kind] = {"h1": "h1", "h2": "h2", **dict.fromkeys(("h3", "h4", "h5", "h6", "caption"), "h3")}
_BREAKING = frozenset((
    "address", "article", "aside", "blockquote", "body", "dd", "div", "dl", "dt", "fieldset", "figure", "footer", "form",
    "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "ul",
))  # fmt: skip
"""Elements that end a run of text. All others (strong, span, a, br) stand inside one."""

_UNSEEN = frozenset({"script", "style", "noscript", "template"})


@dataclass(frozen=True)
class PagePiece:
    """A piece of a page. ``number`` counts from 1; a heading or text has one text, a table row one for each cell.

    The first row of a table is its ``header``. Blanks of any kind are single, entities are decoded.
    """

    number: int
    kind: Kind
    texts: tuple[str, ...]

    @property
    def text(self) -> str:
        return self.texts[0]


def page_blocks(body: bytes) -> list[PagePiece]:
    """The blocks of an HTML page. What stands in scripts, as the whole content does a second time, is no block."""
    parser = _Page()
    parser.feed(body.decode("utf-8", "replace"))
    parser.close()
    parser.end_text()
    return [PagePiece(number, kind, texts) for number, (kind, texts) in enumerate(parser.found, start=1)]


def transcribed_blocks(body: bytes, where: str) -> list[PagePiece]:
    """The blocks of a transcription: a CSV with ``;`` whose first column names the kind; the line is the number.

    Raises EncodingError, NotOfKindError for an empty file and LayoutError for a line of no known kind.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise EncodingError(
            expected="UTF-8", found=str(problem), where=where, next_step="use the file as it ships with the product"
        ) from problem
    blocks = []
    for number, (kind, *texts) in enumerate(csv.reader(text.splitlines(), delimiter=";"), start=1):
        if kind not in (*HEADINGS, "text", "header", "row") or not texts:
            raise LayoutError(
                expected="lines that begin with h1, h2, h3, text, header or row",
                found=repr(kind[:40]),
                where=f"{where} line {number}",
                next_step="use the file as it ships with the product",
            )
        blocks.append(PagePiece(number, kind, tuple(texts)))
    if not blocks:
        raise NotOfKindError(
            expected="a transcribed page", found="an empty file", where=where, next_step="fetch the file again"
        )
    return blocks


@dataclass
class _Row:
    is_first: bool
    cells: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[Kind, tuple[str, ...]]] = []
        self._text: list[str] = []
        self._kind: Kind = "text"
        self._row: _Row | None = None
        self._cell: list[str] | None = None
        self._tables = 0
        self._unseen = 0
        self._has_header = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        if tag in _BREAKING or tag in _KIND_OF_TAG:
            self._break()
        if tag == "br":
            self.handle_data(" ")
        elif tag == "table":
            self._tables, self._has_header = self._tables + 1, False
        elif tag == "tr" and self._tables:
            self._end_row()
            self._row = _Row(is_first=not self._has_header)
        elif tag in ("td", "th") and self._row is not None:
            self._end_cell()
            self._cell = []
        elif tag in _KIND_OF_TAG:
            self._kind = _KIND_OF_TAG[tag]

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            (self._text if self._cell is None else self._cell).append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        if tag in _BREAKING or tag in _KIND_OF_TAG:
            self._break()
        if tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self._end_row()
            self._tables = max(self._tables - 1, 0)
        elif tag in _KIND_OF_TAG:
            self._kind = "text"

    def _break(self) -> None:
        if self._cell is None:
            self.end_text()
        else:
            self._cell.append(" ")

    def end_text(self) -> None:
        text = plain("".join(self._text))
        self._text = []
        if text:
            self.found.append((self._kind, (text,)))

    def _end_cell(self) -> None:
        if self._row is not None and self._cell is not None:
            self._row.cells.append(plain("".join(self._cell)))
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None and self._row.cells:
            self.found.append(("header" if self._row.is_first else "row", tuple(self._row.cells)))
            self._has_header = True
        self._row = None


def plain(text: str) -> str:
    """A text with single blanks: no-break blanks, line ends and marks without width are blanks or nothing."""
    return " ".join(text.replace("\u200b", "").replace("\ufeff", "").replace("\u00ad", "").split())
