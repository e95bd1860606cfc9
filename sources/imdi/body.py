"""Is a body what IMDi sends at all: text of the right encoding, whole, and of which of its three forms.

Here: looking at the first bytes and the end of a file. Not here: columns, labels or values.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from sources.errors import EncodingError, NotOfKindError

HEAD_BYTES = 1 << 16
_DOWNLOAD_NAME = re.compile(r"(?:^|/)[kf]/[a-z][a-z0-9_]*\.csv$")
_LONG_NEEDS = {"enhet", "år", "antall"}
_CODED_NEEDS = {"aar", "enhet", "tabellvariabel", "tabellnavn"}


def normal_name(name: str) -> str:
    """A column name as it is compared: ``innvkat_3`` and ``innvkat3`` are one name, so are ``År`` and ``år``."""
    return " ".join(name.replace("_", "").split()).casefold()


def recognise(name: str, head: bytes) -> str | None:
    """Which of IMDi's forms a file has, from its first 64 kB: imdi_long, imdi_wide, imdi_coded, or None.

    A file in a wrong encoding keeps its form, so that reading it says what is wrong. A file that lies where the long
    download is kept (``k/<table>.csv``, ``f/<table>.csv``) is taken for one when its content is an error page, for the
    same reason. Re-exports by others (comma separated, names only) are not IMDi's forms.
    """
    for encoding in ("utf-8-sig", "latin-1"):
        try:
            first = head.decode(encoding, errors="strict" if encoding == "latin-1" else "ignore").split("\n", 1)[0]
        except UnicodeDecodeError:
            continue
        first = first.rstrip("\r")
        if first.startswith("Region;Navn;"):
            return "imdi_wide"
        semicolon = {normal_name(cell) for cell in first.split(";")}
        if semicolon >= _LONG_NEEDS and semicolon & {"kommunenummer", "fylkesnummer"}:
            return "imdi_long"
        if {normal_name(cell) for cell in first.replace('"', "").split(",")} >= _CODED_NEEDS:
            return "imdi_coded"
    if _DOWNLOAD_NAME.search(name.replace("\\", "/")) and (not head.strip() or _markup(head)):
        return "imdi_long"
    return None


def check_body(path: Path, where: str, *, encoding: str) -> bytes:
    """The first 64 kB of a file that is text of the expected kind and encoding.

    Raises NotOfKindError for an empty body, an HTML page or JSON, EncodingError for a byte order mark or for UTF-8
    where IMDi sends ISO-8859-1.
    """
    with open(path, "rb") as handle:
        head = handle.read(HEAD_BYTES)
    if not head.strip():
        raise NotOfKindError(
            expected="a CSV table", found="an empty body", where=where, next_step="fetch or download the file again"
        )
    if markup := _markup(head):
        raise NotOfKindError(
            expected="a CSV table",
            found=f"{markup}, it begins {head.strip()[:40].decode('latin-1')!r}",
            where=where,
            next_step="open the address in a browser: the publisher answers with an error or has moved the table",
        )
    if head.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise EncodingError(
            expected=f"{encoding} without byte order mark",
            found="a byte order mark: the file was saved by another program",
            where=where,
            next_step="use the file as it was downloaded",
        )
    if encoding == "ISO-8859-1" and _is_utf8_with_letters(head):
        raise EncodingError(
            expected="ISO-8859-1",
            found="UTF-8",
            where=where,
            next_step="use the file as it was downloaded; if IMDi itself changed the encoding, report it to us",
        )
    return head


def first_record(head: bytes, delimiter: str, encoding: str) -> list[str]:
    """The cells of the first line."""
    line = head.split(b"\n", 1)[0].decode(encoding).rstrip("\r")
    return next(csv.reader([line], delimiter=delimiter), [])


def cut_short(where: str, found: str) -> NotOfKindError:
    """The error for a body that ends before its table does."""
    return NotOfKindError(
        expected="a whole table that ends with a complete line",
        found=found,
        where=where,
        next_step="the transfer was cut: fetch or download the file again",
    )


def ends_with_newline(path: Path) -> bool:
    with open(path, "rb") as handle:
        handle.seek(-1, 2)
        return handle.read(1) == b"\n"


def _markup(head: bytes) -> str | None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return {b"<": "an HTML or XML page", b"{": "a JSON answer", b"[": "a JSON answer"}.get(start)


def _is_utf8_with_letters(head: bytes) -> bool:
    """True for text that is valid UTF-8 and holds letters beyond ASCII (a cut character at the end is no proof)."""
    if head.isascii():
        return False
    for cut in range(4):
        try:
            head[: len(head) - cut].decode("utf-8")
            return True
        except UnicodeDecodeError:
            continue
    return False
