"""The raw cells of landed releases behind a published row, each shown by the reader that read it.

Here: which rows of which releases, and how they are printed. Not here: what a table is made of (lineage.py), any format.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from orchestration.workspace import Workspace
from sources.dataset.registry import forms
from sources.dataset.spec import DatasetSpec
from sources.errors import SourceError
from sources.landing.intake import ensure_rows
from sources.landing.store import Receipt
from sources.ports import Document, Place
from warehouse.query import safe_cell

_TIMES = ("year", "settlement_year", "as_of_date")

MOST_LINES = 40
"""Raw cells printed for one side of a figure; a national sum has hundreds, the rest is counted."""


@dataclass(frozen=True)
class Wanted:
    """Which cells of a dataset a figure is made of. ``month``: the one whose figure stands for the year."""

    role: str
    dataset_id: str
    measure: str | None = None
    unit: str | None = None
    codes: dict[str, str] = field(default_factory=dict)
    month: int | None = None


@dataclass(frozen=True)
class Area:
    """An area of today in a year: its code, the codes it was made of then (and whether wholly), and all it ever had."""

    code: str
    year: int
    parts: dict[str, bool]
    history: set[str]


def loosened(wanted: Wanted) -> Wanted:
    """The same cells whatever they are broken down by, where the dataset has no total of its own."""
    return replace(wanted, codes={name: code for name, code in wanted.codes.items() if code != "all"})


def observed_lines(workspace: Workspace, wanted: Wanted, area: Area) -> Iterator[str]:
    """The release of each file, then its cells of the area and year: code, measure, period, figure and the raw cell."""
    spec, shown, more = workspace.specs[wanted.dataset_id], 0, 0
    for release_id, slices in releases_in_use(workspace, wanted.dataset_id).items():
        receipt = workspace.landing.receipt(wanted.dataset_id, release_id)
        if receipt is None:
            continue
        rows = _observations(str(ensure_rows(workspace.landing, spec, receipt)), wanted, area, slices)
        if not rows:
            continue
        yield f"{wanted.role}: {heading(spec, receipt)}"
        kept = rows[: max(MOST_LINES - shown, 0)]
        shown, more = shown + len(kept), more + len(rows) - len(kept)
        raw = raw_cells(workspace, spec, receipt, [(row["source_row"], row["source_column"]) for row in kept])
        for row, cell in zip(kept, raw, strict=True):
            is_used = row["region_code"] in area.parts or row["region_code"] == area.code
            note = "" if is_used else "  [code not in force that year: used only where no other is]"
            figure = row["value_status"] if row["value"] is None else safe_cell(row["value"])
            yield f"  {row['region_code']} {row['measure']} {_period(row)} = {figure}, {cell}{note}"
    if more:
        yield f"  … and {more} more cells"


def table_lines(
    workspace: Workspace, spec: DatasetSpec, row: dict[str, Any], only: list[str] | None = None
) -> Iterator[str]:
    """The lines of a reference table that share the row's values; of its area where it has one, else of its year. A table
    that comes in several files is looked for in all of them, or in the releases of ``only``."""
    used = only or list(releases_in_use(workspace, spec.dataset_id))
    named = [workspace.landing.receipt(spec.dataset_id, one) for one in (used if spec.accumulates else used[-1:])]
    receipts = {receipt.release_id: receipt for receipt in named if receipt is not None}
    paths = {one: str(ensure_rows(workspace.landing, spec, receipt)) for one, receipt in receipts.items()}
    places: dict[str, list[Place]] = {}
    for common in _common(spec, row):
        places = {one: found for one, path in paths.items() if (found := _rows_like(path, common))}
        if places:
            break
    for one in places or list(receipts)[-1:]:
        yield heading(spec, receipts[one])
        found = places.get(one, [])
        if not found:
            yield "  read as a whole: no line has this row's values"
        yield from (f"  {cell}" for cell in raw_cells(workspace, spec, receipts[one], found[:MOST_LINES]))
        if len(found) > MOST_LINES:
            yield f"  … and {len(found) - MOST_LINES} more lines"


def named_releases(row: dict[str, Any]) -> list[str]:
    """The releases of its dataset that a row names; a row made of several lists them."""
    return [release_id for release_id in str(row.get("release_id") or "").split(", ") if release_id]


def own_line(workspace: Workspace, row: dict[str, Any]) -> Iterator[str]:
    """The line that a row names itself, by its dataset, release and row; of a sum over lines of a table that comes in several
    files, those lines."""
    spec = workspace.specs.get(str(row.get("dataset_id")))
    if spec is not None and spec.accumulates and spec.shape == "table" and row.get("source_row") is None:
        yield from table_lines(workspace, spec, row, named_releases(row))
        return
    releases = named_releases(row)
    if spec is None or len(releases) != 1 or row.get("source_row") is None:
        return  # the number of a line says nothing where several releases are named: release_lines tells those
    receipt = workspace.landing.receipt(spec.dataset_id, releases[0])
    if receipt is not None:
        yield heading(spec, receipt)
        yield from (f"  {cell}" for cell in raw_cells(workspace, spec, receipt, [(row["source_row"], None)]))


def release_lines(workspace: Workspace, row: dict[str, Any]) -> Iterator[str]:
    """Where the release (or the releases in use) of a row's dataset came from."""
    spec = workspace.specs.get(str(row.get("dataset_id")))
    if spec is None:
        return
    for release_id in named_releases(row) or releases_in_use(workspace, spec.dataset_id):
        receipt = workspace.landing.receipt(spec.dataset_id, release_id)
        if receipt is not None:
            yield heading(spec, receipt)


def raw_cells(workspace: Workspace, spec: DatasetSpec, receipt: Receipt, places: list[Place]) -> list[str]:
    """What the reader of the release's form says of these places; why not, where it cannot."""
    form = forms().get(receipt.form)
    if form is None or not places:
        return [
            f"row {row} of a file in the form {receipt.form!r}, which no reader knows any more" for row, _ in places
        ]
    documents = [Document(workspace.landing.body(blob.sha256), blob.name) for blob in receipt.blobs]
    try:
        return form.raw(spec, documents, places)
    except (SourceError, OSError) as problem:
        return [f"row {row}: the file cannot be opened again ({problem})" for row, _ in places]


def heading(spec: DatasetSpec, receipt: Receipt) -> str:
    """A release in words: title, dataset, where it came from and when, and the hash of its bytes."""
    blob = receipt.blobs[0]
    came = f"from {blob.url}" if blob.url else f"file {blob.name}"
    return (
        f"{spec.title_nb} ({spec.dataset_id}), release {receipt.release_id}, {came}, "
        f"{receipt.date_basis} {receipt.retrieved_at:%Y-%m-%d}, sha256 {blob.sha256}"
    )


def releases_in_use(workspace: Workspace, dataset_id: str) -> dict[str, set[str]]:
    """Release -> the slices it serves in the published file, not in what a later run would use."""
    manifest = json.loads((workspace.folder.published / "manifest.json").read_text(encoding="utf-8"))
    used: dict[str, set[str]] = {}
    for name in manifest["releases_in_use"].get(dataset_id, []):
        part, _, release_id = name.rpartition(":")
        used.setdefault(release_id, set()).add(part)
    return used


def _observations(path: str, wanted: Wanted, area: Area, slices: set[str]) -> list[dict[str, Any]]:
    """The cells of the area and year that the release serves, in order of code, measure, period and place."""
    codes = sorted({area.code, *area.parts, *area.history})
    conditions = ["region_code in (select unnest(?))", "year(period_start) = ?"]
    values: list[Any] = [codes, area.year]
    for column, value in (("measure", wanted.measure), ("unit", wanted.unit), *wanted.codes.items()):
        if value is not None:
            conditions.append(f'"{column}" = ?')
            values.append(value)
    if wanted.month is not None:
        conditions.append("(period_kind <> 'month' or month(period_start) = ?)")
        values.append(wanted.month)
    served = "region_level in (select unnest(?)) or region_level || '@' || strftime(period_start, '%Y-%m') in (select unnest(?))"
    names = (
        "source_row",
        "source_column",
        "region_code",
        "measure",
        "period_start",
        "period_kind",
        "value",
        "value_status",
    )
    sql = (
        f"select {', '.join(names)} from read_parquet(?) where {' and '.join(conditions)} and ({served}) "
        "order by region_code, measure, period_start, source_row, source_column"
    )
    with duckdb.connect() as connection:
        found = connection.execute(sql, [path, *values, sorted(slices), sorted(slices)]).fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


def _common(spec: DatasetSpec, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Columns of the table with the row's values: first all that they share, then the key's, then without the group (of a sum of
    groups), then without the area."""
    area = row.get("municipality_code") or row.get("region_code")
    known = {"code": row.get("part_code") or area, **row, "municipality_code": area}
    shared = {
        c.name: known[c.name] for c in spec.table_columns if known.get(c.name) is not None and c.type != "decimal"
    }
    key = {name: value for name, value in shared.items() if name in (*spec.table_key, *_TIMES)}
    yield shared
    yield key
    yield {name: value for name, value in key.items() if name != "group_code"}
    yield {name: value for name, value in key.items() if name not in ("region_code", "municipality_code", "area_level")}


def _rows_like(path: str, common: dict[str, Any]) -> list[Place]:
    if not common:
        return []
    where = " and ".join(f'cast("{name}" as varchar) = cast(? as varchar)' for name in common)
    with duckdb.connect() as connection:
        sql = f"select source_row, null from read_parquet(?) where {where} order by 1"
        return connection.execute(sql, [path, *common.values()]).fetchall()


def _period(row: dict[str, Any]) -> str:
    start = row["period_start"]
    if row["period_kind"] == "month":
        return f"{start:%Y-%m}"
    return f"{start:%Y}K{(start.month + 2) // 3}" if row["period_kind"] == "quarter" else f"{start:%Y}"
