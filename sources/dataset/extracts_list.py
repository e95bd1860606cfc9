"""The optional list extracts.csv of a folder of extracts, as people keep it in Excel.

Here: its encodings, separators and dates, and which line is wrong how. Not here: the files it names (discovery.py).
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from sources.errors import SpecError

LIST_NAME = "extracts.csv"
MOST_PROBLEMS = 20

_NEEDED = ("path", "source", "dataset")
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_NORWEGIAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


@dataclass(frozen=True)
class Listed:
    """What the list says of one file. ``form`` and ``retrieved_on`` may be left out."""

    source: str
    dataset: str
    form: str
    retrieved_on: date | None
    is_demo: bool

    @property
    def dataset_id(self) -> str:
        return f"{self.source}_{self.dataset}".lower()


def plain_path(path: str) -> str:
    """A path as it is compared: composed letters (macOS takes them apart), slashes, no ``./`` before it."""
    text = unicodedata.normalize("NFC", path.strip()).replace("\\", "/")
    return re.sub(r"^(\./)+", "", text)


def read_list(folder: Path, files: Iterable[str]) -> dict[str, Listed]:
    """Path of a file (one of ``files``, relative to the folder) -> what the list says of it. No list: nothing.

    The list may be UTF-8 (with or without mark), Excel's own Unicode text, or Norwegian Windows; its columns are parted
    by semicolon, comma or tab; a day is 2023-09-25 or 25.09.2023. Raises SpecError naming every line that is wrong.
    """
    path = folder / LIST_NAME
    if not path.exists():
        return {}
    lines = _lines(path.read_bytes())
    header = [cell.strip().casefold() for cell in lines[0][1]] if lines else []
    if missing := [name for name in _NEEDED if name not in header]:
        raise _wrong([f"line 1: no column {', '.join(missing)}"])
    known = {plain_path(name): name for name in files}
    by_letters = {name.casefold(): original for name, original in known.items()}
    listed: dict[str, Listed] = {}
    problems: list[str] = []
    for number, cells in lines[1:]:
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        try:
            name = _path(row.get("path", ""), known, by_letters)
            entry = _entry(row, cells, header)
            if listed.setdefault(name, entry) != entry:
                raise ValueError(f"{row['path']!r} again, with other words")
        except ValueError as problem:
            problems.append(f"line {number}: {problem}")
    if problems:
        raise _wrong(problems)
    return listed


def _entry(row: dict[str, str], cells: list[str], header: list[str]) -> Listed:
    empty = [name for name in _NEEDED if not row.get(name)]
    if empty:
        raise ValueError(f"{len(cells)} of {len(header)} cells, nothing for {', '.join(empty)}")
    return Listed(
        source=row["source"],
        dataset=row["dataset"],
        form=row.get("form", ""),
        retrieved_on=_day(row.get("retrieved_on", "")),
        is_demo=row.get("is_demo", "").casefold() in ("true", "sann", "1"),
    )


def _path(text: str, known: dict[str, str], by_letters: dict[str, str]) -> str:
    wanted = plain_path(text)
    if not wanted:
        raise ValueError("no path")
    if PurePosixPath(wanted).is_absolute() or ".." in PurePosixPath(wanted).parts or re.match(r"^[A-Za-z]:", wanted):
        raise ValueError(f"path {text!r} leads outside the folder")
    found = known.get(wanted) or by_letters.get(wanted.casefold())
    if found is None:
        near = get_close_matches(wanted, known, n=2, cutoff=0.6)
        raise ValueError(f"no file {text!r}" + (f"; near it: {', '.join(map(repr, near))}" if near else ""))
    return found


def _day(text: str) -> date | None:
    if not text:
        return None
    if match := _ISO_DAY.fullmatch(text):
        parts = (int(match[1]), int(match[2]), int(match[3]))
    elif match := _NORWEGIAN_DAY.fullmatch(text):
        parts = (int(match[3]), int(match[2]), int(match[1]))
    else:
        raise ValueError(f"retrieved_on {text!r} is no date")
    try:
        return date(*parts)
    except ValueError:
        raise ValueError(f"retrieved_on {text!r} is no date") from None


def _lines(body: bytes) -> list[tuple[int, list[str]]]:
    """(line of the file, cells) of every line that holds anything."""
    text = _text(body)
    first = text.partition("\n")[0].strip()
    if match := re.fullmatch(r"sep=(.)", first, re.IGNORECASE):  # Excel's own word for the separator
        text, mark = text.partition("\n")[2], match[1]
        skipped = 1
    else:
        mark, skipped = max(";,\t", key=first.count), 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        return [(reader.line_num + skipped, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as problem:
        raise _wrong([f"line {reader.line_num + skipped}: {problem}"]) from problem


def _text(body: bytes) -> str:
    try:
        if body.startswith((b"\xff\xfe", b"\xfe\xff")):
            return body.decode("utf-16")
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def _wrong(problems: list[str]) -> SpecError:
    more = [f"and {len(problems) - MOST_PROBLEMS} more"] if len(problems) > MOST_PROBLEMS else []
    return SpecError(
        expected="columns path, source, dataset (and form, level, retrieved_on as 2023-09-25 or 25.09.2023), each path "
        "a file of the folder",
        found="; ".join([*problems[:MOST_PROBLEMS], *more]),
        where=LIST_NAME,
        next_step="correct the lines, or remove the list to go by what stands in the files and by their names",
    )
