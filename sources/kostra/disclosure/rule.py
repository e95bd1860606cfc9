"""The disclosure rule of the private aggregates: what is sensitive, how the cells add up, what an attacker knows.

Here: the written rule (docs/privacy.md) in code. Not here: the linear algebra (audit.py, protect.py), what was published
before (published.py) or reading files.
"""

from dataclasses import dataclass

import numpy as np

from sources.kostra.aggregates import ALL, UNALLOCATED, YEAR, Cell, CellTable, Row
from sources.kostra.disclosure.problem import Problem, Union
from sources.kostra.disclosure.protect import protect
from sources.kostra.disclosure.published import NOTHING, Neighbour, Published, joined
from sources.kostra.disclosure.relations import Sum, limits, nested, sums
from sources.kostra.threshold import DEFAULT_THRESHOLD

DOMINANCE_SHARE = 0.10
"""p per cent rule: an amount is sensitive when all but the two largest contributions are under p of the largest."""

COUNTS = ("recipients", "person_months", "settled")
QUARTERS = (range(1, 4), range(4, 7), range(7, 10), range(10, 13))
Status = dict[tuple[str, Row], str]


@dataclass(repr=False)
class Controlled:
    """What may be shown: the table and, for each measure and row, ``ok`` or ``suppressed``."""

    table: CellTable
    status: Status

    def __repr__(self) -> str:
        return f"<Controlled {self.table.attachment} {self.table.year}>"


def control(table: CellTable, threshold: int = DEFAULT_THRESHOLD, published: Published = NOTHING) -> Controlled | None:
    """Hide what must be hidden. None = nothing of this table may be shown: too few recipients in all.

    Where the recipients are hidden, so are their months and kroner: they would tell about how many they were. Where
    recipients are shown as none, everything else of the row is known to be none. ``published``: figures that were shown
    before; of this very year only what is equal to them may be shown again (see published.py).
    """
    if table.cells["recipients"][Row(YEAR, ALL)].value < threshold:
        return None
    status: Status = {}
    counts = _Builder(table, [m for m in COUNTS if m in table.cells], threshold)
    hidden = protect(counts.problem(neighbours=published.neighbours), counts.changed(published))
    if hidden is None:
        return None
    counts.note(hidden, status)
    for measure in table.amounts:
        builder = _Builder(table, [measure], threshold)
        from_start = builder.changed(published) | builder.beside_hidden_recipients(status)
        hidden = protect(builder.problem(status), from_start)
        if hidden is None:
            return None
        builder.note(hidden, status)
    return Controlled(table, status)


def is_public(measure: str, row: Row) -> bool:
    """SSB publishes the municipality's totals of the year (13995): recipients, amounts, duration, and by kind.

    The attacker is taken to know every figure for all recipients in the year exactly. SSB hides the very small
    ones, but they could follow from the rest, so no protection is built on them.
    """
    return measure != "settled" and row.group == ALL and row.period == YEAR


def is_sensitive(measure: str, cell: Cell, threshold: int) -> bool:
    """The primary rule: 1 to threshold-1 persons behind the figure, or an amount that one or two persons dominate."""
    if 0 < cell.contributors < threshold:
        return True
    if measure in COUNTS or cell.contributors == 0:
        return False
    return _is_dominated(cell.value, cell.largest, cell.second)


def _is_dominated(value: float, largest: float, second: float) -> bool:
    return value - largest - second < DOMINANCE_SHARE * largest


class _Builder:
    """The problem of measures that are linked: all counts together, or one kind of amount."""

    def __init__(self, table: CellTable, measures: list[str], threshold: int) -> None:
        self.table = table
        self.threshold = threshold
        self.is_amount = measures[0] in table.amounts
        self.cells = {(measure, row): cell for measure in measures for row, cell in table.cells[measure].items()}
        self.rows = [row for _, row in self.cells]
        self.in_order = list(self.cells.values())
        self.index = {key: number for number, key in enumerate(self.cells)}

    def note(self, hidden: np.ndarray, status: Status) -> None:
        for number, key in enumerate(self.cells):
            status[key] = "suppressed" if hidden[number] else "ok"

    def changed(self, published: Published) -> np.ndarray:
        """Cells that an earlier edition of this year did not show, or showed with another figure."""
        return np.array([published.differs(key, cell.value) for key, cell in self.cells.items()])

    def beside_hidden_recipients(self, status: Status) -> np.ndarray:
        """Amounts whose recipients are hidden. A zero that a total of zero gives away is no secret (nobody of the group
        has it), unless the total's own recipients are hidden."""

        def follows(measure: str, row: Row) -> bool:
            totals = (Row(YEAR, row.group), Row(row.period, ALL, row.breakdown, row.code))
            cells = self.table.cells[measure]
            return any(
                total != row and total in cells and cells[total].value == 0 and not _is_hidden(status, total)
                for total in totals
            )

        return np.array([_is_hidden(status, row) and not follows(measure, row) for measure, row in self.cells])

    def problem(self, status: Status | None = None, neighbours: tuple[Neighbour, ...] = ()) -> Problem:
        values = np.array([cell.value for cell in self.cells.values()], dtype=float)
        found = sums(self.index)
        low, high = np.minimum(1, values), np.full(len(values), self.threshold - 1.0)
        is_person = np.array([measure in ("recipients", "settled") for measure, _ in self.cells])
        problem = Problem(
            values=values,
            primary=np.array([is_sensitive(m, cell, self.threshold) for (m, _), cell in self.cells.items()]),
            known=self._known(status or {}),
            need_low=np.where(is_person, low, (1 - DOMINANCE_SHARE) * values),
            need_high=np.where(is_person, high, (1 + DOMINANCE_SHARE) * values),
            cost=np.array([_cost(measure, row) for measure, row in self.cells], dtype=float),
            pinned_share=DOMINANCE_SHARE if self.is_amount else 0.0,
            equations=[one.terms for one in found],
            inequalities=limits(self.index, a_month_each=self.table.every_recipient_has_a_month),
            unions=[_union(one) for one in [*found, *nested(found)]],
            is_safe_union=self._is_safe_union,
            is_about_enough=lambda cells: self._persons_at_least(cells) >= self.threshold,
            along=self._along(),
        )
        if self.is_amount:
            return self._with_quarters(problem).with_known_zeros()
        return joined(problem.with_known_zeros(), self.index, neighbours, self.threshold)

    def _is_safe_union(self, cells: np.ndarray, overlapping: bool) -> bool:
        """Whether the sum of cells may be known: nobody, or enough persons with none that dominates. Of parts that may
        hold the same person the least persons and the largest contributions that can be are taken."""
        of = [self.in_order[cell] for cell in cells]
        if not any(cell.value for cell in of):
            return True
        if self._persons_at_least(cells) < self.threshold:
            return False
        if not self.is_amount:
            return True
        if overlapping:
            largest, second = sum(cell.largest for cell in of), sum(cell.second for cell in of)
        else:
            largest, second = sorted((c for cell in of for c in (cell.largest, cell.second)), reverse=True)[:2]
        return not _is_dominated(sum(cell.value for cell in of), largest, second)

    def _persons_at_least(self, cells: np.ndarray) -> int:
        """Groups and codes of a breakdown hold different persons; months and breakdowns of a group may hold the same."""
        behind: dict[str, dict[tuple[int, str], int]] = {}
        for cell in cells:
            row = self.rows[cell]
            of_group = behind.setdefault(row.group, {})
            part = (row.period, row.breakdown)
            of_group[part] = of_group.get(part, 0) + self.in_order[cell].contributors
        by_group = {group: max(parts.values()) for group, parts in behind.items()}
        return max(by_group.pop(ALL, 0), sum(by_group.values()))

    def _along(self) -> dict[int, list[int]]:
        """Months are hidden with their recipients."""
        months = ((number, ("person_months", row)) for (m, row), number in self.index.items() if m == "recipients")
        return {number: [self.index[key]] for number, key in months if key in self.index}

    def _known(self, status: Status) -> np.ndarray:
        """What is public, and amounts of recipients that are shown as none."""
        nobody = {row for (m, row), state in status.items() if m == "recipients" and state == "ok"}
        nobody = {row for row in nobody if self.table.cells["recipients"][row].value == 0}
        return np.array([is_public(measure, row) or row in nobody for measure, row in self.cells])

    def _with_quarters(self, problem: Problem) -> Problem:
        """The accounts by quarter tell what all recipients were paid in three months, whoever has them.

        What the file does not split by month is paid in some quarter too: nobody knows which.
        """
        measure = next(iter(self.cells))[0]
        rest = self.index.get((measure, Row(UNALLOCATED, ALL)))
        if rest is None:
            return problem
        paid, spread = problem.values, problem.values[rest] / len(QUARTERS)
        first, equations, unions = len(problem), [], []
        values: list[float] = []
        for months in QUARTERS:
            parts = [self.index[measure, Row(month, ALL)] for month in months]
            loose, total = first + len(values), first + len(values) + 1
            values += [spread, paid[parts].sum() + spread]
            equations.append([*((part, 1.0) for part in (*parts, loose)), (total, -1.0)])
            if spread == 0:
                unions.append(Union(np.array([*parts, total]), overlapping=True))
        equations.append([*((loose, 1.0) for loose in range(first, first + len(values), 2)), (rest, -1.0)])
        known = np.tile([spread == 0, True], len(QUARTERS))
        if spread == 0:
            problem.known[[n for (_, row), n in self.index.items() if row.period == UNALLOCATED]] = True
        return problem.followed_by(np.array(values), known, equations=equations, unions=unions)


def _union(one: Sum) -> Union:
    return Union(np.array([cell for cell, _ in one.terms]), one.overlapping)


def _is_hidden(status: Status, row: Row) -> bool:
    return status.get(("recipients", row)) == "suppressed"


def _cost(measure: str, row: Row) -> float:
    """What a reader loses when a cell is hidden: least with what is not split, most with a group's whole year."""
    if row.period == UNALLOCATED or measure == "person_months":
        return 0
    if row.group == ALL:
        return 5
    if row.breakdown != "none":
        return 1
    return 3 if row.period == YEAR else 2
