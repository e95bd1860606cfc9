"""Landing the aggregates of the private command as ordinary releases of their datasets.

Here: the csv that is landed and how years of earlier runs are kept. Not here: private files; only a PrivateResult
comes in.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq

from sources.kostra.private import PrivateResult
from sources.kostra.shape import PROGRAMME, SOCIAL_ASSISTANCE, as_table, spec_of
from sources.landing.intake import Arrival, take_in
from sources.landing.store import Blob, Decision, Landing, Receipt, utc

FORM = "kostra_aggregate_csv"
"""Name of the form in sources/dataset/registry.py; its reader is the strict csv reader of the published tables."""

DECIDED_BY = "private command"


def land_private(result: PrivateResult, landing: Landing, moment: datetime) -> list[Receipt]:
    """Land every table of the result as an accepted release; the bytes are a csv of what passed disclosure control.

    A run reads one or more years. Rows of the release in use that are about another municipality, year or file are
    carried over, so that a new year does not push out the old ones. Raises ValueError when ``moment`` has no zone.
    """
    receipts = []
    for dataset_id, fresh in sorted(result.tables.items()):
        body = as_csv(dataset_id, with_earlier(dataset_id, fresh, landing))
        digest = landing.put_bytes(body)
        arrival = Arrival(
            blobs=[Blob(sha256=digest, bytes=len(body), name=f"{dataset_id}.csv")],
            form=FORM,
            retrieved_at=utc(moment),
            date_basis="private command",
        )
        receipt = take_in(landing, spec_of(dataset_id), arrival)
        decision = Decision(
            state="accepted", reasons=["passed disclosure control"], decided_at=utc(moment), decided_by=DECIDED_BY
        )
        landing.decide(dataset_id, receipt.release_id, decision)
        receipts.append(receipt)
    return receipts


def renewal_notes(result: PrivateResult, landing: Landing) -> list[str]:
    """Norwegian warnings to show before landing: years that were read before and now give other figures.

    The difference of two editions can tell about the one person who was corrected (docs/privacy.md).
    """
    notes = []
    for dataset_id in (SOCIAL_ASSISTANCE, PROGRAMME):
        earlier, fresh = _newest(dataset_id, landing), result.tables.get(dataset_id)
        if earlier is None or fresh is None:
            continue
        for municipality, year in sorted({(r["municipality_code"], r["year"]) for r in fresh.to_pylist()}):
            before, now = (_figures(table, municipality, year) for table in (earlier, fresh))
            if before and before != now:
                notes.append(
                    f"{spec_of(dataset_id).title_nb}, {year}: en tidligere utgave har andre tall. "
                    "Gi ikke ut begge: forskjellen kan si noe om én person."
                )
    return notes


def with_earlier(dataset_id: str, fresh: pa.Table, landing: Landing) -> pa.Table:
    """The fresh rows, and those of the newest accepted release that are about another municipality, year or file."""
    earlier = _newest(dataset_id, landing)
    if earlier is None:
        return fresh
    scope = [name for name in ("municipality_code", "attachment", "year") if name in fresh.column_names]
    renewed = {tuple(row.values()) for row in fresh.select(scope).to_pylist()}
    kept = [row for row in earlier.to_pylist() if tuple(row[name] for name in scope) not in renewed]
    rows = [{name: value for name, value in row.items() if name != "source_row"} for row in [*fresh.to_pylist(), *kept]]
    return as_table(dataset_id, rows)


def as_csv(dataset_id: str, table: pa.Table) -> bytes:
    """The table as UTF-8 csv with a header, in order of the key: the same aggregates give the same bytes."""
    names = [column.name for column in spec_of(dataset_id).table_columns]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in table.select(names).to_pylist():
        writer.writerow(["" if row[name] is None else row[name] for name in names])
    return text.getvalue().encode("utf-8")


def _figures(table: pa.Table, municipality: str, year: int) -> list[dict[str, object]]:
    rows = (row for row in table.to_pylist() if (row["municipality_code"], row["year"]) == (municipality, year))
    return [{name: value for name, value in row.items() if name != "source_row"} for row in rows]


def _newest(dataset_id: str, landing: Landing) -> pa.Table | None:
    for receipt in reversed(landing.receipts(dataset_id)):
        decision = landing.decision(dataset_id, receipt.release_id)
        path = landing.data_path(dataset_id, receipt.release_id, "table")
        if decision and decision.state == "accepted" and path.exists():
            table = pq.read_table(path)
            return table
    return None
