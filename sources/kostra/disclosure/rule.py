"""The disclosure rule of the private aggregates: what is sensitive, how the cells add up, what an attacker knows.

Here: the written rule (docs/privacy.md) in code. Not here: the linear algebra (audit.py, protect.py) or reading files.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from sources.kostra.aggregates import ALL, UNALLOCATED, YEAR, Cell, CellTable, Row
from sources.kostra.disclosure.problem import Problem, Terms
from sources.kostra.disclosure.protect import protect
from sources.kostra.threshold import DEFAULT_THRESHOLD

DOMINANCE_SHARE = 0.10
"""p per cent rule: an amount is sensitive when all but the two largest contributions are under p of the largest."""

COUNTS = ("recipients", "person_months", "settled")
Status = dict[tuple[str, Row], str]


@dataclass(repr=False)
class Controlled:
    """What may be shown: the table and, for each measure and row, ``ok`` or ``suppressed``."""

    table: CellTable
    status: Status

    def __repr__(self) -> str:
        return f"<Controlled {self.table.attachment} {self.table.year}>"


def control(table: CellTable, threshold: int = DEFAULT_THRESHOLD) -> Controlled | None:
    """Hide what must be hidden. None = nothing of this table may be shown: too few recipients in all.

    Kroner are hidden wherever the recipients are: the amount would tell about how many they were.
    """
    if table.cells["recipients"][Row(YEAR, ALL)].value < threshold:
        return None
    status: Status = {}
    counts = _Builder(table, [m for m in COUNTS if m in table.cells], threshold)
    hidden = protect(counts.problem())
    if hidden is None:
        return None
    counts.note(hidden, status)
    uncounted = {row for (measure, row), state in status.items() if measure == "recipients" and state == "suppressed"}
    for measure in table.amounts:
        builder = _Builder(table, [measure], threshold)
        along = np.array([row in uncounted and cell.value > 0 for (_, row), cell in builder.cells.items()])
        hidden = protect(builder.problem(), along)
        if hidden is None:
            return None
        builder.note(hidden, status)
    return Controlled(table, status)


def is_sensitive(measure: str, cell: Cell, threshold: int) -> bool:
    """The primary rule: 1 to threshold-1 persons behind the figure, or an amount that one or two persons dominate."""
    if 0 < cell.contributors < threshold:
        return True
    if measure in COUNTS or cell.contributors == 0:
        return False
    return cell.value - cell.largest - cell.second < DOMINANCE_SHARE * cell.largest


class _Builder:
    """The problem of measures that are linked: all counts together, or one kind of amount."""

    def __init__(self, table: CellTable, measures: list[str], threshold: int) -> None:
        self.table = table
        self.threshold = threshold
        self.cells = {(measure, row): cell for measure in measures for row, cell in table.cells[measure].items()}
        self.index = {key: number for number, key in enumerate(self.cells)}

    def note(self, hidden: np.ndarray, status: Status) -> None:
        for number, key in enumerate(self.cells):
            status[key] = "suppressed" if hidden[number] else "ok"

    def problem(self) -> Problem:
        values = np.array([cell.value for cell in self.cells.values()], dtype=float)
        equations = self._group_sums() + self._code_sums() + self._month_sums()
        is_count = np.array([measure in ("recipients", "settled") for measure, _ in self.cells])
        low, high = np.minimum(1, values), np.full(len(values), self.threshold - 1.0)
        return Problem(
            values=values,
            primary=np.array(
                [is_sensitive(measure, cell, self.threshold) for (measure, _), cell in self.cells.items()]
            ),
            known=self._known(values, equations),
            need_low=np.where(is_count, low, (1 - DOMINANCE_SHARE) * values),
            need_high=np.where(is_count, high, (1 + DOMINANCE_SHARE) * values),
            cost=np.array([_cost(measure, row) for measure, row in self.cells]),
            pinned_share=0.0 if is_count.any() else DOMINANCE_SHARE,
            equations=equations,
            inequalities=self._limits(),
        )

    def _known(self, values: np.ndarray, equations: list[Terms]) -> np.ndarray:
        """What is public, and the parts of a public total of zero: they are zero."""
        known = np.array([self._is_public(measure, row) for measure, row in self.cells])
        for *parts, (total, _) in equations:
            if known[total] and values[total] == 0:
                known[[cell for cell, _ in parts]] = True
        return known

    def _is_public(self, measure: str, row: Row) -> bool:
        """SSB publishes the municipality's totals of the year (13995): recipients, amounts, duration, and by kind.

        The attacker is taken to know every figure for all recipients in the year exactly. SSB hides the very small
        ones, but they could follow from the rest, so no protection is built on them.
        """
        return measure != "settled" and row.group == ALL and row.period == YEAR

    def _group_sums(self) -> list[Terms]:
        """The groups add up to all, in every period and breakdown that has all."""
        parts: dict[tuple, list[int]] = defaultdict(list)
        for (measure, row), number in self.index.items():
            if row.group != ALL:
                parts[measure, row.period, row.breakdown, row.code].append(number)
        whole = {(m, r.period, r.breakdown, r.code): n for (m, r), n in self.index.items() if r.group == ALL}
        return [_sums_to(parts[key], total) for key, total in whole.items()]

    def _code_sums(self) -> list[Terms]:
        """The codes of a breakdown add up to the group's year."""
        parts: dict[tuple, list[int]] = defaultdict(list)
        for (measure, row), number in self.index.items():
            if row.breakdown != "none":
                parts[measure, row.group, row.breakdown].append(number)
        found = []
        for (measure, group, _), numbers in parts.items():
            total = self.index.get((measure, Row(YEAR, group)))
            if total is not None:
                found.append(_sums_to(numbers, total))
        return found

    def _month_sums(self) -> list[Terms]:
        """Amounts: months and what is not split add up to the year. Counts: recipients by month add up to months of
        benefit."""
        found = []
        for (measure, row), number in self.index.items():
            if row.period != YEAR or row.breakdown != "none" or measure in ("recipients", "settled"):
                continue
            part = "recipients" if measure == "person_months" else measure
            rows = [Row(period, row.group) for period in range(1, UNALLOCATED + 1)]
            numbers = [self.index[part, month] for month in rows if (part, month) in self.index]
            if numbers:
                found.append(_sums_to(numbers, number))
        return found

    def _limits(self) -> list[Terms]:
        """Common knowledge: a month's recipients are among the year's, who have 1 to 12 months; a cohort holds its
        recipients."""
        found: list[Terms] = []
        for (measure, row), number in self.index.items():
            if measure != "recipients":
                continue
            whole = self.index[measure, Row(YEAR, row.group)]
            if row.period != YEAR:
                found.append([(number, 1), (whole, -1)])
                continue
            months, cohort = self.index.get(("person_months", row)), self.index.get(("settled", row))
            if months is not None:
                found.append([(months, 1), (number, -12)])
                if self.table.every_recipient_has_a_month:
                    found.append([(number, 1), (months, -1)])
            if cohort is not None and row.breakdown == "settlement_year":
                found.append([(number, 1), (cohort, -1)])
        return found


def _sums_to(parts: list[int], total: int) -> Terms:
    return [*((part, 1.0) for part in parts), (total, -1.0)]


def _cost(measure: str, row: Row) -> float:
    """What a reader loses when a cell is hidden: least with what is not split, most with a group's whole year."""
    if row.period == UNALLOCATED or measure == "person_months":
        return 0
    if row.group == ALL:
        return 5
    if row.breakdown != "none":
        return 1
    return 3 if row.period == YEAR else 2
