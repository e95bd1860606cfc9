"""Is this body of the kind that was asked for? And where the bytes go that are not.

Here: first-look checks by content (never by header alone), and the quarantine folder. Not here: parsing a format.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sources.errors import NotOfKindError, TransferError

BodyCheck = Callable[[Path, str], None]
"""``check(file, where)`` raises NotOfKindError (another kind of body) or TransferError (cut short: try again)."""

_QUARANTINE_KEEP = 50
_QUARANTINE_BYTES = 5_000_000


def expect_semicolon_csv(file: Path, where: str, *, least_columns: int = 2) -> None:
    """CSV with semicolons: a header of so many columns or more, as many in the last line, a final line feed.

    The header's words are the reader's contract; this only tells a table from a page, an error and a cut file.
    """
    with open(file, "rb") as handle:
        head = handle.read(4_096)
        _refuse_other_text(head, "a CSV table with semicolons", where)
        columns = head.split(b"\n", 1)[0].count(b";")
        if columns + 1 < least_columns:
            _refuse(f"a CSV header of at least {least_columns} columns", head, where)
        handle.seek(0, os.SEEK_END)
        handle.seek(max(0, handle.tell() - 65_536))
        tail = handle.read()
    lines = tail.rstrip(b"\r\n").rsplit(b"\n", 1)
    if not tail.endswith(b"\n") or (len(lines) == 2 and lines[1].count(b";") < columns):
        raise TransferError(
            expected="a whole file: the last line has every column and ends with a line feed",
            found="a file that stops inside a line",
            where=where,
            next_step="run again later; nothing of this file was kept as a release",
        )


def expect_json_object(file: Path, where: str) -> None:
    """A JSON object that parses to its end. An HTML page or an error message in JSON is refused."""
    read_json_object(file.read_bytes(), where)


def read_json_object(body: bytes, where: str) -> dict[str, Any]:
    """The object in a body, with or without a byte order mark before it.

    Raises NotOfKindError, or TransferError when the text ends inside the object.
    """
    body = body.removeprefix(b"\xef\xbb\xbf")
    if body.lstrip()[:1] != b"{":
        _refuse("a JSON object", body[:4_096], where)
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise TransferError(
            expected="a whole JSON object",
            found="text that does not parse to its end",
            where=where,
            next_step="run again later; nothing of this answer was kept as a release",
        ) from problem
    if set(answer) <= {"error", "Message", "type", "title", "status", "detail", "message"}:
        _refuse("data", body[:4_096], where)
    return answer


def expect_jsonstat_dataset(file: Path, where: str) -> None:
    """A JSON-stat 2 dataset: ``class: dataset`` with dimensions, sizes and values (SSB: a 200 is no proof)."""
    answer = read_json_object(file.read_bytes(), where)
    if answer.get("class") != "dataset" or not {"id", "size", "dimension", "value"} <= set(answer):
        _refuse("a JSON-stat dataset", file.read_bytes()[:4_096], where)


def expect_workbook(file: Path, where: str) -> None:
    """An Office Open XML workbook: a zip archive with its closing record (a cut file has none)."""
    with open(file, "rb") as handle:
        head = handle.read(4_096)
        handle.seek(0, os.SEEK_END)
        handle.seek(max(0, handle.tell() - 66_000))
        tail = handle.read()
    if not head.startswith(b"PK\x03\x04"):
        _refuse("an Excel workbook (.xlsx)", head, where)
    if b"PK\x05\x06" not in tail:
        raise TransferError(
            expected="a whole workbook",
            found="a file without its closing record",
            where=where,
            next_step="run again later; nothing of this file was kept as a release",
        )


def _refuse_other_text(head: bytes, expected: str, where: str) -> None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if not head.strip() or start in (b"<", b"{", b"[") or head.startswith(b"PK") or b"\x00" in head:
        _refuse(expected, head, where)


def _refuse(expected: str, head: bytes, where: str) -> None:
    raise NotOfKindError(
        expected=expected,
        found=describe(head),
        where=where,
        next_step="open the address in a browser; if the publisher has moved or changed it, correct the dataset spec. "
        "The last good release stays in use",
    )


def describe(head: bytes) -> str:
    """A body in a few words for a message: its kind, and its title or first words on one line."""
    text = " ".join(head[:2_000].decode("utf-8", "replace").split())
    if not text:
        return "an empty body"
    if text.startswith("{") and (told := re.search(r'"title"\s*:\s*"((?:[^"\\]|\\.){1,200})"', text)):
        return f"the error «{told.group(1)}»"
    if title := re.search(r"<title[^>]*>([^<]{1,120})", text, re.IGNORECASE):
        return f"an HTML page titled {title.group(1).strip()!r}"
    if re.match(r"(?i)<(!doctype html|html)", text):
        return "an HTML page"
    printable = "".join(c for c in text if c.isprintable())
    return f"a body that starts with {printable[:120]!r}"


def quarantine(folder: Path, file: Path, url: str, reason: str, moment: datetime) -> Path:
    """Keep the start of a refused body for a person to look at, beside a note of where it came from.

    At most 50 bodies of 5 MB each are kept; the oldest go first. Nothing here is ever read as data.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open(file, "rb") as handle:
        body = handle.read(_QUARANTINE_BYTES)
    name = hashlib.sha256(body).hexdigest()[:16]
    kept = folder / f"{name}.bin"
    kept.write_bytes(body)
    note = {"url": url, "refused_at": moment.isoformat(), "reason": reason, "bytes_kept": len(body)}
    (folder / f"{name}.json").write_text(json.dumps(note, ensure_ascii=False, indent=1), encoding="utf-8")
    for old in sorted(folder.glob("*.bin"), key=lambda p: p.stat().st_mtime)[:-_QUARANTINE_KEEP]:
        old.unlink(missing_ok=True)
        old.with_suffix(".json").unlink(missing_ok=True)
    return kept
