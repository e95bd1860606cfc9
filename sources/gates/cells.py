"""The rules of the gates that compare a release with the one before cell by cell.

Here: tenfold jumps, categories that take over each other's figures, figures of an open year that fall. Not here: finding
the cells that differ (differences.py), rules on totals and codes (gates/rules.py), or the limits (spec.gate).
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from sources.dataset.dimensions import DIMENSIONS
from sources.dataset.spec import DatasetSpec
from sources.gates.rules import MOST_REASONS, combinations, figures, with_figure
from sources.landing.observation import years_of
from sources.landing.reasons import Reason, reason
from sources.landing.text_codes import rows_where

JUMP = 10
SMALLEST_JUMPING = 20
"""A cell that goes from 1 to 12 is news, not an error: only cells of at least this size can jump."""

FEWEST_TAKEN_OVER = 20
_SHARE_TAKEN_OVER = 0.9


def judge_cells(
    spec: DatasetSpec, cells: pa.Table, before: pa.Table, open_from: int, reasons: list[Reason], notices: list[Reason]
) -> None:
    """Rules on the cells that differ: tenfold jumps in closed years, and one category with another's figures."""
    years = years_of(cells)
    changed = rows_where(cells, "change_kind", "changed".__eq__)
    reasons += _jumps(spec, cells, changed & (years < open_from))
    for measure, other, year, places in _takeovers(cells, years, before):
        found = reason("taken_over", year=year, other=other, measure=measure, places=places)
        (notices if spec.gate.known_takeovers.get(measure) == other else reasons).append(found)
    notices += _falls(cells, changed & (years >= open_from))


def _jumps(spec: DatasetSpec, cells: pa.Table, closed: np.ndarray) -> list[Reason]:
    """Cells of closed years that moved by a large factor, when they are many."""
    then, now = figures(cells, "value_before"), figures(cells, "value_after")
    closed = closed & (then >= SMALLEST_JUMPING) & ~np.isnan(now)
    ratio = now[closed] / then[closed]
    jumped = int(np.count_nonzero((ratio >= JUMP) | (ratio <= 1 / JUMP)))
    if jumped > spec.gate.max_jump_share * len(ratio) and jumped > 1:
        return [reason("jumped", count=jumped, all=len(ratio), factor=JUMP)]
    return []


def _takeovers(cells: pa.Table, years: np.ndarray, before: pa.Table) -> Iterator[tuple[str, str, int, int]]:
    """(measure, other measure, year, places) where the other now holds the figures the first one held, and it moved on."""
    had = combinations(before, ["measure", "unit"], with_figure(before))
    held = rows_where(cells, "change_kind", "removed".__ne__)
    begun = combinations(cells, ["measure", "unit"], held & ~np.isnan(figures(cells, "value_after"))) - had
    if not begun:
        return  # where no measure began, none can have taken over: the usual case
    units = {unit for _, unit, _ in begun}
    held &= rows_where(cells, "unit", units.__contains__) & np.isin(years, [year for *_, year in begun])
    moved: dict[tuple[str, int, str], dict[tuple, float]] = {}
    fresh: dict[tuple[str, int, str], dict[tuple, float]] = {}
    names = ["region_code", *DIMENSIONS]
    for row in cells.filter(pa.array(held)).to_pylist():
        year, place = row["period_start"].year, tuple(row[n] for n in names)
        key = (row["unit"], year, row["measure"])
        if row["change_kind"] == "changed" and row["value_before"]:
            moved.setdefault(key, {})[place] = row["value_before"]
        elif row["value_after"] and (row["measure"], row["unit"], year) not in had:
            fresh.setdefault(key, {})[place] = row["value_after"]
    for (unit, year, measure), old in sorted(moved.items()):
        for (unit_too, year_too, other), new in sorted(fresh.items()):
            if (unit_too, year_too) != (unit, year):
                continue
            common = set(old) & set(new)
            equal = sum(old[place] == new[place] for place in common)
            if len(common) >= FEWEST_TAKEN_OVER and equal >= _SHARE_TAKEN_OVER * len(common):
                yield measure, other, year, equal


def _falls(cells: pa.Table, recent: np.ndarray) -> list[Reason]:
    """Measures whose revised cells of an open year went down in sum: allowed (requests do), and said."""
    names = ["measure", "unit", "region_level"]
    recent = recent & ~np.isnan(figures(cells, "value_before")) & ~np.isnan(figures(cells, "value_after"))
    rows = cells.select([*names, "period_start", "value_before", "value_after"]).filter(pa.array(recent))
    table = pa.table({name: rows[name].cast(pa.string()) for name in names})
    table = table.append_column("year", pa.array(years_of(rows)))
    for side in ("value_before", "value_after"):
        table = table.append_column(side, rows[side])
    sums = table.group_by([*names, "year"]).aggregate([("value_before", "sum"), ("value_after", "sum")])
    return [
        reason(
            "revised_down",
            measure=r["measure"],
            unit=r["unit"],
            level=r["region_level"],
            year=r["year"],
            before=r["value_before_sum"],
            now=r["value_after_sum"],
        )
        for r in sorted(sums.to_pylist(), key=lambda r: (r["year"], r["measure"], r["region_level"]))
        if r["value_after_sum"] < r["value_before_sum"] and r["unit"] != "percent"
    ][:MOST_REASONS]
