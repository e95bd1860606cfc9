"""Gates: whether a readable release may be taken into use without a person looking.

Here: what a release is compared with and when it is held. Not here: reading it, or choosing among accepted releases.
The limits stand in each spec (`gate`). A held release loses nothing: it lies in landing, and the last good one stays.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from sources.landing import ReadingFacts
from sources.spec import DatasetSpec


def reasons_to_hold(
    spec: DatasetSpec, facts: ReadingFacts, path: Path, before: ReadingFacts | None, path_before: Path | None
) -> list[str]:
    """Why a release is held; empty when it may be used.

    ``before`` is the release in use for the same slices (None for the first). A release that covers fewer regions by
    nature (a partial download) is compared only with itself: it replaces nothing that covers all.
    """
    if spec.shape == "table":
        return _table_reasons(spec, facts, before)
    reasons = _hidden_reasons(spec, path)
    if before is None or path_before is None or not _is_same_extent(facts, before):
        return reasons
    if not spec.accumulates:
        reasons += _shrunk_reasons(spec, facts, before)
    reasons += _total_reasons(spec, path, path_before, closed_before=max(before.years, default=0))
    return reasons


def _is_same_extent(facts: ReadingFacts, before: ReadingFacts) -> bool:
    """Whether the two cover the same extent: a partial download says nothing about a whole one, nor the reverse."""
    common = set(facts.slices) & set(before.slices)
    return bool(common) and all(facts.slices[name].is_full == before.slices[name].is_full for name in common)


def _table_reasons(spec: DatasetSpec, facts: ReadingFacts, before: ReadingFacts | None) -> list[str]:
    if before and facts.rows < spec.gate.min_row_ratio * before.rows and spec.source != "klass":
        return [f"rows fell from {before.rows} to {facts.rows} (limit {spec.gate.min_row_ratio:.0%})"]
    return []


def _shrunk_reasons(spec: DatasetSpec, facts: ReadingFacts, before: ReadingFacts) -> list[str]:
    gate, reasons = spec.gate, []
    if facts.rows < gate.min_row_ratio * before.rows:
        reasons.append(f"rows fell from {before.rows} to {facts.rows} (limit {gate.min_row_ratio:.0%})")
    if facts.rows > gate.max_row_ratio * before.rows:
        reasons.append(f"rows rose from {before.rows} to {facts.rows} (limit {gate.max_row_ratio:.0%})")
    lost_years = sorted(set(before.years) - set(facts.years))
    if len(lost_years) > gate.max_lost_years:
        reasons.append(f"years lost: {', '.join(map(str, lost_years))}")
    for name, coverage in before.slices.items():
        if name in facts.slices and coverage.regions:
            lost = 1 - facts.slices[name].regions / coverage.regions
            if lost > gate.max_lost_region_ratio:
                reasons.append(f"{name}: regions fell from {coverage.regions} to {facts.slices[name].regions}")
    return reasons


def _hidden_reasons(spec: DatasetSpec, path: Path) -> list[str]:
    status = pq.read_table(path, columns=["value_status"])["value_status"]
    shown = pc.sum(pc.equal(status.cast("string"), "ok")).as_py() or 0
    hidden = 1 - shown / max(len(status), 1)
    if hidden > spec.gate.max_hidden_share:
        return [f"{hidden:.1%} of the cells hold no figure (limit {spec.gate.max_hidden_share:.0%})"]
    return []


def _total_reasons(spec: DatasetSpec, path: Path, path_before: Path, *, closed_before: int) -> list[str]:
    """Totals per measure, unit and year that jumped: one place under two codes doubles a year.

    The last year of the release before was still running when it was made; it is expected to grow.
    """
    now, then = _totals(path), _totals(path_before)
    limit, reasons = spec.gate.max_total_ratio, []
    for key, total in sorted(now.items()):
        measure, unit, year = key
        if year >= closed_before or key not in then or min(total, then[key]) <= 0:
            continue
        ratio = total / then[key]
        if ratio >= limit or ratio <= 1 / limit:
            reasons.append(f"{measure} ({unit}) {year}: total went from {then[key]:.0f} to {total:.0f}")
    return reasons[:10]


def _totals(path: Path) -> dict[tuple[str, str, int], float]:
    table = pq.read_table(path, columns=["measure", "unit", "period_start", "region_level", "value"])
    table = table.filter(pc.equal(table["region_level"].cast("string"), "municipality"))
    table = table.append_column("year", pc.year(table["period_start"])).drop_columns(["period_start", "region_level"])
    for name in ("measure", "unit"):
        table = table.set_column(table.column_names.index(name), name, table[name].cast("string"))
    sums = table.group_by(["measure", "unit", "year"]).aggregate([("value", "sum")]).to_pylist()
    return {(r["measure"], r["unit"], r["year"]): r["value_sum"] or 0.0 for r in sums if r["unit"] != "percent"}
