"""A table of figures as an attacker sees it: cells, the sums between them, and what is public anyway.

Here: the shape that protection and audit share. Not here: which cells to hide, or what the cells are about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csr_matrix

Terms = list[tuple[int, float]]
"""Cell index and coefficient of each term of a linear relation."""


@dataclass(repr=False)
class Union:
    """Hidden cells whose sum is had by subtraction: the parts of a sum, the total last. ``overlapping``: one person may
    stand in several parts."""

    cells: np.ndarray
    overlapping: bool = False


@dataclass(repr=False)
class Problem:
    """Cells 0..n-1 with true ``values`` >= 0 and linear relations that hold for them and are known to everybody.

    ``equations`` sum to 0, ``inequalities`` sum to at most 0. ``primary`` cells are sensitive in themselves; an
    attacker must not be able to narrow one to less than [``need_low``, ``need_high``]. ``known`` cells are public
    whatever we do. ``cost`` orders the cells a protection may hide beside the primary ones: the lowest first.
    ``pinned_share``: a hidden cell is worked out when its whole interval lies within this share of its true value (0
    = to the very unit).

    ``is_safe_union``: whether a set of cells may be known by its sum (all may when it is not given), ``is_about_enough``
    whether it is about enough persons, which no further cell undoes. ``unions`` are the sets to ask about. ``along``: cells
    that are hidden when another is. Cells outside ``ours`` were published before: they are what they are.
    """

    values: np.ndarray
    primary: np.ndarray
    known: np.ndarray
    need_low: np.ndarray
    need_high: np.ndarray
    cost: np.ndarray
    pinned_share: float = 0.0
    equations: list[Terms] = field(default_factory=list)
    inequalities: list[Terms] = field(default_factory=list)
    unions: list[Union] = field(default_factory=list)
    is_safe_union: Callable[[np.ndarray, bool], bool] = lambda cells, overlapping: True
    is_about_enough: Callable[[np.ndarray], bool] = lambda cells: True
    along: dict[int, list[int]] = field(default_factory=dict)
    ours: int | None = None

    def __post_init__(self) -> None:
        if not self.unions:
            self.unions = [Union(np.array([cell for cell, _ in terms])) for terms in self.equations]
        for terms in self.equations:
            if abs(sum(weight * self.values[cell] for cell, weight in terms)) > 1e-6 * max(1.0, self.values.max()):
                raise ValueError("a relation of the table does not hold for its own values")
        for terms in self.inequalities:
            if sum(weight * self.values[cell] for cell, weight in terms) > 1e-5:
                raise ValueError("an inequality of the table does not hold for its own values")

    def is_ours(self, cell: int) -> bool:
        """Whether we still decide if the cell is shown."""
        return self.ours is None or cell < self.ours

    def followed_by(
        self,
        values: np.ndarray,
        known: np.ndarray,
        *,
        primary: np.ndarray | None = None,
        need_low: np.ndarray | None = None,
        need_high: np.ndarray | None = None,
        equations: list[Terms],
        inequalities: list[Terms] | None = None,
        unions: list[Union] | None = None,
    ) -> Problem:
        """The problem with cells that are not ours to show: known or unknown to an attacker as they are."""
        none = np.zeros(len(values))
        return replace(
            self,
            values=np.append(self.values, values),
            known=np.append(self.known, known),
            primary=np.append(self.primary, none.astype(bool) if primary is None else primary),
            need_low=np.append(self.need_low, none if need_low is None else need_low),
            need_high=np.append(self.need_high, none if need_high is None else need_high),
            cost=np.append(self.cost, none),
            equations=[*self.equations, *equations],
            inequalities=[*self.inequalities, *(inequalities or [])],
            unions=[*self.unions, *(unions or [])],
            ours=len(self) if self.ours is None else self.ours,
        )

    def with_known_zeros(self) -> Problem:
        """The problem with what must be zero known: the parts of a known total of zero (the last term of its equation),
        and a total whose parts are all known to be zero. Nothing can hide them."""
        known = self.known.copy()
        zeros = [[cell for cell, _ in terms] for terms in self.equations if self.values[terms[-1][0]] == 0]
        while True:
            before = int(known.sum())
            for *parts, total in zeros:
                known[total] |= known[parts].all()
                if known[total]:
                    known[parts] = True
            if int(known.sum()) == before:
                return replace(self, known=known)

    def __len__(self) -> int:
        return len(self.values)

    def matrix(self, relations: list[Terms]) -> csr_matrix:
        """Relations x cells."""
        return self.matrix_of(relations, len(self))

    @staticmethod
    def matrix_of(relations: list[Terms], size: int) -> csr_matrix:
        """Relations x ``size`` cells."""
        rows = [number for number, terms in enumerate(relations) for _ in terms]
        columns = [cell for terms in relations for cell, _ in terms]
        weights = [weight for terms in relations for _, weight in terms]
        return csr_matrix((weights, (rows, columns)), shape=(len(relations), size))


def is_pinned(value: float, low: float, high: float, share: float) -> bool:
    """Whether an attacker who knows that the value lies in [low, high] knows it to within ``share`` of it (or to the
    unit)."""
    slack = max(share * value, 1.0) - 1e-6 * max(1.0, value)
    return low > value - slack and high < value + slack
