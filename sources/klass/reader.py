"""Reads Klass answers: versions, code changes and the compact history that ships with the product.

Here: three reference tables (municipalities, changes, counties). Not here: calling Klass (client.py).
The answers hold a contact person; only codes, names and dates are read, nothing else leaves this module.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from sources.dataset.recognition import WHOLE, Sighting, Specimen
from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError, NotOfKindError
from sources.klass.history import DATA, name_of
from sources.ports import UPDATED_AT, Document, Place
from sources.raw import nothing_there, text_lines

NO_PLACE = "9999"
"""`9999 Uoppgitt` is an item of every version of Klass 131 and no municipality."""

PERIOD = {
    "source_row": pa.int32(), "code": pa.string(), "name": pa.string(), "valid_from": pa.date32(), "valid_to": pa.date32(),
}  # fmt: skip
CHANGE = {
    "source_row": pa.int32(), "old_code": pa.string(), "old_name": pa.string(), "new_code": pa.string(),
    "new_name": pa.string(), "change_date": pa.date32(), "change_kind": pa.string(), "covers_from": pa.date32(),
}  # fmt: skip

ChangeRow = tuple[str, str, str, str, str]
"""(old_code, old_name, new_code, new_name, change_date)"""


def recognise(specimen: Specimen) -> Sighting | None:
    """The Klass form of a file from its first bytes, or None."""
    head = specimen.head
    if head.lstrip()[:1] != b"{":
        return None
    if b'"codeChanges"' in head[:200]:
        return Sighting("klass_changes", WHOLE)
    if b'"correspondenceItems"' in head:
        return Sighting("klass_correspondence", WHOLE)
    if b'"Kommuneinndeling' in head[:200] and b'"validFrom"' in head[:300]:
        return Sighting("klass_version", WHOLE)
    return None


def read_version(spec: DatasetSpec, documents: list[Document]) -> pa.Table:
    """A version answer -> one row per municipality: code, name, valid_from, valid_to (None = open).

    ``validTo`` is exclusive, and the key is absent on the version in force. The first day of the version is its
    upstream date: versions fetched on one day have no other order.
    """
    document = documents[0]
    answer, items = entries_of(document, "classificationItems")
    valid_from = day_of(answer.get("validFrom"), f"{document.name}, validFrom")
    valid_to = day_of(answer["validTo"], f"{document.name}, validTo") if answer.get("validTo") else None
    texts = [[entry_text(i, key, document, n) for key in ("code", "name")] for n, i in enumerate(items, start=1)]
    places = [(code, name) for code, name in texts if code != NO_PLACE]
    rows = [(n, code, name, valid_from, valid_to) for n, (code, name) in enumerate(places, start=1)]
    table = table_of(rows, PERIOD)
    return table.replace_schema_metadata({UPDATED_AT: f"{valid_from.isoformat()}T00:00:00+00:00"})


def read_bundled_periods(spec: DatasetSpec, documents: list[Document]) -> pa.Table:
    """The compact history of municipalities, or of counties -> code, name, valid_from, valid_to."""
    with open(documents[0].path, encoding="utf-8", newline="") as handle:
        rows = [
            (n, row["code"], row["name"], date.fromisoformat(row["valid_from"]), _day_or_none(row["valid_to"]))
            for n, row in enumerate(csv.DictReader(handle), start=2)
        ]
    return table_of(rows, PERIOD)


def read_bundled_changes(spec: DatasetSpec, documents: list[Document]) -> pa.Table:
    """The compact change list -> changes with names looked up in the bundled history and kinds derived."""
    rows: list[ChangeRow] = []
    with open(documents[0].path, encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            old, new, day = row["old_code"], row["new_code"], row["change_date"]
            before = f"{int(day[:4]) - 1}-12-31"
            rows.append((old, name_of(old, before) or "", new, name_of(new, day) or "", day))
    return changes_table(rows)


def changes_table(rows: list[ChangeRow]) -> pa.Table:
    """Change rows -> the reference table, with change_kind and the first year covered."""
    kinds = change_kinds(rows)
    # the list is asked for with both neighbours of its first change, so the year before it is covered too
    covers_from = date(min(2015, min(int(r[4][:4]) for r in rows) - 1), 1, 1)
    records = [
        (n, old, old_name, new, new_name, date.fromisoformat(day), kind, covers_from)
        for n, ((old, old_name, new, new_name, day), kind) in enumerate(zip(rows, kinds, strict=True), start=1)
    ]
    return table_of(records, CHANGE)


def change_kinds(rows: list[ChangeRow]) -> list[str]:
    """The kind of each change from the number of codes on either side of it on its date.

    split: the old code has several new ones, so each row carries a part. boundary: a code lives on under the same
    name and only took in parts of split codes. merge: the new code has several old ones. renumber: one to one with a
    new code. name: one to one with the same code.
    """
    out: dict[tuple[str, str], set[str]] = defaultdict(set)
    into: dict[tuple[str, str], set[str]] = defaultdict(set)
    for old, _, new, _, day in rows:
        out[day, old].add(new)
        into[day, new].add(old)

    def kind(row: ChangeRow) -> str:
        old, old_name, new, new_name, day = row
        if len(out[day, old]) > 1:
            return "split"
        others = into[day, new] - {old}
        if others:
            only_parts = all(len(out[day, other]) > 1 for other in others)
            return "boundary" if (old, old_name) == (new, new_name) and only_parts else "merge"
        return "renumber" if old != new else "name"

    return [kind(row) for row in rows]


def bundled_files() -> dict[str, Document]:
    """The files that ship with the product, by dataset_id."""
    return {
        "klass_municipalities": Document(DATA / "municipalities.csv", "municipalities.csv"),
        "klass_municipality_changes": Document(DATA / "municipality_changes.csv", "municipality_changes.csv"),
        "klass_counties": Document(DATA / "counties.csv", "counties.csv"),
    }


def raw_bundled_changes(spec: DatasetSpec, documents: list[Document], places: Sequence[Place]) -> list[str]:
    """The lines of the bundled change list; its changes are counted from 1, and the first line is the header."""
    return text_lines(spec, documents, [(row + 1, None) for row, _ in places])


def raw_version(spec: DatasetSpec, documents: list[Document], places: Sequence[Place]) -> list[str]:
    """The items of a version answer, as they stand in it."""
    _, entries = entries_of(documents[0], "classificationItems")
    items = [item for item in entries if item["code"] != NO_PLACE]
    return raw_entries(documents[0].name, "classificationItems", items, places)


def raw_entries(name: str, key: str, entries: Sequence[dict[str, Any]], places: Sequence[Place]) -> list[str]:
    """Entries of a list in an answer, counted from 1."""
    return [
        f"{name}, {key}, entry {row}: {json.dumps(entries[row - 1], ensure_ascii=False)}"
        if 0 < row <= len(entries)
        else nothing_there(name, (row, None))
        for row, _ in places
    ]


def json_of(document: Document) -> object:
    """What an answer of Klass says. Raises NotOfKindError for text that is no JSON."""
    try:
        return json.loads(document.path.read_bytes())
    except ValueError as problem:
        raise NotOfKindError(
            expected="a JSON answer of Klass",
            found=f"text that is no JSON ({problem})",
            where=document.name,
            next_step="fetch it again with Accept: application/json",
        ) from problem


def entries_of(document: Document, key: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An answer, and the entries of its list. Raises LayoutError where there is no such list."""
    answer = json_of(document)
    entries = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise LayoutError(
            expected=f"an object with a list '{key}'",
            found=f"keys {sorted(answer)[:8]}" if isinstance(answer, dict) else type(answer).__name__,
            where=document.name,
            next_step="compare with the guide of the Klass API",
        )
    return answer, entries


def entry_text(entry: dict[str, Any], key: str, document: Document, number: int) -> str:
    """A text of an entry. Codes are text with leading zeros: a number is refused, since its zeros are lost."""
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise _odd(f"text in {key}", value, f"{document.name}, entry {number}")
    return value


def day_of(text: object, where: str) -> date:
    """A date of an answer. Raises LayoutError for what is none."""
    try:
        return date.fromisoformat(str(text))
    except ValueError as problem:
        raise _odd("a date", text, where) from problem


def table_of(rows: Sequence[tuple[Any, ...]], columns: dict[str, pa.DataType]) -> pa.Table:
    """Rows as a table of these columns, also where there is no row."""
    values = list(zip(*rows, strict=True)) if rows else [() for _ in columns]
    return pa.table({name: pa.array(v, kind) for (name, kind), v in zip(columns.items(), values, strict=True)})


def _odd(expected: str, found: object, where: str) -> LayoutError:
    return LayoutError(expected=expected, found=repr(found)[:60], where=where, next_step="look at the answer by hand")


def _day_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
