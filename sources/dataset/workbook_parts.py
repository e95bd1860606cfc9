"""The parts of an Excel workbook that its sheets need, taken out of a zip from outside without trusting it.

Here: what may stand in the zip, and following the workbook's own relationships to its parts. Not here: rows and cells.
"""

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from sources.errors import LayoutError, NotOfKindError

not_a_workbook = partial(
    NotOfKindError,
    "an Excel workbook (.xlsx) without macros, passwords or embedded objects",
    next_step="open it in Excel and save it as a plain .xlsx workbook, or fetch it again from the publisher",
)
over_cap = partial(
    LayoutError,
    next_step="do not open the file; ask the sender what it is. A real statistics workbook is far below the cap",
)
"""The error for a workbook that would fill memory."""

MAX_ENTRIES = 2_000
MAX_TOTAL_BYTES = 200 * 1024 * 1024
MAX_RATIO = 150
RATIO_FREE_BYTES = 1024 * 1024
"""A member may grow by more than MAX_RATIO only while it stays this small. Real workbooks grow by 5 to 12."""
MAX_CELLS = 5_000_000
"""The parser makes room for every cell up to the farthest one of each sheet, so this is checked before it sees them."""
MAX_TEXT_BYTES = 200 * 1024 * 1024
"""A text stands once in the file and is copied into every cell that shows it."""

_ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
_CONTENT_TYPES = "[Content_Types].xml"
_USUAL_WORKBOOK = "xl/workbook.xml"
_ODD_NAME = re.compile(r"[\x00-\x1f:*?\"<>|]")
_MACRO_PARTS = ("vbaproject", "vbadata", "macrosheets/", "activex/", "/embeddings/", "dialogsheets/")
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_PREFIX = rb"<(?:[A-Za-z_][\w.-]*:)?"
_CELL = re.compile(_PREFIX + rb"c(?=[\s/>])([^>]*)>")
_REFERENCE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]{1,3})(\d{1,9})["']""")
_ANY_COLUMN = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,300})\d""")
_ANY_ROW = re.compile(rb"""\br\s*=\s*["'][A-Za-z]{0,300}(\d{1,4000})["']""")
_SHARED_TEXT = re.compile(_PREFIX + rb"si(?:\s*/>|[\s>].*?</(?:[\w.-]+:)?si\s*>)", re.DOTALL)
_SHOWN_TEXT = re.compile(rb"""\bt\s*=\s*["']s["'][^>]*>\s*""" + _PREFIX + rb"v\s*>\s*(\d{1,9})\s*<")
_DAMAGED = (
    zipfile.BadZipFile,
    OSError,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    OverflowError,
)
"""What Python's zip module raises for bytes that are no whole zip."""


@dataclass(frozen=True)
class WorksheetParts:
    """What was taken: a clean zip in memory with the worksheets alone, their names and bodies, and what was left out."""

    clean: io.BytesIO
    sheets: list[tuple[str, bytes]]
    chart_sheets: int


@dataclass(frozen=True)
class _Relation:
    kind: str
    target: str


def is_workbook(head: bytes) -> bool:
    """Whether the first bytes can be those of an .xlsx file."""
    return head.startswith(_ZIP_MAGIC)


def read_parts(source: Path | io.BytesIO, where: str) -> WorksheetParts:
    """The parts of a workbook on disk or in memory, each read under the caps.

    They are found by their relationships, as any program may lay them out. Nothing is written out and no link is
    followed. Raises NotOfKindError for anything that is not a plain .xlsx workbook (old .xls, HTML, macros, passwords,
    damaged zip) and LayoutError when a cap is passed.
    """
    with open(source, "rb") if isinstance(source, Path) else source as handle:
        head = handle.read(8)
        if head.startswith(_OLE_MAGIC):
            raise not_a_workbook("an old .xls file or an encrypted workbook", where)
        if not is_workbook(head):
            raise not_a_workbook("bytes that are not a zip archive", where)
        try:
            with zipfile.ZipFile(handle) as archive:
                return _Taker(archive, where).parts()
        except _DAMAGED as problem:
            raise not_a_workbook(f"a damaged zip archive ({problem})", where) from problem


class _Taker:
    """Takes parts out of one archive; all of them together stay under MAX_TOTAL_BYTES."""

    def __init__(self, archive: zipfile.ZipFile, where: str) -> None:
        self._archive = archive
        self._where = where
        self._left = MAX_TOTAL_BYTES
        self._entries = {_plain(entry.filename).casefold(): entry for entry in archive.infolist()}
        self._check_entries(archive.infolist())

    def parts(self) -> WorksheetParts:
        types = self._body(_CONTENT_TYPES)
        if b"macroenabled" in types.lower():
            raise not_a_workbook("a workbook that declares macros", self._where)
        workbook = self._workbook_part()
        relations = self._relations(workbook)
        root = self._tree(workbook)
        sheets, charts = [], 0
        for element in root.iter():
            if _local(element.tag) != "sheet":
                continue
            name = element.get("name", "")
            relation = relations.get(next((v for k, v in element.attrib.items() if _local(k) == "id"), ""))
            if relation is None or relation.kind not in ("worksheet", "chartsheet"):
                found = (
                    f"sheet {name!r} without a part of its own" if relation is None else f"a {relation.kind} {name!r}"
                )
                raise not_a_workbook(found, self._where)
            charts += relation.kind == "chartsheet"
            if relation.kind == "worksheet":
                sheets.append((name, self._body(relation.target)))
        if not sheets:
            raise not_a_workbook("a workbook without a worksheet", self._where)
        texts, styles = (self._of_kind(relations, kind) for kind in ("sharedStrings", "styles"))
        _check_cells([body for _, body in sheets], self._where)
        _check_texts([body for _, body in sheets], texts or b"", self._where)
        is_1904 = any(_local(e.tag) == "workbookPr" and e.get("date1904") in ("1", "true") for e in root)
        return WorksheetParts(_clean_zip(sheets, texts, styles, is_1904=is_1904), sheets, charts)

    def _check_entries(self, entries: list[zipfile.ZipInfo]) -> None:
        if len(entries) > MAX_ENTRIES:
            raise over_cap(f"at most {MAX_ENTRIES} members", f"{len(entries)}", self._where)
        for entry in entries:
            name = _plain(entry.filename)
            if ".." in name.split("/") or name.startswith("/") or _ODD_NAME.search(name) or not 0 < len(name) <= 200:
                raise not_a_workbook(f"a member named {entry.filename[:80]!r}", self._where)
            if any(part in name.casefold() for part in _MACRO_PARTS):
                raise not_a_workbook(f"a workbook with macros or embedded objects ({name})", self._where)
            if entry.flag_bits & 1:
                raise not_a_workbook("an encrypted member", self._where)
        if len(self._entries) < len(entries):
            raise not_a_workbook("two members of one name", self._where)
        if _CONTENT_TYPES.casefold() not in self._entries:
            raise not_a_workbook("a zip archive without a workbook in it", self._where)
        total = sum(entry.file_size for entry in entries)
        if total > MAX_TOTAL_BYTES:
            raise over_cap(f"at most {MAX_TOTAL_BYTES:,} bytes unpacked", f"{total:,}", self._where)

    def _workbook_part(self) -> str:
        relations = self._relations("").values()
        part = next((r.target for r in relations if r.kind == "officeDocument"), _USUAL_WORKBOOK)
        if part.casefold() not in self._entries or b"workbook" not in self._head(part):
            raise not_a_workbook("a zip archive without a workbook in it", self._where)
        return part

    def _head(self, part: str) -> bytes:
        with self._archive.open(self._entries[part.casefold()]) as stream:
            return stream.read(4096)

    def _relations(self, part: str) -> dict[str, _Relation]:
        """The internal relationships of a part ('' = of the package) by their id."""
        folder, name = posixpath.split(part)
        own = posixpath.join(folder, "_rels", f"{name}.rels")
        if own.casefold() not in self._entries:
            return {}
        found = {}
        for element in self._tree(own):
            if element.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, _plain(element.get("Target", ""))))
                kind = element.get("Type", "").rpartition("/")[2]
                found[element.get("Id", "")] = _Relation(kind, target.lstrip("/"))
        return found

    def _of_kind(self, relations: dict[str, _Relation], kind: str) -> bytes | None:
        return next((self._body(r.target) for r in relations.values() if r.kind == kind), None)

    def _tree(self, part: str) -> ElementTree.Element:
        try:
            return ElementTree.fromstring(self._body(part))
        except ElementTree.ParseError as problem:
            raise not_a_workbook(f"{part} that is no whole XML ({problem})", self._where) from problem

    def _body(self, part: str) -> bytes:
        entry = self._entries.get(part.casefold())
        if entry is None:
            raise not_a_workbook(f"no part {part!r}, which the workbook names", self._where)
        body = b"".join(self._pieces(entry))
        self._left -= len(body)
        if body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in body[:4]:
            raise not_a_workbook(f"{part} in another encoding than UTF-8", self._where)
        if _DECLARATION.search(body):
            raise not_a_workbook(f"a document type or entity declaration in {part}", self._where)
        return body

    def _pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The member in pieces; what counts is what really comes out, not what the zip says of itself."""
        packed, taken = max(entry.compress_size, 1), 0
        with self._archive.open(entry) as stream:
            while piece := stream.read(1 << 18):
                taken += len(piece)
                if taken > self._left:
                    found = f"more, in {entry.filename}"
                    raise over_cap(f"at most {MAX_TOTAL_BYTES:,} bytes unpacked", found, self._where)
                if taken > RATIO_FREE_BYTES and taken / packed > MAX_RATIO:
                    found = f"{entry.filename} grows more than {MAX_RATIO} times when unpacked"
                    raise over_cap(f"members that grow less than {MAX_RATIO} times", found, self._where)
                yield piece


def _plain(name: str) -> str:
    """A member's name with the separators that the format prescribes; some programs write backslashes."""
    return name.replace("\\", "/")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _check_cells(bodies: list[bytes], where: str) -> None:
    """Refuse sheets whose farthest filled cells would make the parser fill memory (one in XFD1048576 is enough).

    What a sheet says of its own size, and rows and cells that hold nothing, do not count.
    """
    total = 0
    for number, body in enumerate(bodies, start=1):
        rows, columns = _extent(body)
        total += rows * columns
        if total > MAX_CELLS:
            found = f"sheet {number} reaching to row {rows:,}, column {columns:,}"
            raise over_cap(f"at most {MAX_CELLS:,} cells in all sheets together", found, where)


def _extent(body: bytes) -> tuple[int, int]:
    filled = [attributes for attributes in _CELL.findall(body) if not attributes.endswith(b"/")]
    places = [match.groups() for match in map(_REFERENCE.search, filled) if match]
    if len(places) < len(filled):  # a cell without a place of its own stands wherever its row is
        places = [(letters, b"1") for letters in _ANY_COLUMN.findall(body)]
        places += [(b"A", digits) for digits in _ANY_ROW.findall(body)]
        places += [(b"A", b"%d" % len(filled))]
    rows = max((int(digits) for _, digits in places), default=1)
    return rows, max((column_number(letters) for letters in {letters for letters, _ in places}), default=1)


def column_number(letters: bytes) -> int:
    """The number of a column from its letters: A is 1, XFD is 16 384."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - ord("A") + 1
    return number


def _check_texts(bodies: list[bytes], texts: bytes, where: str) -> None:
    lengths = [len(text) for text in _SHARED_TEXT.findall(texts)]
    shown = sum(body.count(b'"s"') + body.count(b"'s'") for body in bodies)
    if not lengths or shown * max(lengths) <= MAX_TEXT_BYTES:
        return
    numbers = (int(number) for body in bodies for number in _SHOWN_TEXT.findall(body))
    total = sum(lengths[number] for number in numbers if number < len(lengths))
    if total > MAX_TEXT_BYTES:
        raise over_cap(f"at most {MAX_TEXT_BYTES:,} bytes of text in all cells", f"{total:,}", where)


def _clean_zip(
    sheets: list[tuple[str, bytes]], texts: bytes | None, styles: bytes | None, *, is_1904: bool
) -> io.BytesIO:
    """A new zip in memory that holds only the parts the parser needs, under the names it looks for."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="r{n}"/>'
        for n, (name, _) in zip(numbers, sheets, strict=True)
    )
    clean = io.BytesIO()
    with zipfile.ZipFile(clean, "w", zipfile.ZIP_STORED) as target:
        target.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r0" Type="{office}/officeDocument" '
            f'Target="{_USUAL_WORKBOOK}"/></Relationships>',
        )
        target.writestr(
            _USUAL_WORKBOOK,
            f'<workbook xmlns="{main}" xmlns:r="{office}"><workbookPr date1904="{int(is_1904)}"/>'
            f"<sheets>{listed}</sheets></workbook>",
        )
        target.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}">'
            + "".join(
                f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
            )
            + "</Relationships>",
        )
        for name, body in {"xl/sharedStrings.xml": texts, "xl/styles.xml": styles}.items():
            if body is not None:
                target.writestr(name, body)
        for n, (_, body) in zip(numbers, sheets, strict=True):
            target.writestr(f"xl/worksheets/sheet{n}.xml", body)
    clean.seek(0)
    return clean
