"""The form in which aggregates leave: rows with a value and a status for each measure, as the dataset specs say.

Here: naming periods, codes and columns. Not here: deciding what is hidden; a hidden value is already gone in these
rows.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from sources.dataset.spec import DatasetSpec, load_spec, spec_folder
from sources.kostra.aggregates import UNALLOCATED, YEAR, Row
from sources.kostra.reading.groups import labels
from sources.published.reader import ARROW_TYPES

if TYPE_CHECKING:
    from sources.kostra.disclosure.rule import Controlled

SOCIAL_ASSISTANCE = "kostra_social_assistance_by_group"
PROGRAMME = "kostra_programme_by_group"
ACCOUNTS = "kostra_accounts_expenditure"
RECEIPT = "kostra_file_receipt"
DATASETS = (SOCIAL_ASSISTANCE, PROGRAMME, ACCOUNTS, RECEIPT)

MEASURES = {
    "11F": {
        "recipients": ("recipients_persons", "recipients_status"),
        "person_months": ("benefit_months_count", "benefit_months_status"),
        "grant": ("grant_nok", "grant_status"),
        "loan": ("loan_nok", "loan_status"),
        "settled": ("settled_persons", "settled_status"),
    },
    "11CF": {
        "recipients": ("participants_persons", "participants_status"),
        "person_months": ("benefit_months_count", "benefit_months_status"),
        "benefit": ("benefit_nok", "benefit_status"),
    },
}


def spec_of(dataset_id: str) -> DatasetSpec:
    """The spec of one of DATASETS."""
    return load_spec(spec_folder() / "kostra" / "datasets" / f"{dataset_id.removeprefix('kostra_')}.yml")


def schema_of(spec: DatasetSpec) -> pa.Schema:
    """``source_row`` and the spec's columns, typed."""
    columns = [pa.field(c.name, ARROW_TYPES[c.type], nullable=not c.required) for c in spec.table_columns]
    return pa.schema([pa.field("source_row", pa.int32(), nullable=False), *columns])


def as_table(dataset_id: str, rows: list[dict[str, object]]) -> pa.Table:
    """Rows in order of the dataset's key, numbered as the lines of the csv they become (the header is line 1)."""
    spec = spec_of(dataset_id)
    ordered = sorted(rows, key=lambda row: [(row.get(name) is not None, row.get(name)) for name in spec.table_key])
    numbered = [{"source_row": number, **row} for number, row in enumerate(ordered, start=2)]
    return pa.Table.from_pylist(numbered, schema=schema_of(spec))


def aggregate_rows(controlled: Controlled, municipality: str, threshold: int) -> list[dict[str, object]]:
    """One row a period, group and breakdown code; a measure that the row does not have is ``not_applicable``."""
    table = controlled.table
    rows = []
    for row in table.rows():
        entry = _identity(row, table.year, municipality)
        for measure, (value_column, status_column) in MEASURES[table.attachment].items():
            status = controlled.status.get((measure, row), "not_applicable")
            entry[value_column] = table.cells[measure][row].value if status == "ok" else None
            entry[status_column] = status
        entry["threshold_persons"] = threshold
        rows.append(entry)
    return rows


def _identity(row: Row, year: int, municipality: str) -> dict[str, object]:
    kind = {YEAR: "year", UNALLOCATED: "not_split"}.get(row.period, "month")
    suffix = {YEAR: "", UNALLOCATED: "-xx"}.get(row.period, f"-{row.period:02d}")
    start = datetime.date(year, row.period if kind == "month" else 1, 1)
    names = labels()["codes"].get(row.breakdown, {})
    return {
        "municipality_code": municipality,
        "year": year,
        "period": f"{year}{suffix}",
        "period_kind": kind,
        "period_start": start,
        "group_code": row.group,
        "group_name_nb": labels()["groups"][row.group],
        "breakdown": row.breakdown,
        "breakdown_name_nb": labels()["breakdowns"][row.breakdown],
        "breakdown_code": row.code,
        "breakdown_code_name_nb": names.get(row.code, row.code),
    }
