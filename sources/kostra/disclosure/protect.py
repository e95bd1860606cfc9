"""Complementary suppression: which further cells to hide so that no hidden one can be worked out.

Here: the choice of cells, repeated until the attack of audit.py fails. Not here: the primary rule, or the cells'
meaning.
"""

from __future__ import annotations

import numpy as np

from sources.kostra.disclosure.audit import Attack
from sources.kostra.disclosure.problem import Problem, is_pinned

_NOT_BOUND = 1e-6


def protect(problem: Problem, hidden_from_start: np.ndarray | None = None) -> np.ndarray | None:
    """The cells to hide (primary ones included), or None when even hiding every cell would not protect them.

    The answer has passed the attack: no hidden cell is pinned, and every primary cell keeps its needed
    interval, or the interval that the public figures alone leave it.
    """
    hidden = problem.primary.copy()
    if hidden_from_start is not None:
        hidden |= hidden_from_start
    hidden &= ~problem.known | problem.primary
    if not hidden.any():
        return hidden
    search = _Search(problem, hidden)
    while True:
        search.pair_up()
        exposed = search.exposed()
        if not exposed:
            return search.hidden
        added = [chosen for cell in exposed if (chosen := search.companion(cell)) is not None]
        for chosen in added:
            search.hide(chosen)
        if not added and not search.hide_everything():
            return None


class _Search:
    """The growing set of hidden cells, and how many unknowns each sum has."""

    def __init__(self, problem: Problem, hidden: np.ndarray) -> None:
        self.problem = problem
        self.hidden = hidden
        self._cells = [np.array([cell for cell, _ in terms]) for terms in problem.equations]
        self._sums: list[list[int]] = [[] for _ in range(len(problem))]
        for number, cells in enumerate(self._cells):
            for cell in cells:
                self._sums[cell].append(number)
        self._unknowns = np.array([int(self._free(cells).sum()) for cells in self._cells])
        self._last: Attack | None = None
        self._public_only: Attack | None = None

    def hide(self, cell: int) -> None:
        if not self.hidden[cell]:
            self.hidden[cell] = True
            self._unknowns[self._sums[cell]] += 1

    def hide_everything(self) -> bool:
        """Hide all that the public figures alone do not give away; False when that is hidden already."""
        attack, problem = self._public(), self.problem
        before = int(self.hidden.sum())
        for cell in np.flatnonzero(~self.hidden & ~problem.known):
            attack.lower(cell), attack.upper(cell)
            if not is_pinned(float(problem.values[cell]), attack.low[cell], attack.high[cell], problem.pinned_share):
                self.hide(cell)
        return int(self.hidden.sum()) > before

    def pair_up(self) -> None:
        """A sum with one unknown is solved by subtraction: hide a second cell in every such sum, until there is
        none."""
        while len(single := np.flatnonzero(self._unknowns == 1)):
            changed = False
            for number in single:
                cells = self._cells[number]
                if self._unknowns[number] == 1:
                    alone = cells[self._free(cells)][0]
                    chosen = self._cheapest(cells, float(self.problem.values[alone]))
                    changed |= chosen is not None
                    if chosen is not None:
                        self.hide(chosen)
            if not changed:
                return

    def exposed(self) -> list[int]:
        """The hidden cells that the attack still works out."""
        problem = self.problem
        self._last = attack = Attack(problem, self.hidden, self._last)
        found = []
        for cell in attack.free:
            if not attack.is_exposed(cell, problem.need_low[cell], problem.need_high[cell]):
                continue
            pinned = is_pinned(float(problem.values[cell]), attack.low[cell], attack.high[cell], problem.pinned_share)
            if pinned or attack.is_exposed(cell, *self._attainable(cell)):
                found.append(int(cell))
        return found

    def companion(self, cell: int) -> int | None:
        """A further cell to hide for an exposed one: from its own sums, then from those of the cells hidden with it."""
        ring = {cell}
        for _ in range(3):
            sums = {number for member in ring for number in self._sums[member]}
            candidates = np.array(sorted({int(c) for number in sums for c in self._cells[number]}), dtype=int)
            chosen = self._cheapest(candidates, float(self.problem.values[cell]))
            if chosen is not None:
                return chosen
            ring |= {int(member) for member in candidates[self._free(candidates)]}
        return None

    def _free(self, cells: np.ndarray) -> np.ndarray:
        return self.hidden[cells] & ~self.problem.known[cells]

    def _is_zero_anyway(self, cell: int) -> bool:
        """Whether an open total of zero (the last term of a sum) gives the cell away, so that hiding it hides
        nothing."""
        totals = (int(self._cells[number][-1]) for number in self._sums[cell])
        values = self.problem.values
        return values[cell] == 0 and any(values[t] == 0 and not self.hidden[t] and t != cell for t in totals)

    def _public(self) -> Attack:
        if self._public_only is None:
            self._public_only = Attack(self.problem, np.ones(len(self.problem), dtype=bool))
        return self._public_only

    def _attainable(self, cell: int) -> tuple[float, float]:
        """The needed interval, or what the public figures alone leave of it."""
        low, high = self._public().lower(cell), self._public().upper(cell)
        return max(self.problem.need_low[cell], low), min(self.problem.need_high[cell], high)

    def _cheapest(self, candidates: np.ndarray, value: float) -> int | None:
        """The best cell to hide: not zero, large enough to blur ``value``, in few sums that would need yet another
        cell, of low cost, and small."""
        problem = self.problem
        open_cells = [
            int(c)
            for c in candidates
            if not self.hidden[c] and not problem.known[c] and not self._is_zero_anyway(int(c))
        ]
        if not open_cells:
            return None
        enough = max(problem.pinned_share * value, 1.0) + _NOT_BOUND

        def rank(cell: int) -> tuple:
            opened = int((self._unknowns[self._sums[cell]] == 0).sum())
            values = problem.values[cell]
            return values == 0, values < enough, opened, problem.cost[cell], values, cell

        return min(open_cells, key=rank)
