"""The comparisons of all releases for the build: where their cells lie, and their counts.

Here: gathering what lies beside the releases. Not here: comparing (sources/landing/revisions.py), or SQL.
"""

from datetime import datetime

import pyarrow as pa

from sources.dataset.spec import DatasetSpec
from sources.landing.predecessor import is_counted
from sources.landing.revisions import RevisionFacts, ensure_revision, revision_path
from sources.landing.store import Landing, Receipt
from warehouse.build import ComparedRows

COUNT_SCHEMA = pa.schema(
    [
        pa.field("dataset_id", pa.string()),
        pa.field("release_id", pa.string()),
        pa.field("before_release_id", pa.string()),
        pa.field("year", pa.int32()),
        pa.field("measure", pa.string()),
        pa.field("unit", pa.string()),
        pa.field("change_kind", pa.string()),
        pa.field("cell_count", pa.int64()),
        pa.field("is_new_year", pa.bool_()),
    ]
)


def revisions(
    landing: Landing, specs: dict[str, DatasetSpec], demo: bool, as_of: datetime | None = None
) -> tuple[list[ComparedRows], pa.Table]:
    """The listed cells of every release that replaced another, and ``revision_count``: cells per year, measure, unit and kind."""
    compared, counts = [], []
    older: dict[str, list[Receipt]] = {}
    for receipt in landing.receipts():
        before = older.setdefault(receipt.dataset_id, [])
        spec = specs.get(receipt.dataset_id)
        facts = ensure_revision(landing, spec, receipt, before) if spec and is_counted(receipt, demo, as_of) else None
        before.append(receipt)
        if facts is None or facts.before is None:
            continue
        if any(not count.is_new_year for count in facts.counts):
            path = revision_path(landing, receipt)
            compared.append(ComparedRows(receipt.dataset_id, receipt.release_id, facts.before, path))
        counts += _count_rows(receipt, facts)
    return compared, pa.Table.from_pylist(counts, schema=COUNT_SCHEMA)


def _count_rows(receipt: Receipt, facts: RevisionFacts) -> list[dict[str, object]]:
    return [
        {
            "dataset_id": receipt.dataset_id,
            "release_id": receipt.release_id,
            "before_release_id": facts.before,
            "year": count.year,
            "measure": count.measure,
            "unit": count.unit,
            "change_kind": count.change_kind,
            "cell_count": count.cells,
            "is_new_year": count.is_new_year,
        }
        for count in facts.counts
    ]
