"""The comparisons of all releases as two tables for the build.

Here: gathering what lies beside the releases. Not here: comparing (sources/revisions.py), or SQL.
"""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq

from sources.current import was_known
from sources.landing import Landing, Receipt
from sources.revisions import REVISION_SCHEMA, RevisionFacts, ensure_revision, revision_path
from sources.spec import DatasetSpec

_IDENTITY = [
    pa.field("dataset_id", pa.string()),
    pa.field("release_id", pa.string()),
    pa.field("before_release_id", pa.string()),
]

COUNT_SCHEMA = pa.schema(
    [
        *_IDENTITY,
        pa.field("year", pa.int32()),
        pa.field("measure", pa.string()),
        pa.field("unit", pa.string()),
        pa.field("change_kind", pa.string()),
        pa.field("cell_count", pa.int64()),
        pa.field("is_new_year", pa.bool_()),
    ]
)


def revision_tables(
    landing: Landing, specs: dict[str, DatasetSpec], as_of: datetime | None = None
) -> dict[str, pa.Table]:
    """``revision`` (a row per listed cell) and ``revision_count`` (per year, measure, unit and kind) of every release."""
    cells, counts = [], []
    for receipt in landing.receipts():
        spec = specs.get(receipt.dataset_id)
        if spec is None or not was_known(receipt, as_of):
            continue
        facts = ensure_revision(landing, spec, receipt)
        if facts is None or facts.before is None:
            continue
        cells.append(
            _identified(pq.read_table(revision_path(landing, receipt), schema=REVISION_SCHEMA), receipt, facts)
        )
        counts += _count_rows(receipt, facts)
    schema = pa.schema([*_IDENTITY, *REVISION_SCHEMA])
    return {
        "revision": pa.concat_tables(cells) if cells else schema.empty_table(),
        "revision_count": pa.Table.from_pylist(counts, schema=COUNT_SCHEMA),
    }


def _identified(table: pa.Table, receipt: Receipt, facts: RevisionFacts) -> pa.Table:
    values = (receipt.dataset_id, receipt.release_id, facts.before)
    for place, (field, value) in enumerate(zip(_IDENTITY, values, strict=True)):
        table = table.add_column(place, field, pa.array([value] * table.num_rows, pa.string()))
    return table


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
