"""One place of a file damaged: bytes, cells, headers, marks, and parts of workbooks.

Here: the damage. Not here: what becomes of the file (fuzz_files.py).
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

MARKS = [
    "",
    "..",
    ".",
    ":",
    "*",
    "-",
    "x",
    "#N/A",
    "#DIV/0!",
    "<5",
    "avventer vedtak",
    "1 234",
    "1,5",
    "1.5",
    "1e5",
    "-0",
]
MARKS += [
    "-7",
    "NaN",
    "Inf",
    "０",
    "1\u00a0234",
    "−3",
    "99999999999999999999",
    "true",
    "=1+1",
    "2022",
    "Alle",
    "3909 Larvik",
]

Body = bytes
Change = Callable[[random.Random, Body], Body]


def flip(rng: random.Random, body: Body) -> Body:
    at = rng.randrange(len(body))
    return body[:at] + bytes([body[at] ^ (1 << rng.randrange(8))]) + body[at + 1 :]


def cut(rng: random.Random, body: Body) -> Body:
    return body[: rng.randrange(len(body))]


def drop_bytes(rng: random.Random, body: Body) -> Body:
    at = rng.randrange(len(body))
    return body[:at] + body[at + rng.randint(1, 40) :]


def repeat_bytes(rng: random.Random, body: Body) -> Body:
    at, length = rng.randrange(len(body)), rng.randint(1, 200)
    return body[: at + length] + body[at : at + length] + body[at + length :]


def insert_bytes(rng: random.Random, body: Body) -> Body:
    at = rng.randrange(len(body))
    return body[:at] + rng.randbytes(rng.randint(1, 8)) + body[at:]


def mark_in_place_of(pattern: bytes) -> Change:
    """A figure or text (group 1 of the pattern) gives way to one of the marks that files have held."""

    def change(rng: random.Random, body: Body) -> Body:
        found = rng.choice(list(re.finditer(pattern, body)))
        return body[: found.start(1)] + rng.choice(MARKS).encode() + body[found.end(1) :]

    return change


def _lines(change: Callable[[random.Random, list[Body]], list[Body]]) -> Change:
    return lambda rng, body: b"\n".join(change(rng, body.split(b"\n")))


def _drop_line(rng: random.Random, lines: list[Body]) -> list[Body]:
    at = rng.randrange(len(lines))
    return lines[:at] + lines[at + 1 :]


def _repeat_line(rng: random.Random, lines: list[Body]) -> list[Body]:
    return [*lines, rng.choice(lines), b""]


def _swap_cells(rng: random.Random, lines: list[Body]) -> list[Body]:
    at = rng.randrange(len(lines))
    mark = max((b";", b",", b":"), key=lines[at].count)
    cells = lines[at].split(mark)
    one, two = rng.randrange(len(cells)), rng.randrange(len(cells))
    cells[one], cells[two] = cells[two], cells[one]
    return [*lines[:at], mark.join(cells), *lines[at + 1 :]]


def _header(rng: random.Random, lines: list[Body]) -> list[Body]:
    """A header cell renamed, doubled, taken out, or two of them swapped."""
    mark = max((b";", b","), key=lines[0].count)
    cells = lines[0].split(mark)
    one, two = rng.randrange(len(cells)), rng.randrange(len(cells))
    kind = rng.randrange(4)
    if kind == 0:
        cells[one] = cells[one] + b"2"
    elif kind == 1:
        cells[one] = cells[two]
    elif kind == 2:
        del cells[one]
    else:
        cells[one], cells[two] = cells[two], cells[one]
    return [mark.join(cells), *lines[1:]]


def _encoded(rng: random.Random, body: Body) -> Body:
    """Saved again by another program: another encoding, a mark before it, other line ends."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    name = rng.choice(["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
    return text.replace("\n", rng.choice(["\n", "\r\n"])).encode(name, errors="replace")


def _in_member(pattern: str, change: Change) -> Change:
    """A change inside a member of a workbook, whose zip is whole again afterwards."""

    def changed(rng: random.Random, body: Body) -> Body:
        with zipfile.ZipFile(io.BytesIO(body)) as old:
            names = [name for name in old.namelist() if re.search(pattern, name)]
            chosen, out = rng.choice(names), io.BytesIO()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
                for name in old.namelist():
                    member = old.read(name)
                    new.writestr(name, change(rng, member) if name == chosen else member)
        return out.getvalue()

    return changed


def _error_cell(rng: random.Random, body: Body) -> Body:
    found = rng.choice(list(re.finditer(rb'<c r="([A-Z]+\d+)"[^>]*><v>[^<]*</v></c>', body)))
    return body[: found.start()] + b'<c r="%s" t="e"><v>#N/A</v></c>' % found[1] + body[found.end() :]


def _drop_element(name: bytes) -> Change:
    def change(rng: random.Random, body: Body) -> Body:
        found = rng.choice(list(re.finditer(rb"<%s[ >].*?</%s>" % (name, name), body, re.DOTALL)))
        return body[: found.start()] + body[found.end() :]

    return change


_BYTES: list[tuple[str, Change]] = [
    ("flip a byte", flip),
    ("cut", cut),
    ("drop bytes", drop_bytes),
    ("repeat bytes", repeat_bytes),
    ("insert bytes", insert_bytes),
]
_TEXT: list[tuple[str, Change]] = [
    ("mark in a cell", mark_in_place_of(rb"(?<=[;,:\[ \"])(-?\d+(?:[.,]\d+)?)(?=[;,\"\]} \r\n])")),
    ("mark in the last cell", mark_in_place_of(rb"(?<=[;,])([^;,\r\n]*)(?=\r?\n)")),
    ("mark in a label", mark_in_place_of(rb"(?<=[;,\"])([^;,\"\r\n\d]{3,})(?=[;,\"\r\n])")),
    ("drop a line", _lines(_drop_line)),
    ("repeat a line", _lines(_repeat_line)),
    ("swap cells", _lines(_swap_cells)),
    ("header", _lines(_header)),
    ("saved again", _encoded),
]
_SHEET, _STRINGS = r"xl/worksheets/[^/]+\.xml$", r"xl/(sharedStrings\.xml|worksheets/[^/]+\.xml)$"
_WORKBOOK: list[tuple[str, Change]] = [
    ("error in a cell", _in_member(_SHEET, _error_cell)),
    ("mark in a cell", _in_member(_SHEET, mark_in_place_of(rb"<v>([^<]*)</v>"))),
    ("mark in a text", _in_member(_STRINGS, mark_in_place_of(rb"<t[^>]*>([^<]*)</t>"))),
    ("drop a row", _in_member(_SHEET, _drop_element(b"row"))),
    ("drop a cell", _in_member(_SHEET, _drop_element(b"c"))),
    ("flip inside", _in_member(r"\.xml$|\.rels$", flip)),
    ("drop bytes inside", _in_member(r"\.xml$|\.rels$", drop_bytes)),
    ("sheet name", _in_member(r"xl/workbook\.xml$", mark_in_place_of(rb'<sheet [^>]*name="([^"]*)"'))),
]


def changes_of(body: Body) -> list[tuple[str, Change]]:
    """The kinds of damage that suit a file: bytes for all, cells, headers and marks by what it is."""
    return [*_BYTES, *(_WORKBOOK if body.startswith(b"PK") else _TEXT)]
