"""Gates: whether a readable release may be taken into use without a person looking.

Here: which rules are asked for a release, and what they are asked about. Not here: the rules (gate_rules.py,
gate_cells.py), reading, or choosing among accepted releases. The limits stand in each spec (`gate`). A held release loses
nothing: it lies in landing, and the last good one stays in use.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sources import gate_rules as rules
from sources.gate_cells import judge_cells
from sources.landing import ReadingFacts
from sources.observation import KEY
from sources.spec import DatasetSpec


@dataclass(frozen=True)
class Snapshot:
    """A release as the gates see it: what was read, the rows, the form of its file, and when and how it came."""

    facts: ReadingFacts
    path: Path
    form: str = ""
    retrieved_at: datetime | None = None
    is_fetched: bool = False

    @cached_property
    def own(self) -> pa.Table:
        """The observations with what the rules need that look at one release alone: a third of the columns."""
        return pq.read_table(self.path, columns=rules.OWN_COLUMNS)

    @cached_property
    def table(self) -> pa.Table:
        """The observations with key, value and status."""
        return pq.read_table(self.path, columns=[*KEY, "value", "value_status"])


@dataclass
class Judgement:
    """Reasons hold a release; notices let it through and are shown beside it."""

    reasons: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def judge(spec: DatasetSpec, now: Snapshot, before: Snapshot | None) -> Judgement:
    """Put a release through the gates.

    ``before`` is the release in use for the same slices (None for the first). A release that covers fewer regions by
    nature (a partial download) is judged only by itself, since it replaces nothing that covers all. Rules that compare
    cells need two files of one form; totals are compared across forms.
    """
    if spec.shape == "table":
        return Judgement(rules.lost_table_rows(spec, now.facts, before.facts if before else None))
    found = Judgement(
        rules.mostly_hidden(spec, now.own)
        + rules.below_zero(spec, now.own)
        + rules.above_whole(spec, now.own)
        + rules.under_two_codes(spec, now.own)
    )
    if before is None or not _is_comparable(now, before):
        return found
    open_from = first_open_year(before)
    found.reasons += rules.totals_that_moved(spec, now.table, before.table, open_from)
    if spec.accumulates or now.form != before.form:
        return found
    found.reasons += rules.shrunk(spec, now.facts, before.facts)
    found.reasons += rules.lost_measures(now.table, before.table)
    found.reasons += rules.lost_codes(spec, now.table, before.table)
    found.reasons += rules.lost_counties(now.table, before.table)
    found.reasons += rules.more_hidden(spec, now.table, before.table)
    found.notices += rules.lost_places(now.table, before.table)
    judge_cells(spec, now.table, before.table, open_from, found.reasons, found.notices)
    return found


def first_open_year(before: Snapshot) -> int:
    """The first year that was still open when the release before was made: its last one, or the year it came in.

    IMDi revises the running year in place all through it, and its file may already hold requests for the next one.
    """
    last = max(before.facts.years, default=0)
    return min(last, before.retrieved_at.year) if before.retrieved_at else last


def _is_comparable(now: Snapshot, before: Snapshot) -> bool:
    """Whether the two cover the same extent: a file of some regions says nothing about one of all, nor the reverse.

    Two fetches asked upstream the same question, so there a smaller extent is a fault.
    """
    facts, facts_before = now.facts, before.facts
    common = set(facts.slices) & set(facts_before.slices)
    same = all(facts.slices[name].is_full == facts_before.slices[name].is_full for name in common)
    return bool(common) and (same or (now.is_fetched and before.is_fetched))
