"""A table of figures as an attacker sees it: cells, the sums between them, and what is public anyway.

Here: the shape that protection and audit share. Not here: which cells to hide, or what the cells are about.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_matrix

Terms = list[tuple[int, float]]
"""Cell index and coefficient of each term of a linear relation."""


@dataclass(repr=False)
class Problem:
    """Cells 0..n-1 with true ``values`` >= 0 and linear relations that hold for them and are known to everybody.

    ``equations`` sum to 0, ``inequalities`` sum to at most 0. ``primary`` cells are sensitive in themselves; an
    attacker must not be able to narrow one to less than [``need_low``, ``need_high``]. ``known`` cells are public
    whatever we do. ``cost`` orders the cells a protection may hide beside the primary ones: the lowest first.
    ``pinned_share``: a hidden cell is worked out when its whole interval lies within this share of its true value (0
    = to the very unit).
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

    def __post_init__(self) -> None:
        for terms in self.equations:
            if abs(sum(weight * self.values[cell] for cell, weight in terms)) > 1e-6:
                raise ValueError("a relation of the table does not hold for its own values")
        for terms in self.inequalities:
            if sum(weight * self.values[cell] for cell, weight in terms) > 1e-6:
                raise ValueError("an inequality of the table does not hold for its own values")

    def __len__(self) -> int:
        return len(self.values)

    def matrix(self, relations: list[Terms]) -> csr_matrix:
        """Relations x cells."""
        rows = [number for number, terms in enumerate(relations) for _ in terms]
        columns = [cell for terms in relations for cell, _ in terms]
        weights = [weight for terms in relations for _, weight in terms]
        return csr_matrix((weights, (rows, columns)), shape=(len(relations), len(self)))


def is_pinned(value: float, low: float, high: float, share: float) -> bool:
    """Whether an attacker who knows that the value lies in [low, high] knows it to within ``share`` of it (or to the
    unit)."""
    slack = max(share * value, 1.0) - 1e-6 * max(1.0, value)
    return low > value - slack and high < value + slack
