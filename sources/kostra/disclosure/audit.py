"""The attack: how far linear programming narrows each hidden cell when everything else is known.

Here: exact bounds of hidden cells from the relations. Not here: the decision what to hide.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from sources.kostra.disclosure.problem import Problem, is_pinned
from sources.kostra.disclosure.unions import TOLERANCE, eliminated, unions_of_few

ORDERS = 10
"""Random orders of elimination beside the two natural ones. More find hardly more (bench/private_attack.py)."""


class Attack:
    """Bounds of the hidden cells of a problem for an attacker who knows the published and the public ones.

    A linear programme is solved only for cells whose protection no earlier solution has shown: every solution is a
    table that fits all that is known, so it widens the seen interval of all its cells at once. ``seen`` is an earlier
    attack with fewer hidden cells: what fitted then fits now.
    """

    def __init__(self, problem: Problem, hidden: np.ndarray, seen: Attack | None = None) -> None:
        self.problem = problem
        self.free = np.flatnonzero(hidden & ~problem.known)
        self.low = (problem.values.astype(float) if seen is None else seen.low).copy()
        self.high = (problem.values.astype(float) if seen is None else seen.high).copy()
        fixed = problem.values.astype(float).copy()
        fixed[self.free] = 0
        self._equal, self._equal_rest = self._reduce(problem.matrix(problem.equations), fixed)
        self._less, self._less_rest = self._reduce(problem.matrix(problem.inequalities), fixed)
        self._component = self._components()
        self._exact: dict[tuple[int, int], float] = {}

    def lower(self, cell: int) -> float:
        """The smallest value the cell can have."""
        return self._solve(cell, 1)

    def upper(self, cell: int) -> float:
        """The largest value the cell can have (infinite when nothing bounds it)."""
        return self._solve(cell, -1)

    def is_exposed(self, cell: int, need_low: float, need_high: float) -> bool:
        """Whether the attack narrows the cell below its needed interval, or pins it (see ``pinned_share``)."""
        problem = self.problem
        value = float(problem.values[cell])

        def fails() -> bool:
            short = problem.primary[cell] and (
                self.low[cell] > need_low + TOLERANCE or self.high[cell] < need_high - TOLERANCE
            )
            return bool(short) or is_pinned(value, self.low[cell], self.high[cell], problem.pinned_share)

        for bound in (self.upper, self.lower):
            if not fails():
                return False
            bound(cell)
        return fails()

    def unions(self) -> list[np.ndarray]:
        """Sets of hidden cells whose sum follows exactly from what is shown: all that are about few persons, and of larger
        ones (a large payment may stand out in them) those that elimination in several orders gives as a row."""
        ours = self.free < (self.problem.ours if self.problem.ours is not None else len(self.problem))
        matrix = self._equal.toarray()
        matrix = matrix[np.abs(matrix[:, ~ours]).sum(axis=1) == 0][:, ours]
        cells, found = self.free[ours], {}
        for columns in unions_of_few(matrix, lambda some: self.problem.is_about_enough(cells[some])):
            found[cells[columns].tobytes()] = cells[columns]
        shuffled = np.random.default_rng(1)
        orders = [np.arange(len(cells)), np.arange(len(cells))[::-1]]
        for order in [*orders, *(shuffled.permutation(len(cells)) for _ in range(ORDERS))]:
            for row in eliminated(matrix[:, order]):
                used = np.flatnonzero(np.abs(row) > TOLERANCE)
                if len(used) > 1 and (np.abs(row[used] - row[used[0]]) < TOLERANCE).all():
                    members = np.sort(cells[order[used]])
                    found[members.tobytes()] = members
        return list(found.values())

    def _solve(self, cell: int, direction: int) -> float:
        if (cell, direction) in self._exact:
            return self._exact[cell, direction]
        position = int(np.searchsorted(self.free, cell))
        members = np.flatnonzero(self._component == self._component[position])
        cells = self.free[members]
        scale = max(1.0, float(self.problem.values[cells].max(initial=0)))
        objective = np.zeros(len(members))
        objective[np.searchsorted(members, position)] = direction
        equal, less = self._rows_of(self._equal, members), self._rows_of(self._less, members)
        answer = linprog(
            objective,
            A_eq=self._equal[equal][:, members] if len(equal) else None,
            b_eq=self._equal_rest[equal] / scale if len(equal) else None,
            A_ub=self._less[less][:, members] if len(less) else None,
            b_ub=self._less_rest[less] / scale if len(less) else None,
            bounds=(0, None),
            method="highs",
        )
        if answer.status == 3:
            found = np.inf if direction < 0 else 0.0
        elif answer.status == 0:
            self.low[cells] = np.minimum(self.low[cells], answer.x * scale)
            self.high[cells] = np.maximum(self.high[cells], answer.x * scale)
            found = float(answer.x[np.searchsorted(members, position)] * scale)
        else:
            raise RuntimeError(f"the solver gave no answer (status {answer.status})")
        (self.low if direction > 0 else self.high)[cell] = found
        self._exact[cell, direction] = found
        return found

    def _reduce(self, matrix: csr_matrix, fixed: np.ndarray) -> tuple[csr_matrix, np.ndarray]:
        return csr_matrix(matrix[:, self.free]), -(matrix @ fixed)

    def _components(self) -> np.ndarray:
        if not len(self.free):
            return np.zeros(0, dtype=int)
        links = abs(self._equal).T @ abs(self._equal) + abs(self._less).T @ abs(self._less)
        return connected_components(links, directed=False)[1]

    @staticmethod
    def _rows_of(matrix: csr_matrix, members: np.ndarray) -> np.ndarray:
        return np.flatnonzero(np.diff(matrix[:, members].indptr)) if matrix.shape[0] else np.zeros(0, dtype=int)
