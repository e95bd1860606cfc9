"""Is a body what IMDi sends at all: text of the right encoding, whole, and of which of its three forms.

Here: looking at the first bytes and the end of a file. Not here: columns, labels or values.
"""

from pathlib import Path

from sources.dataset.csv_rows import csv_rows
from sources.errors import EncodingError, NotOfKindError

HEAD_BYTES = 1 << 16
_LONG_COLUMNS = {"enhet", "år", "antall", "kommunenummer", "fylkesnummer"}
_CODED_NEEDS = {"aar", "enhet", "tabellvariabel", "tabellnavn"}


def normal_name(name: str) -> str:
    """A column name as it is compared: ``innvkat_3`` and ``innvkat3`` are one name, so are ``År`` and ``år``."""
    return " ".join(name.replace("_", "").split()).casefold()


def form_of(head: bytes) -> str | None:
    """Which of IMDi's forms a file has, from its first 64 kB: imdi_long, imdi_wide, imdi_coded, or None.

    A file in a wrong encoding, or with one of its fixed columns renamed, keeps its form, so that reading it says what is
    wrong. Re-exports by others (comma separated, names only) are none of IMDi's forms; nor is an error page.
    """
    line = head.split(b"\n", 1)[0]
    for first in (line.decode("utf-8-sig", errors="ignore"), line.decode("latin-1")):
        if first.startswith("Region;Navn;"):
            return "imdi_wide"
        if len({normal_name(cell) for cell in first.split(";")} & _LONG_COLUMNS) >= 3:
            return "imdi_long"
        if {normal_name(cell) for cell in first.replace('"', "").split(",")} >= _CODED_NEEDS:
            return "imdi_coded"
    return None


def check_body(path: Path, where: str, *, encoding: str) -> bytes:
    """The first 64 kB of a file that is text of the expected kind and encoding.

    Raises NotOfKindError for an empty body, an HTML page or JSON, EncodingError for a byte order mark or for another
    encoding than the form has.
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
    if not head.isascii() and _is_utf8(head) is not (encoding == "UTF-8"):
        raise wrong_encoding(encoding, where)
    return head


def wrong_encoding(expected: str, where: str) -> EncodingError:
    """The error for text in the other of the two encodings that IMDi's forms use."""
    return EncodingError(
        expected=expected,
        found="UTF-8" if expected != "UTF-8" else "text that is not UTF-8",
        where=where,
        next_step="use the file as it was downloaded; if IMDi itself changed the encoding, report it to us",
    )


def first_record(head: bytes, delimiter: str, encoding: str) -> list[str]:
    """The cells of the first line."""
    line = head.split(b"\n", 1)[0].decode(encoding).rstrip("\r")
    return next((cells for _, cells in csv_rows([line], "line 1", delimiter)), [])


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


def _is_utf8(head: bytes) -> bool:
    """True for valid UTF-8; a character that the end of the head cuts is no proof against it."""
    for cut in range(4):
        try:
            head[: len(head) - cut].decode("utf-8")
            return True
        except UnicodeDecodeError:
            continue
    return False
