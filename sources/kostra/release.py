"""Landing the aggregates of the private command as ordinary releases of their datasets.

Here: the csv that is landed and how years of earlier runs are kept. Not here: private files; only a PrivateResult
comes in.
"""

import csv
import io
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sources.kostra.private import PrivateResult
from sources.kostra.shape import PROGRAMME, SOCIAL_ASSISTANCE, as_table, spec_of
from sources.landing.intake import Arrival, take_in
from sources.landing.reasons import reason
from sources.landing.store import Blob, Decision, Landing, Receipt, utc

FORM = "kostra_aggregate_csv"
"""Name of the form in sources/dataset/registry.py; its reader is the strict csv reader of the published tables."""

DECIDED_BY = "private command"


def land_private(result: PrivateResult, landing: Landing, moment: datetime) -> list[Receipt]:
    """Land every table of the result as an accepted release; the bytes are a csv of what passed disclosure control.

    A run reads one or more years. Rows of the release in use that are about another municipality, year or file are
    carried over, so that a new year does not push out the old ones. Raises ValueError when ``moment`` has no zone.
    """
    return [
        land_table(with_earlier(dataset_id, fresh, landing), dataset_id, landing, moment)
        for dataset_id, fresh in sorted(result.tables.items())
    ]


def land_table(table: pa.Table, dataset_id: str, landing: Landing, moment: datetime) -> Receipt:
    """Land aggregates that passed disclosure control as the release in use."""
    body = as_csv(dataset_id, table)
    digest = landing.put_bytes(body)
    arrival = Arrival(
        blobs=[Blob(sha256=digest, bytes=len(body), name=f"{dataset_id}.csv")],
        form=FORM,
        retrieved_at=utc(moment),
        date_basis="private command",
    )
    receipt = take_in(landing, spec_of(dataset_id), arrival)
    decision = Decision(
        state="accepted", reasons=[reason("passed_disclosure_control")], decided_at=utc(moment), decided_by=DECIDED_BY
    )
    landing.decide(dataset_id, receipt.release_id, decision)
    return receipt


def published_editions(landing: Landing) -> dict[str, list[list[dict[str, Any]]]]:
    """The rows of every edition in landing, oldest first, by dataset: what an outsider may have."""
    return {
        dataset_id: [
            pq.read_table(path).to_pylist()
            for receipt in landing.receipts(dataset_id)
            if (path := landing.data_path(dataset_id, receipt.release_id, "table")).exists()
        ]
        for dataset_id in (SOCIAL_ASSISTANCE, PROGRAMME)
    }


def with_earlier(dataset_id: str, fresh: pa.Table, landing: Landing) -> pa.Table:
    """The fresh rows, and those of the newest accepted release that are about another municipality, year or file."""
    earlier = newest_accepted(dataset_id, landing)
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


def newest_accepted(dataset_id: str, landing: Landing) -> pa.Table | None:
    """The rows in use, of all years."""
    for receipt in reversed(landing.receipts(dataset_id)):
        decision = landing.decision(dataset_id, receipt.release_id)
        path = landing.data_path(dataset_id, receipt.release_id, "table")
        if decision and decision.state == "accepted" and path.exists():
            table = pq.read_table(path)
            return table
    return None
