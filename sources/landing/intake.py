"""From bytes to a release in landing: read, check, write the rows, write the receipt last.

Here: the steps every publisher's file goes through. Not here: formats, or whether a release is taken into use (gates.py).
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.dataset.registry import Form, forms
from sources.dataset.spec import DatasetSpec
from sources.errors import NotOfKindError
from sources.faults import told_as_fault
from sources.klass.history import municipalities
from sources.landing.contradicted import mark_contradicted
from sources.landing.observation import (
    Reading,
    drop_exact_duplicates,
    number_series,
    on_areas_of_today,
    write_observations,
    write_parquet,
    years_of,
)
from sources.landing.store import Blob, Landing, ReadingFacts, Receipt, SliceCoverage, release_id_of
from sources.landing.text_codes import coded, rows_where
from sources.ports import NOTES, UPDATED_AT, Document

FULL_COVERAGE = 0.9
"""A municipality file covers the country when it has this share of the codes in force in its last year."""


@dataclass(frozen=True)
class Arrival:
    """What came in, before it is read: bodies already in landing, and how they came."""

    blobs: list[Blob]
    form: str | None
    retrieved_at: datetime
    date_basis: str
    updated_at: datetime | None = None
    stamp: str | None = None
    is_demo: bool = False
    publication_status: Literal["final", "preliminary", "unknown"] = "unknown"


def known_release(landing: Landing, spec: DatasetSpec, digests: list[str]) -> Receipt | None:
    """The receipt of this very content, when it has been landed and read under today's spec."""
    release_id = release_id_of(digests)
    receipt = landing.receipt(spec.dataset_id, release_id)
    facts = landing.reading(spec.dataset_id, release_id) if receipt else None
    return receipt if facts and facts.spec_version == spec.version else None


def ensure_rows(landing: Landing, spec: DatasetSpec, receipt: Receipt) -> Path:
    """The rows of a release, read again from its bytes where they were removed to save room; equal bytes either way."""
    path = landing.data_path(spec.dataset_id, receipt.release_id, spec.shape)
    is_whole = path.exists() and (spec.shape != "observation" or path.with_name("series.parquet").exists())
    if not is_whole:
        read_release(landing, spec, receipt.release_id, receipt.blobs, receipt.form)
    return path


def take_in(landing: Landing, spec: DatasetSpec, arrival: Arrival) -> Receipt:
    """Read an arrival and write its rows, what was read, and its receipt, in that order.

    Taking in the same content again writes the same rows and keeps the first receipt. Raises the reader's SourceError;
    then no receipt is written and the release does not exist.
    """
    release_id = release_id_of([blob.sha256 for blob in arrival.blobs])
    facts = read_release(landing, spec, release_id, arrival.blobs, arrival.form)
    receipt = Receipt(
        dataset_id=spec.dataset_id,
        release_id=release_id,
        retrieved_at=arrival.retrieved_at,
        upstream_updated_at=arrival.updated_at or facts.updated_at,
        stamp=arrival.stamp,
        date_basis=arrival.date_basis,
        blobs=arrival.blobs,
        form=arrival.form or "",
        spec_version=spec.version,
        is_demo=arrival.is_demo,
        publication_status=arrival.publication_status,
    )
    landing.put_receipt(receipt)
    kept = landing.receipt(spec.dataset_id, release_id)
    return kept or receipt


def read_release(
    landing: Landing, spec: DatasetSpec, release_id: str, blobs: list[Blob], form_name: str | None
) -> ReadingFacts:
    """(Re)make the rows of a release from its bytes under today's spec."""
    form = _form(form_name, spec, landing.body(blobs[0].sha256), blobs[0].name)
    documents = [Document(landing.body(blob.sha256), blob.name) for blob in blobs]
    path = landing.data_path(spec.dataset_id, release_id, spec.shape)
    with told_as_fault(spec.dataset_id, blobs[0].name):
        result = form.read(spec, documents)
    facts = (
        _write_observations(result, spec, path, blobs[0].name)
        if isinstance(result, Reading)
        else _write_table(result, spec, path)
    )
    landing.put_reading(spec.dataset_id, release_id, facts)
    return facts


def _form(name: str | None, spec: DatasetSpec, body: Path, file_name: str) -> Form:
    if name is None:
        raise NotOfKindError(
            expected=f"a file of {spec.source} in one of its forms",
            found=_kind_of(body),
            where=f"{spec.dataset_id}, {file_name}",
            next_step="open the file and download it again; the last good release stays in use",
        )
    return forms()[name]


def _kind_of(body: Path) -> str:
    """What a body that is in no known form looks like, for the message."""
    with open(body, "rb") as handle:
        start = handle.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return "an empty file"
    if start[:1] == b"<":
        return "an HTML or XML page"
    if start[:1] in (b"{", b"["):
        return "a JSON answer that is no table"
    if start[:4] == b"PK\x03\x04":
        return "a workbook or zip file in another layout"
    first_line = start.split(b"\n")[0][:60].decode("latin-1")
    return f"a file that starts with {first_line!r}"


def _write_observations(reading: Reading, spec: DatasetSpec, path: Path, file_name: str) -> ReadingFacts:
    if spec.geography == "today":
        reading.table = on_areas_of_today(reading.table)
    reading = mark_contradicted(drop_exact_duplicates(reading, f"{spec.dataset_id}, {file_name}"), spec)
    if reading.table.num_rows == 0:
        raise NotOfKindError(
            expected="at least one observation",
            found="none",
            where=f"{spec.dataset_id}, {file_name}",
            next_step="check that the download is the whole table",
        )
    table, series = number_series(reading.table)
    write_parquet(series, path.with_name("series.parquet"))
    write_observations(table, path)
    days = pc.unique(reading.table["period_start"]).to_pylist()
    return ReadingFacts(
        spec_version=spec.version,
        rows=table.num_rows,
        years=sorted({day.year for day in days}),
        slices=_month_slices(reading) if spec.accumulates else _slices(reading),
        notes=dict(sorted(reading.notes.items())),
        new_labels=reading.new_labels,
        updated_at=reading.updated_at,
    )


def _slices(reading: Reading) -> dict[str, SliceCoverage]:
    """Regions per region level; municipalities are counted in the last year they have figures for."""
    slices = {}
    years = years_of(reading.table)
    codes, code_of_row = coded(reading.table["region_code"])
    for level in reading.levels:
        rows = rows_where(reading.table, "region_level", level.__eq__)
        if level == "municipality":
            year = int(years[rows].max())
            rows &= years == year
        held = np.flatnonzero(np.bincount(code_of_row[rows]))
        if level == "municipality":
            expected = {code for code, _ in municipalities(year)}
            known = len(set(codes.take(pa.array(held)).to_pylist()) & expected)
            slices[level] = SliceCoverage(regions=known, is_full=known >= FULL_COVERAGE * len(expected))
        else:
            slices[level] = SliceCoverage(regions=len(held))
    return slices


def _month_slices(reading: Reading) -> dict[str, SliceCoverage]:
    """Regions per region level and month, named ``level@YYYY-MM``: a later file replaces only the months it holds."""
    table = pa.table(
        {
            "level": reading.table["region_level"].cast(pa.string()),
            "month": pc.strftime(reading.table["period_start"].cast(pa.date32()), format="%Y-%m"),
            "region": reading.table["region_code"].cast(pa.string()),
        }
    )
    counted = table.group_by(["level", "month"]).aggregate([("region", "count_distinct")]).to_pylist()
    return {f"{r['level']}@{r['month']}": SliceCoverage(regions=r["region_count_distinct"]) for r in counted}


def _write_table(table: pa.Table, spec: DatasetSpec, path: Path) -> ReadingFacts:
    told = table.schema.metadata or {}
    write_parquet(table.replace_schema_metadata(None), path)
    return ReadingFacts(
        spec_version=spec.version,
        rows=table.num_rows,
        years=sorted(set(table["year"].to_pylist())) if spec.accumulates else [],
        slices=_table_slices(table, spec) if spec.accumulates else {"all": SliceCoverage(regions=table.num_rows)},
        notes=dict.fromkeys(json.loads(told[NOTES]), 1) if NOTES in told else {},
        updated_at=datetime.fromisoformat(told[UPDATED_AT].decode()) if UPDATED_AT in told else None,
    )


def _table_slices(table: pa.Table, spec: DatasetSpec) -> dict[str, SliceCoverage]:
    """Rows per combination of the columns of ``options.slice_by``, named with @ between: a file replaces what it holds."""
    columns = [table[name].to_pylist() for name in slice_columns(spec)]
    counted = Counter("@".join(map(str, row)) for row in zip(*columns, strict=True))
    return {name: SliceCoverage(regions=count) for name, count in sorted(counted.items())}


def slice_columns(spec: DatasetSpec) -> tuple[str, ...]:
    """The columns that tell the slices of an accumulating table apart; none for any other dataset."""
    names = spec.options.get("slice_by", [])
    return tuple(str(name) for name in names) if spec.shape == "table" and isinstance(names, list) else ()
