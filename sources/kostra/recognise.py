"""Noticing a private file where it does not belong, so that it is left alone and never landed.

Here: what the first bytes of such files look like. Not here: reading them.
"""

import re
import zipfile
import zlib
from pathlib import Path

from sources.kostra.reading.layout import accounts_layout, layouts

_NUMBER = r"(?:fødselsnummer|fodselsnummer|personnummer|f\.?nr|d-nummer|duf[- ]?(?:nummer|nr))"
_CELL = re.compile(rf"(?:^|[;,\t])\s*\"?{_NUMBER}\"?\s*(?:$|[;,\t])", re.IGNORECASE)
_SHEET_CELL = re.compile(rf"<t[^>]*>\s*{_NUMBER}\s*</t>", re.IGNORECASE)
_STRINGS = "xl/sharedStrings.xml"
_HEAD_BYTES = 65_536

REASON = "personopplysninger hører ikke hjemme i denne mappen: flytt filen, og bruk `integrering private`"

ACCOUNTS_REASON = (
    "kommunens regnskap (KOSTRA 0A) leses ikke fra denne mappen: bruk `integrering private --accounts FIL`. "
    "Regnskapet trenger ingen liste over bosatte"
)


def looks_like_accounts(path: Path) -> bool:
    """Whether a file opens like a KOSTRA accounts file: the form in its first two characters, then a year."""
    layout = accounts_layout()
    with open(path, "rb") as handle:
        first = handle.read(4 * layout.record_length).split(b"\n", 1)[0].rstrip(b"\r")
    forms = "|".join(layout.fields["skjema"].codes).encode()
    return len(first) <= layout.record_length and bool(re.match(rb"(%s)20\d\d[1-4 ]\d{4}" % forms, first))


def looks_private(path: Path) -> bool:
    """Whether a file opens like an 11F or 11CF record, or has a column of identity or DUF numbers (text or xlsx).

    Reads at most 64 KB, of a workbook at most 64 KB of its texts.
    """
    with open(path, "rb") as handle:
        head = handle.read(_HEAD_BYTES)
    if head[:2] == b"PK":
        return bool(_SHEET_CELL.search(_sheet_texts(path)))
    first = head.split(b"\n", 1)[0].rstrip(b"\r")
    lengths = {layout.record_length for layout in layouts() if layout.year is not None}
    if len(first) in lengths and re.match(rb"\d{6}", first):
        return True
    lines = (
        head.decode("utf-8-sig", errors="replace").splitlines()[:5],
        head.decode("cp1252", errors="replace").splitlines()[:5],
    )
    return any(_CELL.search(line) for version in lines for line in version)


def _sheet_texts(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_STRINGS) as member:
            return member.read(_HEAD_BYTES).decode("utf-8", errors="replace")
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, RuntimeError, EOFError):
        return ""
