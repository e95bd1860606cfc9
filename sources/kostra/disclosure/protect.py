"""Complementary suppression: which further cells to hide so that no hidden one can be worked out.

Here: the choice of cells, repeated until the attack of audit.py fails. Not here: the primary rule, or the cells'
meaning.
"""

from collections.abc import Callable

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
        hidden[: len(hidden_from_start)] |= hidden_from_start
    hidden &= ~problem.known | problem.primary
    if problem.ours is not None:
        hidden[problem.ours :] = ~problem.known[problem.ours :]
    if not hidden.any():
        return hidden
    search = _Search(problem, hidden)
    while True:
        search.widen()
        exposed = search.exposed()
        if not exposed and not search.widen_combinations():
            return search.hidden
        if not exposed:
            continue
        added = [chosen for cell in exposed if (chosen := search.companion(cell)) is not None]
        for chosen in added:
            search.hide(chosen)
        if not added and not search.hide_everything():
            return None


class _Search:
    """The growing set of hidden cells, and how many unknowns each union has."""

    def __init__(self, problem: Problem, hidden: np.ndarray) -> None:
        self.problem = problem
        self.hidden = hidden
        for cell in np.flatnonzero(hidden):
            self.hidden[problem.along.get(int(cell), [])] = True
        self._cells = [union.cells for union in problem.unions]
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
            for other in self.problem.along.get(cell, []):
                self.hide(other)

    def hide_everything(self) -> bool:
        """Hide all that the public figures alone do not give away; False when that is hidden already."""
        attack, problem = self._public(), self.problem
        before = int(self.hidden.sum())
        for cell in np.flatnonzero(~self.hidden & ~problem.known):
            attack.lower(cell), attack.upper(cell)
            if not is_pinned(float(problem.values[cell]), attack.low[cell], attack.high[cell], problem.pinned_share):
                self.hide(cell)
        return int(self.hidden.sum()) > before

    def widen(self) -> None:
        """A sum with one unknown is solved by subtraction, and one with more tells about all of them together: hide more
        cells in it until what is told is about enough persons, in every sum that can be made wider."""
        while thin := [number for number in np.flatnonzero(self._unknowns) if self._is_thin(number)]:
            changed = False
            for number in thin:
                while self._is_thin(number) and (chosen := self._companion_in(number)) is not None:
                    self.hide(chosen)
                    changed = True
            if not changed:
                return

    def _is_thin(self, number: int) -> bool:
        """Whether the unknowns of a sum are one, or tell together about too few. With the total among them they tell a
        difference."""
        cells = self._cells[number]
        unknown = cells[self._free(cells)]
        if len(unknown) < 2 or unknown[-1] == cells[-1]:
            return len(unknown) == 1
        return not self.problem.is_safe_union(unknown, self.problem.unions[number].overlapping)

    def _companion_in(self, number: int) -> int | None:
        cells = self._cells[number]
        unknown, overlapping = cells[self._free(cells)], self.problem.unions[number].overlapping
        largest = float(self.problem.values[unknown].max()) if len(unknown) == 1 else 0.0

        def leaves_thin(cell: int) -> bool:
            return cell != cells[-1] and not self.problem.is_safe_union(np.append(unknown, cell), overlapping)

        return self._cheapest(cells, largest, leaves_thin)

    def widen_combinations(self) -> bool:
        """The same for what several sums tell together; False when nothing more can be hidden for it. Called on a table
        that the attack does not break."""
        assert self._last is not None
        before = int(self.hidden.sum())
        for members in self._last.unions():
            if not self.problem.is_safe_union(members, True):
                around = {int(c) for member in members for number in self._sums[member] for c in self._cells[number]}
                chosen = self._cheapest(np.array(sorted(around)), 0.0)
                if chosen is not None:
                    self.hide(chosen)
        return int(self.hidden.sum()) > before

    def exposed(self) -> list[int]:
        """The hidden cells that the attack still works out."""
        problem = self.problem
        self._last = attack = Attack(problem, self.hidden, self._last)
        found = []
        for cell in attack.free:
            if not problem.is_ours(cell) and not problem.primary[cell]:
                continue
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

    def _cheapest(
        self, candidates: np.ndarray, value: float, leaves_thin: Callable[[int], bool] = lambda cell: False
    ) -> int | None:
        """The best cell to hide: not zero, wide enough for its sum, large enough to blur ``value``, in few sums that
        would need yet another cell, of low cost, and small."""
        problem = self.problem
        open_cells = [
            int(c)
            for c in candidates
            if problem.is_ours(c) and not self.hidden[c] and not problem.known[c] and not self._is_zero_anyway(int(c))
        ]
        if not open_cells:
            return None
        enough = max(problem.pinned_share * value, 1.0) + _NOT_BOUND

        def rank(cell: int) -> tuple:
            opened = int((self._unknowns[self._sums[cell]] == 0).sum())
            values = problem.values[cell]
            return values == 0, leaves_thin(cell), values < enough, opened, problem.cost[cell], values, cell

        return min(open_cells, key=rank)
