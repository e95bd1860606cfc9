"""Taking one year of the municipality's own figures out of landing: the only deletion there is.

Here: which landed editions hold the year, and removing them. Not here: published releases (warehouse/release/purge.py).
"""

import contextlib
import shutil
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq

from sources.files import write_whole
from sources.kostra.release import land_table, newest_accepted
from sources.kostra.shape import PROGRAMME, RECEIPT, SOCIAL_ASSISTANCE, as_table
from sources.landing import body_delta
from sources.landing.store import Landing, Receipt

PERSONAL = (SOCIAL_ASSISTANCE, PROGRAMME, RECEIPT)
"""What is about persons. The accounts are not."""


def purge_landing(landing: Landing, municipality: str, year: int, moment: datetime) -> list[str]:
    """Remove every edition that holds the year; returns them as ``<dataset>: <release>``.

    The other years of the newest one are landed again first, so that they stay in use. Stopped at any moment, it can be
    called again: the rows that tell what an edition holds go last.
    """
    removed = []
    for dataset_id in PERSONAL:
        folders = [path.parent for path in (landing.folder / "datasets" / dataset_id).glob("*/table.parquet")]
        doomed = [folder for folder in sorted(folders) if _rows(folder, municipality, year)[0]]
        if not doomed:
            continue
        newest = newest_accepted(dataset_id, landing)
        if newest is not None:
            _, others = _split(newest.to_pylist(), municipality, year)
            if others and len(others) < newest.num_rows:
                land_table(as_table(dataset_id, _unnumbered(others)), dataset_id, landing, moment)
        for folder in doomed:
            receipt = landing.receipt(dataset_id, folder.name)
            if receipt is not None:
                _remove_bodies(landing, receipt)
            _remove_folder(folder)
            removed.append(f"{dataset_id}: {folder.name}")
    return removed


def _split(rows: list[dict], municipality: str, year: int) -> tuple[list[dict], list[dict]]:
    """Rows of the year, and the others."""
    mine = [
        row["municipality_code"] == municipality and row["year"] == year and row.get("attachment") != "regnskap"
        for row in rows
    ]
    return (
        [row for row, is_mine in zip(rows, mine, strict=True) if is_mine],
        [row for row, is_mine in zip(rows, mine, strict=True) if not is_mine],
    )


def _rows(folder: Path, municipality: str, year: int) -> tuple[list[dict], list[dict]]:
    return _split(pq.read_table(folder / "table.parquet").to_pylist(), municipality, year)


def _unnumbered(rows: list[dict]) -> list[dict]:
    return [{name: value for name, value in row.items() if name != "source_row"} for row in rows]


def _remove_bodies(landing: Landing, gone: Receipt) -> None:
    """Remove the bodies of a release, after giving back whole those that are stored as a difference from them."""
    others = [receipt for receipt in landing.receipts() if receipt.release_id != gone.release_id]
    kept = {blob.sha256 for receipt in others for blob in receipt.blobs}
    for digest in {blob.sha256 for blob in gone.blobs} - kept:
        for other in kept:
            delta = landing.delta_path(other)
            if delta.exists() and body_delta.base_of(delta.read_bytes()) == digest:
                write_whole(landing.blob_path(other), landing.body(other).read_bytes())
                delta.unlink()
        restored = landing.folder / "incoming" / "restored" / digest
        for path in (landing.blob_path(digest), landing.delta_path(digest), restored):
            path.unlink(missing_ok=True)


def _remove_folder(folder: Path) -> None:
    for path in sorted(folder.iterdir(), key=lambda p: (p.name == "table.parquet", p.name)):
        path.unlink()
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
