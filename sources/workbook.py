"""Opening an Excel workbook from outside without trusting it, and reading its sheets as rows.

Here: what may stand in the zip, and cells as text, numbers or nothing. Not here: what any publisher's sheet means.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook
from python_calamine import PasswordError as CalaminePasswordError
from python_calamine import XmlError as CalamineXmlError
from python_calamine import ZipError as CalamineZipError

from sources.errors import LayoutError, NotOfKindError

Cell = str | float | None
"""A cell: text (outer blanks kept), a number, or None where it is empty."""

MAX_ENTRIES = 2_000
MAX_TOTAL_BYTES = 200 * 1024 * 1024
MAX_RATIO = 150
RATIO_FREE_BYTES = 1024 * 1024
"""A member may grow by more than MAX_RATIO only while it stays this small. Real workbooks grow by 5 to 12."""
MAX_SHEET_CELLS = 5_000_000
"""The parser makes room for every cell up to the farthest one, so this is checked before it sees the sheet."""

SHEET_STEP = 100_000
"""``source_column`` of a cell is sheet number x SHEET_STEP + column number, both from 1 (Excel has 16 384 columns)."""

_ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
_CONTENT_TYPES = "[Content_Types].xml"
_NAME = re.compile(r"^[A-Za-z0-9_\-. \[\]()/æøåÆØÅ]{1,200}$")
_READ = re.compile(
    r"^(\[Content_Types\]\.xml|_rels/\.rels|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/sharedStrings\.xml|xl/styles\.xml"
    r"|xl/worksheets/[^/]+\.xml|xl/worksheets/_rels/[^/]+\.xml\.rels)$"
)
_MACRO_PARTS = ("vbaproject", "vbadata", "macrosheets/", "activex/", "/embeddings/", "dialogsheets/")
_REFERENCE_COLUMN = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})\d""")
_REFERENCE_ROW = re.compile(rb"""\br\s*=\s*["'][A-Za-z]{0,3}(\d{1,9})["']""")
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """One worksheet. ``rows[0]`` is row 1 of Excel; all rows are equally long. ``number`` counts sheets from 1."""

    name: str
    number: int
    rows: list[list[Cell]]

    def place(self, column: int) -> int:
        """The ``source_column`` of a column of this sheet, counted from 0 as in ``rows``."""
        return self.number * SHEET_STEP + column + 1


def is_workbook(head: bytes) -> bool:
    """Whether the first bytes can be those of an .xlsx file."""
    return head.startswith(_ZIP_MAGIC)


def open_workbook(path: Path, name: str | None = None) -> list[Sheet]:
    """All visible and hidden worksheets of an .xlsx file, in order.

    The members that are needed are read by their exact names into memory under the caps above, and only those bytes
    reach the parser; nothing is written out and no link is followed. Raises NotOfKindError for anything that is not a
    plain .xlsx workbook (old .xls, HTML, macros, passwords, damaged zip) and LayoutError when a cap is passed.
    """
    where = name or path.name
    clean = _checked_copy(path, where)
    try:
        with CalamineWorkbook.from_filelike(clean) as book:
            return [_sheet(book, label, number) for number, label in enumerate(book.sheet_names, start=1)]
    except CalaminePasswordError as problem:
        raise _not_a_workbook("a workbook locked with a password", where) from problem
    except (CalamineError, CalamineXmlError, CalamineZipError, OSError) as problem:
        raise _not_a_workbook(f"a workbook that does not parse ({problem})", where) from problem


def as_number(cell: Cell) -> float | None:
    """The cell when it is a number."""
    return cell if isinstance(cell, float) else None


def as_text(cell: Cell) -> str:
    """The cell as people read it: blanks trimmed, whole numbers without decimals, empty cells as ''."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return " ".join(cell.split())


def cell_name(row: int, source_column: int) -> str:
    """How Excel calls a cell, from ``source_row`` and ``source_column``: sheet 4, cell L123."""
    sheet, column = divmod(source_column, SHEET_STEP)
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"sheet {sheet}, cell {letters}{row}"


def _sheet(book: CalamineWorkbook, label: str, number: int) -> Sheet:
    rows = book.get_sheet_by_name(label).to_python(skip_empty_area=False)
    return Sheet(label, number, [[_cell(value) for value in row] for row in rows])


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return None if value is None else str(value)


def _checked_copy(path: Path, where: str) -> io.BytesIO:
    """A new zip in memory that holds only the members the parser needs, each read whole under the caps."""
    with open(path, "rb") as handle:
        head = handle.read(8)
        if head.startswith(_OLE_MAGIC):
            raise _not_a_workbook("an old .xls file or an encrypted workbook", where)
        if not is_workbook(head):
            raise _not_a_workbook("bytes that are not a zip archive", where)
        try:
            with zipfile.ZipFile(handle) as archive:
                entries = archive.infolist()
                _check_entries(entries, where)
                return _copy(archive, entries, where)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as problem:
            raise _not_a_workbook(f"a damaged zip archive ({problem})", where) from problem


def _check_entries(entries: list[zipfile.ZipInfo], where: str) -> None:
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES:
        raise _over_cap(f"at most {MAX_ENTRIES} members", f"{len(entries)}", where)
    if _CONTENT_TYPES not in names or "xl/workbook.xml" not in names:
        raise _not_a_workbook("a zip archive without a workbook in it", where)
    for entry in entries:
        parts = entry.filename.split("/")
        if ".." in parts or entry.filename.startswith("/") or not _NAME.match(entry.filename):
            raise _not_a_workbook(f"a member named {entry.filename[:80]!r}", where)
        if any(part in entry.filename.casefold() for part in _MACRO_PARTS):
            raise _not_a_workbook(f"a workbook with macros or embedded objects ({entry.filename})", where)
        if entry.flag_bits & 1:
            raise _not_a_workbook("an encrypted member", where)
    if len({name.casefold() for name in names}) < len(names):
        raise _not_a_workbook("two members of one name", where)
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL_BYTES:
        raise _over_cap(f"at most {MAX_TOTAL_BYTES:,} bytes unpacked", f"{total:,}", where)


def _copy(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], where: str) -> io.BytesIO:
    clean = io.BytesIO()
    left = MAX_TOTAL_BYTES
    with zipfile.ZipFile(clean, "w", zipfile.ZIP_STORED) as target:
        for entry in entries:
            if not _READ.match(entry.filename):
                continue
            body = b"".join(_read_capped(archive, entry, left, where))
            left -= len(body)
            _check_xml(body, entry.filename, where)
            if entry.filename.startswith("xl/worksheets/"):
                _check_extent(body, entry.filename, where)
            target.writestr(entry.filename, body)
    clean.seek(0)
    return clean


def _read_capped(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, where: str) -> Iterator[bytes]:
    """The member in pieces; what counts is what really comes out, not what the zip says of itself."""
    packed = max(entry.compress_size, 1)
    taken = 0
    with archive.open(entry) as stream:
        while piece := stream.read(1 << 18):
            taken += len(piece)
            if taken > left:
                raise _over_cap(f"at most {MAX_TOTAL_BYTES:,} bytes unpacked", f"more, in {entry.filename}", where)
            if taken > RATIO_FREE_BYTES and taken / packed > MAX_RATIO:
                found = f"{entry.filename} grows more than {MAX_RATIO} times when unpacked"
                raise _over_cap(f"members that grow less than {MAX_RATIO} times", found, where)
            yield piece


def _check_xml(body: bytes, member: str, where: str) -> None:
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in body[:4]:
        raise _not_a_workbook(f"{member} in another encoding than UTF-8", where)
    if _DECLARATION.search(body):
        raise _not_a_workbook(f"a document type or entity declaration in {member}", where)
    if member == _CONTENT_TYPES and b"macroenabled" in body.lower():
        raise _not_a_workbook("a workbook that declares macros", where)


def _check_extent(body: bytes, member: str, where: str) -> None:
    """Refuse a sheet whose farthest cell would make the parser fill memory (one cell in XFD1048576 is enough)."""
    columns = max((_column_number(letters) for letters in set(_REFERENCE_COLUMN.findall(body))), default=1)
    rows = max((int(digits) for digits in set(_REFERENCE_ROW.findall(body))), default=1)
    if rows * columns > MAX_SHEET_CELLS:
        raise _over_cap(
            f"at most {MAX_SHEET_CELLS:,} cells in a sheet",
            f"{member} reaching to row {rows:,}, column {columns:,}",
            where,
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - ord("A") + 1
    return number


def _not_a_workbook(found: str, where: str) -> NotOfKindError:
    return NotOfKindError(
        expected="an Excel workbook (.xlsx) without macros, passwords or embedded objects",
        found=found,
        where=where,
        next_step="open it in Excel and save it as a plain .xlsx workbook, or fetch it again from the publisher",
    )


def _over_cap(expected: str, found: str, where: str) -> LayoutError:
    return LayoutError(
        expected=expected,
        found=found,
        where=where,
        next_step="do not open the file; ask the sender what it is. A real statistics workbook is far below the cap",
    )
