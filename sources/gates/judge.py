"""Gates: whether a readable release may be taken into use without a person looking.

Here: which rules are asked for a release, and what they are asked about. Not here: the rules (gates/rules.py,
gates/cells.py, expectations.py), what a release stands against (predecessor.py), or reading. The limits stand in each
spec (`gate`). A held release loses nothing: it lies in landing, and the last good one stays in use.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sources.dataset.spec import DatasetSpec
from sources.gates import rules
from sources.gates.cells import judge_cells
from sources.gates.expectations import Use, below_expected, lost_uses, partly_covered, unserved
from sources.landing.observation import KEY
from sources.landing.reasons import Reason
from sources.landing.store import ReadingFacts


@dataclass(frozen=True)
class Snapshot:
    """A release as the gates see it: what was read, the rows, when it came, and whether its figures are invented."""

    facts: ReadingFacts
    path: Path
    retrieved_at: datetime | None = None
    is_demo: bool = False

    @cached_property
    def table(self) -> pa.Table:
        """The observations with key, series number, value and status."""
        table = pq.read_table(self.path, columns=[*KEY, "series_number", "value", "value_status"])
        at = table.column_names.index("period_start")
        return table.set_column(at, "period_start", table["period_start"].dictionary_encode())


@dataclass
class Judgement:
    """Reasons hold a release; notices let it through and are shown beside it. ``unserved``: indicators without a figure."""

    reasons: list[Reason] = field(default_factory=list)
    notices: list[Reason] = field(default_factory=list)
    unserved: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Pair:
    """A release and the one of its own form that it would replace, with every cell that differs between them."""

    before: Snapshot
    cells: pa.Table


def judge(
    spec: DatasetSpec, now: Snapshot, pair: Pair | None, other_form: Snapshot | None, uses: Sequence[Use] = ()
) -> Judgement:
    """Put a release through the gates.

    ``pair`` and ``other_form`` are what the release stands against (predecessor.py): cells are compared within one
    form, years and totals across forms, and the indicators that take from the dataset (``uses``) with both. A release
    without either is held against what its spec expects of a whole file.
    """
    befores = [snapshot for snapshot in (pair.before if pair else None, other_form) if snapshot is not None]
    if spec.shape == "table":
        return Judgement(rules.lost_table_rows(spec, now.facts, befores[-1].facts if befores else None))
    found = Judgement(
        rules.mostly_hidden(spec, now.table)
        + rules.below_zero(spec, now.table)
        + rules.above_whole(spec, now.table)
        + rules.under_two_codes(spec, now.table),
        notices=partly_covered(now.facts),
    )
    reasons, notices = rules.contradicted_zeros(spec, now.table)
    found.reasons += reasons
    found.notices += notices
    if not befores and not now.is_demo:
        found.reasons += below_expected(spec, now.table, now.facts)
    lacking = unserved(now.table, uses)
    found.unserved = sorted(lacking)
    for before in befores:
        found.reasons += rules.totals_that_moved(spec, now.table, before.table, first_open_year(before))
        if not spec.accumulates:
            found.reasons += rules.lost_years(spec, now.table, before.table)
            found.reasons += lost_uses(lacking, unserved(before.table, uses), uses)
    if pair and not spec.accumulates:
        _judge_pair(spec, now, pair, found)
    found.reasons = list({one.en: one for one in found.reasons}.values())
    return found


def _judge_pair(spec: DatasetSpec, now: Snapshot, pair: Pair, found: Judgement) -> None:
    before = pair.before
    found.reasons += rules.shrunk(spec, now.facts, before.facts)
    found.reasons += rules.lost_measures(spec, now.table, before.table)
    found.reasons += rules.lost_codes(spec, now.table, before.table)
    found.reasons += rules.lost_counties(now.table, before.table)
    found.reasons += rules.more_hidden(spec, now.table, before.table)
    found.notices += rules.levels_left(now.facts, before.facts)
    found.notices += rules.lost_places(now.table, before.table)
    judge_cells(spec, pair.cells, before.table, first_open_year(before), found.reasons, found.notices)


def first_open_year(before: Snapshot) -> int:
    """The first year that was still open when the release before was made: its last one, or the year it came in.

    IMDi revises the running year in place all through it, and its file may already hold requests for the next one.
    """
    last = max(before.facts.years, default=0)
    return min(last, before.retrieved_at.year) if before.retrieved_at else last
