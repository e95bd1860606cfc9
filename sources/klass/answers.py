"""Reads what the Klass client fetches: codes with validity, changes in one or more bodies, correspondences.

Here: answers to calls. Not here: single versions and the history that ships with the product (reader.py).
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from sources.dataset.spec import DatasetSpec
from sources.klass.reader import (
    NO_PLACE,
    PERIOD,
    ChangeRow,
    changes_table,
    day_of,
    entries_of,
    entry_text,
    raw_entries,
    table_of,
)
from sources.ports import Document, Place

CORRESPONDENCE = {
    "source_row": pa.int32(), "code": pa.string(), "target_code": pa.string(), "target_name": pa.string(),
    "valid_on": pa.date32(),
}  # fmt: skip
_DAY_IN_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})")


def read_codes(spec: DatasetSpec, documents: list[Document]) -> pa.Table:
    """A ``codes`` answer -> source_row, code, name, valid_from, valid_to (None = in force; exclusive).

    A code whose name changed has a row for each name. Raises LayoutError for an entry without code, name or date.
    """
    rows = []
    for document, number, entry in _entries(documents, "codes"):
        code, name = (entry_text(entry, key, document, number) for key in ("code", "name"))
        if code == NO_PLACE:
            continue
        valid_to = _day(entry["validTo"], document, number) if entry.get("validTo") else None
        rows.append((number, code, name, _day(entry.get("validFrom"), document, number), valid_to))
    return table_of(rows, PERIOD)


def read_changes(spec: DatasetSpec, documents: list[Document]) -> pa.Table:
    """``changes`` answers -> one row a change with its kind. Several bodies (one a boundary) are one list."""
    return changes_table(list(_changes(documents)))


def _changes(documents: list[Document]) -> dict[ChangeRow, dict[str, Any]]:
    """Each change once, with the entry it first stands in."""
    keys = ("oldCode", "oldName", "newCode", "newName", "changeOccurred")
    found: dict[ChangeRow, dict[str, Any]] = {}
    for document, number, entry in _entries(documents, "codeChanges"):
        _day(entry.get("changeOccurred"), document, number)
        old_code, old_name, new_code, new_name, day = (entry_text(entry, key, document, number) for key in keys)
        found.setdefault((old_code, old_name, new_code, new_name, day), entry)
    return found


def raw_changes(spec: DatasetSpec, documents: list[Document], places: Sequence[Place]) -> list[str]:
    """The entries of the change answers, each change counted once."""
    return raw_entries(documents[0].name, "codeChanges", list(_changes(documents).values()), places)


def raw_codes(spec: DatasetSpec, documents: list[Document], places: Sequence[Place]) -> list[str]:
    """The entries of a ``codes`` answer."""
    return _raw(documents, "codes", places)


def raw_correspondences(spec: DatasetSpec, documents: list[Document], places: Sequence[Place]) -> list[str]:
    """The entries of ``correspondsAt`` answers, counted over all of them."""
    return _raw(documents, "correspondenceItems", places)


def _raw(documents: list[Document], key: str, places: Sequence[Place]) -> list[str]:
    return raw_entries(documents[0].name, key, [entry for _, _, entry in _entries(documents, key)], places)


def read_correspondences(spec: DatasetSpec, documents: list[Document]) -> pa.Table:
    """``correspondsAt`` answers -> source_row, code, target_code, target_name, valid_on (the day in its name)."""
    rows = []
    for document, number, entry in _entries(documents, "correspondenceItems"):
        match = _DAY_IN_NAME.search(document.name)
        day = _day(match[1] if match else None, document, number)
        source, target, name = (
            entry_text(entry, key, document, number) for key in ("sourceCode", "targetCode", "targetName")
        )
        rows.append((number, source, target, name, day))
    return table_of(rows, CORRESPONDENCE)


def _entries(documents: list[Document], key: str) -> list[tuple[Document, int, dict[str, Any]]]:
    """(document, 1-based number over all documents, entry) of the list ``key`` of each answer."""
    found: list[tuple[Document, int, dict[str, Any]]] = []
    for document in documents:
        _, entries = entries_of(document, key)
        found += [(document, len(found) + n, entry) for n, entry in enumerate(entries, start=1)]
    return found


def _day(text: object, document: Document, number: int) -> date:
    return day_of(text, f"{document.name}, entry {number}")
