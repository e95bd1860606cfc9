"""The first sheet of the list's workbook as rows, opened only when no cell says it lies outside Excel's own sheet.

Here: what the parser must not see. It makes room up to the farthest cell, and ends the process when a reference is out of
range. Not here: what the list means.
"""

from __future__ import annotations

import io
import re
import zipfile

from python_calamine import CalamineWorkbook

_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_DIMENSION = re.compile(rb"""<(?:\w+:)?dimension\b[^>]*>""")
_GOOD = re.compile(rb"([A-Za-z]{0,3})([0-9]{1,7})")
_MAX_COLUMNS, _MAX_ROWS = 16_384, 1_048_576
_MAX_CELLS = 5_000_000
_MAX_UNPACKED = 200_000_000


class WorkbookDamage(ValueError):
    """A workbook that must not be parsed. The text says nothing of its content."""


def first_sheet(body: bytes) -> list[list[object]]:
    """Rows of the first sheet, all of one width. Raises WorkbookDamage, or what the parser raises."""
    clean = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as archive, zipfile.ZipFile(clean, "w") as target:
        if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED:
            raise WorkbookDamage("too large")
        for entry in archive.infolist():
            member = archive.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                member = _DIMENSION.sub(b"", member)
                _check_references(member)
            target.writestr(entry.filename, member)
    clean.seek(0)
    return [
        list(row)
        for row in CalamineWorkbook.from_filelike(clean).get_sheet_by_index(0).to_python(skip_empty_area=False)
    ]


def _check_references(member: bytes) -> None:
    widest, farthest = 1, 1
    for reference in set(_REFERENCE.findall(member)):
        good = _GOOD.fullmatch(reference)
        if good is None:
            raise WorkbookDamage("a reference that names no cell")
        column = 0
        for letter in good[1].upper():
            column = 26 * column + letter - ord("A") + 1
        widest, farthest = max(widest, column), max(farthest, int(good[2]))
        if not 1 <= int(good[2]) <= _MAX_ROWS or column > _MAX_COLUMNS:
            raise WorkbookDamage("a cell outside the sheet")
    if widest * farthest > _MAX_CELLS:
        raise WorkbookDamage("a cell far outside the list")
