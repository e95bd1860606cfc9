"""The cut-down real files say what the whole ones say, cell for cell, where both are at hand.

Here: the files of tests/real/extracts. Not here: those of sources/facts, and the first delivery of NAV's, which
tests/sources/nav/test_nav_special_delivery.py reads whole.
"""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from sources.dataset.workbook import open_workbook
from tests.support.extracts import entries

OWN = [entry["path"] for entry in entries() if not entry["stored"] and "tidsserie_ledighet" not in entry["path"]]


def text_rows(path: Path) -> set[tuple[str, ...]]:
    """The rows of a CSV file, however it is quoted."""
    delimiter = ";" if "wide" in path.parts else ","
    return {tuple(row) for row in csv.reader(io.StringIO(path.read_bytes().decode("latin-1")), delimiter=delimiter)}


def book_cells(path: Path) -> dict[tuple[str, int, int], Any]:
    """Sheet, row, column -> cell. A star is left out with what stands beside it: a share that may give the count away."""
    found = {}
    for sheet in open_workbook(path):
        for number, row in enumerate(sheet.rows):
            for column, cell in enumerate(row):
                if cell is not None and "*" not in (cell, row[column - 1]):
                    found[sheet.name, number, column] = round(cell, 9) if isinstance(cell, float) else cell
    return found


def less(whole: Any, cut: Any) -> bool:
    """Whether a JSON value is another with members left out of its objects."""
    if isinstance(cut, dict):
        return isinstance(whole, dict) and all(name in whole and less(whole[name], cut[name]) for name in cut)
    if isinstance(cut, list):
        return len(whole) == len(cut) and all(less(w, c) for w, c in zip(whole, cut, strict=True))
    return bool(whole == cut)


@pytest.mark.parametrize("path", OWN)
def test_every_cell_stands_in_the_whole_file(extracts: Path, shared: Path, path: str) -> None:
    cut, whole = extracts / "upstream" / path, shared / "upstream" / path
    if path.endswith(".json"):
        assert less(json.loads(whole.read_bytes()), json.loads(cut.read_bytes()))
    elif path.endswith(".xlsx"):
        ours, theirs = book_cells(cut), book_cells(whole)
        assert {place: cell for place, cell in ours.items() if theirs.get(place) != cell} == {}
        assert len(ours) > 50
    else:
        lines = text_rows(cut)
        assert len(lines) > 20
        assert lines <= text_rows(whole)
