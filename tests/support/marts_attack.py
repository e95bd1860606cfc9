"""An attacker on published counts by area: linear bounds of hidden cells from sums over counties and the country.

Here: the attack, from rows of (area, low, high) alone. Not here: any code of the product, so that a fault in its models
cannot hide itself.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

Bounds = tuple[float, float | None]
"""Lowest and highest value; None = nothing bounds it above."""


class MartsAttacker:
    """Knows an interval of some areas, and that municipalities add up to counties and counties to the country.

    ``parts`` are all municipalities of one series and year; an area that ``known`` does not name is anything from 0 up.
    """

    def __init__(self, parts: Iterable[str], known: Mapping[str, Bounds]) -> None:
        self.parts = sorted(parts)
        self.position = {code: number for number, code in enumerate(self.parts)}
        self.own = [known.get(code, (0.0, None)) for code in self.parts]
        rows, limits = [], []
        for area, (low, high) in known.items():
            if area in self.position:
                continue
            members = np.array([area == "00" or code[:2] == area for code in self.parts], dtype=float)
            rows.append(-members)
            limits.append(-low)
            if high is not None:
                rows.append(members)
                limits.append(high)
        self.matrix = csr_matrix(np.array(rows)) if rows else None
        self.limits = np.array(limits) if rows else None

    def bounds(self, code: str) -> tuple[float, float]:
        """The lowest and the highest figure of a municipality that fits all that is known but its own interval."""
        own = list(self.own)
        own[self.position[code]] = (0.0, None)
        return self._extreme(code, 1, own), -self._extreme(code, -1, own)

    def _extreme(self, code: str, direction: int, own: list[Bounds]) -> float:
        objective = np.zeros(len(self.parts))
        objective[self.position[code]] = direction
        answer = linprog(objective, A_ub=self.matrix, b_ub=self.limits, bounds=own, method="highs")
        if answer.status == 3:
            return -np.inf
        assert answer.status == 0, f"the published figures contradict each other ({answer.message})"
        return float(answer.fun)
