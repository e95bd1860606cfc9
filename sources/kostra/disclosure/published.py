"""What an outsider has already: earlier editions of the same year, and the years before and after it.

Here: what of it binds a new table. Not here: where editions are kept (release.py), or hiding (protect.py).

Editions of one year. No lines are kept, so nobody can say how many persons are behind a difference between two editions:
one person added shows age, children, cohort, months and kroner. Hence a new edition shows a figure only where every
earlier one shows the same. Then the earlier table fits all that the new one shows, and the new one tells nothing more.
A change in a figure that is public anyway cannot be hidden so: that edition waits (``changed_totals``).

Years. A settlement cohort cannot grow from one year to the next, apart from movers, so figures of one year bound those of
another. The neighbour's hidden cells join the problem as unknowns that the new year must not narrow.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog

from sources.kostra.aggregates import UNALLOCATED, YEAR, CellTable, Row
from sources.kostra.disclosure.problem import Problem, Terms
from sources.kostra.disclosure.relations import Index, limits, shrinking_cohorts, sums
from sources.kostra.shape import MEASURES

Key = tuple[str, Row]
Figures = dict[Key, int | None]
"""Every cell of a published table; None = hidden."""


@dataclass(frozen=True)
class Neighbour:
    """The figures of a year beside this one. ``is_older``: of the year before it."""

    figures: Figures
    is_older: bool


@dataclass(frozen=True)
class Published:
    """Earlier editions of the table's own year, and its neighbours."""

    editions: tuple[Figures, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()

    def differs(self, key: Key, value: int) -> bool:
        """Whether any edition hides the cell or shows another figure."""
        return any(figures.get(key) != value for figures in self.editions)

    def changed_totals(self, table: CellTable, is_public: Any) -> bool:
        """Whether a figure that is public anyway was shown with another value."""
        return any(
            figures.get((measure, row), cell.value) not in (cell.value, None)
            for figures in self.editions
            for measure, cells in table.cells.items()
            for row, cell in cells.items()
            if is_public(measure, row)
        )


NOTHING = Published()


def published_before(attachment: str, year: int, municipality: str, editions: list[list[dict[str, Any]]]) -> Published:
    """What the landed editions (oldest first) show that binds a table of this attachment and year."""
    of_year: dict[int, list[Figures]] = {}
    for rows in editions:
        mine = [row for row in rows if row["municipality_code"] == municipality]
        for there in {row["year"] for row in mine}:
            of_year.setdefault(there, []).append(_figures(attachment, [row for row in mine if row["year"] == there]))
    beside = [(year - 1, True), (year + 1, False)]
    neighbours = [Neighbour(_all_shown(of_year[there]), is_older) for there, is_older in beside if there in of_year]
    return Published(tuple(of_year.get(year, [])), tuple(neighbours))


def _all_shown(editions: list[Figures]) -> Figures:
    """What is known of a year from all its editions: a later one shows nothing that an earlier one did not, but hides
    some of it."""
    known: Figures = {}
    for figures in editions:
        known |= {key: figure for key, figure in figures.items() if known.get(key) is None}
    return known


def _figures(attachment: str, rows: list[dict[str, Any]]) -> Figures:
    found: Figures = {}
    for row in rows:
        kind = row["period_kind"]
        period = {"year": YEAR, "not_split": UNALLOCATED}.get(kind) if kind != "month" else int(row["period"][5:])
        where = Row(period or YEAR, row["group_code"], row["breakdown"], row["breakdown_code"])
        for measure, (value, status) in MEASURES[attachment].items():
            if row[status] != "not_applicable":
                found[measure, where] = row[value] if row[status] == "ok" else None
    return found


@dataclass
class _Joined:
    """The cells of neighbours behind our own: their index, figures, and the relations they stand in."""

    size: int
    figures: list[int | None] = field(default_factory=list)
    audited: list[bool] = field(default_factory=list)
    equations: list[Terms] = field(default_factory=list)
    inequalities: list[Terms] = field(default_factory=list)

    def add(self, neighbour: Neighbour, ours: Index) -> None:
        wanted = ("recipients", "person_months", "settled")
        theirs: Index = {}
        for key, figure in neighbour.figures.items():
            if key[0] in wanted:
                theirs[key] = self.size + len(self.figures)
                self.figures.append(figure)
                self.audited.append(figure is None and key[1].breakdown == "settlement_year" and key[0] != wanted[1])
        self.equations += [one.terms for one in sums(theirs)]
        self.inequalities += limits(theirs, a_month_each=True)
        self.inequalities += shrinking_cohorts(ours, theirs) if neighbour.is_older else shrinking_cohorts(theirs, ours)


def joined(problem: Problem, ours: Index, neighbours: tuple[Neighbour, ...], threshold: int) -> Problem:
    """The problem with the cells of the neighbours: shown ones known, hidden ones unknown at any values that fit.

    A neighbour that no values fit (persons who moved in made a cohort grow) binds nothing.
    """
    for neighbour in neighbours:
        if not any(measure == "settled" for measure, _ in neighbour.figures):
            continue
        more = _Joined(len(problem))
        more.add(neighbour, ours)
        theirs = _fitting_values(problem, more)
        if theirs is not None:
            shown = np.array([figure is not None for figure in more.figures])
            problem = problem.followed_by(
                theirs,
                shown,
                primary=np.array(more.audited),
                need_low=np.minimum(1, theirs),
                need_high=np.full(len(theirs), threshold - 1.0),
                equations=more.equations,
                inequalities=more.inequalities,
            )
    return problem


def _fitting_values(problem: Problem, joined: _Joined) -> np.ndarray | None:
    """Values of the neighbour's cells that fit its shown figures and our true ones; None = there are none."""
    size, more = joined.size, len(joined.figures)
    whole = Problem.matrix_of(joined.equations, size + more), Problem.matrix_of(joined.inequalities, size + more)
    (equal, less), own = whole, problem.values
    bounds = [(0, None) if figure is None else (figure, figure) for figure in joined.figures]
    answer = linprog(
        np.zeros(more),
        A_eq=equal[:, size:],
        b_eq=-(equal[:, :size] @ own),
        A_ub=less[:, size:],
        b_ub=-(less[:, :size] @ own),
        bounds=bounds,
        method="highs-ipm",
        options={"presolve": True},
    )
    return np.maximum(answer.x, 0) if answer.status == 0 else None
