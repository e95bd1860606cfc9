"""What a new release changed: cell by cell against the release it replaces.

Here: the small Parquet file beside the release, made once, which the gates read too. Not here: which release it is compared
with (predecessor.py), comparing (differences.py), or whether a change is acceptable (gates.py). The file can always be
made again from the two releases, so it is a cache of landing.

A cell is a place in the table (area, period and series). A place that a file leaves empty is no cell: a figure that
turns up there is `added`, one that goes away is `removed`. A marker (hidden, missing) is a cell with a status and no value,
so that `:` to 34 is `changed`. Cells of a year that the release before did not have at all are counted, not listed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from sources.dataset.spec import DatasetSpec
from sources.files import write_whole
from sources.landing.differences import compare_observations
from sources.landing.intake import ensure_rows
from sources.landing.observation import KEY, write_parquet, years_of
from sources.landing.predecessor import predecessors
from sources.landing.store import Landing, Receipt
from sources.landing.text_codes import distinct, key_numbers, used_labels
from sources.vocabulary import year_spans


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
        """One line for whoever looks at the dataset in the UI, in Norwegian."""
        if self.before is None:
            return "første utgave i sitt slag"
        parts = []
        for kind, word in {"changed": "endret", "added": "lagt til", "removed": "fjernet"}.items():
            cells = sum(c.cells for c in self.counts if c.change_kind == kind and not c.is_new_year)
            if cells:
                parts.append(f"{cells} celler {word}")
        years = sorted({c.year for c in self.counts if not c.is_new_year})
        new = sorted({c.year for c in self.counts if c.is_new_year})
        text = ", ".join(parts) + (f" i {year_spans(years)}" if years else "") if parts else "ingen celle er endret"
        return text + (f"; nytt: {year_spans(new)}" if new else "")


def summarise(cells: pa.Table, years_before: Iterable[int]) -> tuple[pa.Table, list[YearCount]]:
    """Split a comparison into listed cells and counts per year, measure, unit and kind (all cells are counted)."""
    known, years = set(years_before), years_of(cells)
    names = ["measure", "unit", "change_kind"]
    first, which = distinct(*key_numbers(cells, [*names, "period_start"]))
    counted: Counter[tuple[int, str, str, str]] = Counter()
    rows = cells.select(names).take(pa.array(first)).to_pylist()
    for row, year, count in zip(rows, years[first], np.bincount(which, minlength=len(first)), strict=True):
        counted[(int(year), row["measure"], row["unit"], row["change_kind"])] += int(count)
    counts = [
        YearCount(year=year, measure=measure, unit=unit, change_kind=kind, cells=count, is_new_year=year not in known)
        for (year, measure, unit, kind), count in sorted(counted.items())
    ]
    return cells.filter(pa.array(np.isin(years, list(known)))), counts


def ensure_revision(
    landing: Landing, spec: DatasetSpec, receipt: Receipt, older: Sequence[Receipt] | None = None
) -> RevisionFacts | None:
    """The comparison of a release with the one it replaces, made when it is missing or outdated.

    ``older``: the releases of the dataset before this one, oldest first, where they are known: read anew for each release
    they cost the square of the releases. None for reference tables and for releases that cannot be read under today's spec.
    """
    facts = landing.reading(spec.dataset_id, receipt.release_id)
    if spec.shape != "observation" or facts is None:
        return None
    before = predecessors(landing, receipt, facts, older).same_form
    kept = read_revision(landing, receipt)
    if kept and kept.before == (before.release_id if before else None) and kept.spec_version == spec.version:
        return kept
    return write_revision(landing, spec, receipt, before)[0]


def write_revision(
    landing: Landing, spec: DatasetSpec, receipt: Receipt, before: Receipt | None
) -> tuple[RevisionFacts, pa.Table | None]:
    """Compare a release with the one it replaces and keep the outcome; also every cell that differs, for the gates.

    The Parquet is written first and the summary last, so that a summary without its cells cannot exist.
    """
    cells, made = None, RevisionFacts(spec_version=spec.version)
    if before is not None:
        cells, years = _compare(spec, ensure_rows(landing, spec, receipt), ensure_rows(landing, spec, before))
        listed, counts = summarise(cells, years)
        write_parquet(listed, revision_path(landing, receipt), plain_texts=True)
        made = RevisionFacts(before=before.release_id, spec_version=spec.version, counts=counts)
    _write_facts(landing, receipt, made)
    return made, cells


def read_revision(landing: Landing, receipt: Receipt) -> RevisionFacts | None:
    """The summary beside a release, or None when it was never compared."""
    path = landing.release_folder(receipt.dataset_id, receipt.release_id) / "revision.json"
    return RevisionFacts.model_validate_json(path.read_bytes()) if path.exists() else None


def revision_path(landing: Landing, receipt: Receipt) -> Path:
    """Where the listed cells of a release lie (only for releases that replace another)."""
    return landing.release_folder(receipt.dataset_id, receipt.release_id) / "revision.parquet"


def _compare(spec: DatasetSpec, path: Path, path_before: Path) -> tuple[pa.Table, list[int]]:
    """Every cell that differs, and the years that the release before had."""
    after, before = (pq.read_table(p, columns=[*KEY, "value", "value_status"]) for p in (path, path_before))
    levels = used_labels(before["region_level"]) & used_labels(after["region_level"])
    if spec.accumulates:
        # each file holds months of its own: only months that both hold can have been revised
        before = before.filter(pc.is_in(before["period_start"], value_set=pc.unique(after["period_start"])))
    years = pc.unique(pc.year(before["period_start"])).to_pylist()
    return compare_observations(before, after, levels=levels), years


def _write_facts(landing: Landing, receipt: Receipt, facts: RevisionFacts) -> None:
    path = landing.release_folder(receipt.dataset_id, receipt.release_id) / "revision.json"
    write_whole(path, facts.model_dump_json(indent=1))
