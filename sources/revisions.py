"""What a new release changed: cell by cell against the release it replaces.

Here: choosing the release to compare with, comparing, and the small Parquet file beside the release. Not here: whether a
change is acceptable (gates.py). The file can always be made again from the two releases, so it is a cache of landing.

A cell is a place in the table (area, period and series). A place that a file leaves empty is no cell: a figure that
turns up there is `added`, one that goes away is `removed`. A marker (hidden, missing) is a cell with a status and no value,
so that `:` to 34 is `changed`. Cells of a year that the release before did not have at all are counted, not listed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from sources.dimensions import DIMENSIONS
from sources.intake import ensure_rows
from sources.landing import Landing, ReadingFacts, Receipt
from sources.observation import KEY, fsync_folder, key_numbers, write_parquet
from sources.spec import DatasetSpec

CELL_KEY = ("region_code", "region_level", "period_start", "period_kind", "measure", "unit", *DIMENSIONS)
"""What names a cell; the same columns as the key of an observation."""

REVISION_SCHEMA = pa.schema(
    [
        *[pa.field(name, pa.date32() if name == "period_start" else pa.string()) for name in CELL_KEY],
        pa.field("change_kind", pa.string()),
        pa.field("value_before", pa.float64()),
        pa.field("value_after", pa.float64()),
        pa.field("status_before", pa.string()),
        pa.field("status_after", pa.string()),
    ]
)
"""One row per listed cell; ``change_kind`` is added, removed or changed, and the other side of added and removed is null."""


class YearCount(BaseModel):
    """How many cells of a year, measure and unit changed in one way. ``is_new_year``: the release before had no such year."""

    model_config = ConfigDict(frozen=True)
    year: int
    measure: str
    unit: str
    change_kind: str
    cells: int
    is_new_year: bool = False


class RevisionFacts(BaseModel):
    """The summary beside a release. ``before`` is the release it was compared with; None = the first of its kind."""

    model_config = ConfigDict(frozen=True)
    before: str | None = None
    spec_version: str = ""
    counts: list[YearCount] = []

    @property
    def cells(self) -> int:
        """Cells that differ in years that both releases hold."""
        return sum(count.cells for count in self.counts if not count.is_new_year)

    def in_words(self) -> str:
        """One line for logs and the UI."""
        if self.before is None:
            return "first release of its kind"
        parts = []
        for kind in ("changed", "added", "removed"):
            cells = sum(c.cells for c in self.counts if c.change_kind == kind and not c.is_new_year)
            if cells:
                parts.append(f"{cells} cells {kind}")
        years = sorted({c.year for c in self.counts if not c.is_new_year})
        new = sorted({c.year for c in self.counts if c.is_new_year})
        text = ", ".join(parts) + (f" in {_span(years)}" if years else "") if parts else "no cell revised"
        return text + (f"; new: {_span(new)}" if new else "")


def compare_observations(before: pa.Table, after: pa.Table, *, levels: Iterable[str] | None = None) -> pa.Table:
    """Every cell that differs between two observation tables, in the order of the key (REVISION_SCHEMA).

    ``levels`` limits the comparison to some region levels: a file of one level says nothing about another level.
    """
    before, after = (_only_levels(table, levels) for table in (before, after))
    both = pa.concat_tables([_plain(before), _plain(after)]).unify_dictionaries()
    numbers = key_numbers(both, KEY)
    n = before.num_rows
    old, new = numbers[:n], numbers[n:]
    old_order, new_order = np.argsort(old, kind="stable"), np.argsort(new, kind="stable")
    old_sorted, new_sorted = old[old_order], new[new_order]
    place = np.searchsorted(old_sorted, new_sorted)
    found = np.zeros(len(new), dtype=bool)
    inside = place < len(old)
    found[inside] = old_sorted[place[inside]] == new_sorted[inside]
    pair_new, pair_old = new_order[found], old_order[place[found]]
    differs = _differs(both, pair_old, pair_new + n)
    added = new_order[~found]
    removed = np.setdiff1d(np.arange(n), pair_old, assume_unique=True)
    parts = [
        _rows(both, pair_new[differs] + n, "changed", pair_old[differs], pair_new[differs] + n),
        _rows(both, added + n, "added", None, added + n),
        _rows(both, removed, "removed", removed, None),
    ]
    return pa.concat_tables(parts).sort_by([(name, "ascending") for name in (*CELL_KEY, "change_kind")])


def summarise(cells: pa.Table, years_before: Iterable[int]) -> tuple[pa.Table, list[YearCount]]:
    """Split a comparison into listed cells and counts per year, measure, unit and kind (all cells are counted)."""
    years = pc.year(cells["period_start"])
    is_new = pc.invert(pc.is_in(years, value_set=pa.array(sorted(set(years_before)), pa.int64())))
    table = (
        cells.select(["measure", "unit", "change_kind"]).append_column("year", years).append_column("is_new", is_new)
    )
    keys = ["year", "measure", "unit", "change_kind", "is_new"]
    counted = table.group_by(keys).aggregate([([], "count_all")]).sort_by([(k, "ascending") for k in keys]).to_pylist()
    counts = [
        YearCount(
            year=r["year"],
            measure=r["measure"],
            unit=r["unit"],
            change_kind=r["change_kind"],
            cells=r["count_all"],
            is_new_year=r["is_new"],
        )
        for r in counted
    ]
    return cells.filter(pc.invert(is_new)), counts


def release_before(landing: Landing, spec: DatasetSpec, receipt: Receipt, facts: ReadingFacts) -> Receipt | None:
    """The release this one replaces: the newest older one in use, of the same kind, form, extent and with a common slice.

    A download of some regions says nothing about one of all, and two forms of one table put a place under different
    codes (the website's wide file folds old codes into the last one), so such pairs are never compared.
    """
    older = [other for other in landing.receipts(spec.dataset_id) if other.order < receipt.order]
    for other in reversed(older):
        if other.is_demo != receipt.is_demo or other.form != receipt.form:
            continue
        decision = landing.decision(spec.dataset_id, other.release_id)
        other_facts = landing.reading(spec.dataset_id, other.release_id)
        if decision and decision.state == "accepted" and other_facts and _same_extent(facts, other_facts):
            return other
    return None


def ensure_revision(landing: Landing, spec: DatasetSpec, receipt: Receipt) -> RevisionFacts | None:
    """The comparison of a release with the one it replaces, made when it is missing or outdated.

    None for reference tables and for releases that cannot be read under today's spec. The Parquet is written first and
    the summary last, so that a summary without its cells cannot exist.
    """
    facts = landing.reading(spec.dataset_id, receipt.release_id)
    if spec.shape != "observation" or facts is None:
        return None
    before = release_before(landing, spec, receipt, facts)
    before_id = before.release_id if before else None
    kept = read_revision(landing, receipt)
    if kept and kept.before == before_id and kept.spec_version == spec.version:
        return kept
    made = RevisionFacts(before=before_id, spec_version=spec.version)
    if before is not None:
        cells, counts = _compare(spec, ensure_rows(landing, spec, receipt), ensure_rows(landing, spec, before))
        write_parquet(cells, revision_path(landing, receipt))
        made = RevisionFacts(before=before_id, spec_version=spec.version, counts=counts)
    _write_facts(landing, receipt, made)
    return made


def read_revision(landing: Landing, receipt: Receipt) -> RevisionFacts | None:
    """The summary beside a release, or None when it was never compared."""
    path = landing.release_folder(receipt.dataset_id, receipt.release_id) / "revision.json"
    return RevisionFacts.model_validate_json(path.read_bytes()) if path.exists() else None


def revision_path(landing: Landing, receipt: Receipt) -> Path:
    """Where the listed cells of a release lie (only for releases that replace another)."""
    return landing.release_folder(receipt.dataset_id, receipt.release_id) / "revision.parquet"


def _compare(spec: DatasetSpec, path: Path, path_before: Path) -> tuple[pa.Table, list[YearCount]]:
    after, before = (pq.read_table(p, columns=[*KEY, "value", "value_status"]) for p in (path, path_before))
    levels = set(_levels(before)) & set(_levels(after))
    if spec.accumulates:
        # each file holds months of its own: only months that both hold can have been revised
        before = before.filter(pc.is_in(before["period_start"], value_set=pc.unique(after["period_start"])))
    years = pc.unique(pc.year(before["period_start"])).to_pylist()
    return summarise(compare_observations(before, after, levels=levels), years)


def _same_extent(facts: ReadingFacts, other: ReadingFacts) -> bool:
    common = set(facts.slices) & set(other.slices)
    return bool(common) and all(facts.slices[name].is_full == other.slices[name].is_full for name in common)


def _levels(table: pa.Table) -> list[str]:
    return pc.unique(table["region_level"].cast(pa.string())).to_pylist()


def _only_levels(table: pa.Table, levels: Iterable[str] | None) -> pa.Table:
    if levels is None:
        return table
    return table.filter(
        pc.is_in(table["region_level"].cast(pa.string()), value_set=pa.array(sorted(levels), pa.string()))
    )


def _plain(table: pa.Table) -> pa.Table:
    """The columns of a comparison, texts as dictionaries, so that equal texts get equal numbers in both tables."""
    names = [*KEY, "value", "value_status"]
    text = pa.dictionary(pa.int32(), pa.string())
    arrays = []
    for name in names:
        column = table[name]
        is_text = name not in ("period_start", "value")
        arrays.append(column.cast(pa.string()).cast(text) if is_text else column)
    return pa.table(arrays, names=names)


def _differs(both: pa.Table, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Whether each pair of rows differs in value or status; two cells without a value are equal in value."""
    values = both["value"].to_numpy(zero_copy_only=False)
    status = both["value_status"].combine_chunks()
    codes = status.indices.to_numpy(zero_copy_only=False)
    first, second = values[old], values[new]
    same = (first == second) | (np.isnan(first) & np.isnan(second))
    return ~(same & (codes[old] == codes[new]))


def _rows(both: pa.Table, at: np.ndarray, kind: str, old: np.ndarray | None, new: np.ndarray | None) -> pa.Table:
    rows = len(at)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {name: both[name].take(pa.array(at)) for name in CELL_KEY}
    columns["change_kind"] = pa.array([kind] * rows, pa.string())
    for side, index in (("before", old), ("after", new)):
        given = index is not None
        columns[f"value_{side}"] = both["value"].take(pa.array(index)) if given else pa.nulls(rows, pa.float64())
        columns[f"status_{side}"] = both["value_status"].take(pa.array(index)) if given else pa.nulls(rows, pa.string())
    return pa.table(
        {field.name: columns[field.name].cast(field.type) for field in REVISION_SCHEMA}, schema=REVISION_SCHEMA
    )


def _write_facts(landing: Landing, receipt: Receipt, facts: RevisionFacts) -> None:
    path = landing.release_folder(receipt.dataset_id, receipt.release_id) / "revision.json"
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    partial.write_text(facts.model_dump_json(indent=1), encoding="utf-8")
    os.replace(partial, path)
    fsync_folder(path.parent)


def _span(years: list[int]) -> str:
    return f"{years[0]}-{years[-1]}" if len(years) > 2 else ", ".join(map(str, years))
