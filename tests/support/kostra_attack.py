"""An attacker on the published rows: linear bounds from the sums everybody knows and from SSB's public totals.

Here: the attack, written from the published columns alone. Not here: any code of the product, so that a fault in its
own audit cannot hide itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

MEASURES = {
    "recipients_persons": "recipients_status",
    "participants_persons": "participants_status",
    "benefit_months_count": "benefit_months_status",
    "grant_nok": "grant_status",
    "loan_nok": "loan_status",
    "benefit_nok": "benefit_status",
    "settled_persons": "settled_status",
}
Key = tuple[str, str, str, str, str]
"""measure, period, group, breakdown, code."""


class Attacker:
    """Knows every published figure, the sums, and ``public`` (figures that SSB prints). Solves for the rest."""

    def __init__(self, rows: list[dict[str, Any]], public: dict[Key, float], *, a_month_each: bool) -> None:
        self.rows = rows
        self.shown: dict[Key, float] = dict(public)
        self.hidden: list[Key] = []
        keys = []
        for row in rows:
            for measure, status in MEASURES.items():
                if row.get(status) not in ("ok", "suppressed"):
                    continue
                key = (measure, row["period"], row["group_code"], row["breakdown"], row["breakdown_code"])
                keys.append(key)
                if row[status] == "ok":
                    self.shown[key] = row[measure]
                elif key not in public:
                    self.hidden.append(key)
        self.keys = set(keys)
        self.position = {key: number for number, key in enumerate(self.hidden)}
        self.count = next(m for m in ("recipients_persons", "participants_persons") if any(k[0] == m for k in keys))
        self._equal = self._matrix(self._sums(keys))
        self._less = self._matrix(self._common_sense(keys, a_month_each))

    def bounds(
        self, truth: dict[Key, float], is_safe: Callable[[Key, float, float], bool]
    ) -> dict[Key, tuple[float, float]]:
        """An interval of every hidden figure: exact, save where a part of it is already wide enough to be safe.

        Every solution of the solver is a table that fits all that is known, so it widens the part seen of all figures.
        """
        self._scale = max([1.0, *(truth[key] for key in self.hidden)])
        self._seen = {key: (truth[key], truth[key]) for key in self.hidden}
        for key in self.hidden:
            for direction in (-1, 1):
                if not is_safe(key, *self._seen[key]):
                    self._extreme(key, direction)
        return self._seen

    def _extreme(self, key: Key, direction: int) -> None:
        objective = np.zeros(len(self.hidden))
        objective[self.position[key]] = direction
        (a_eq, b_eq), (a_ub, b_ub) = self._equal, self._less
        scale = self._scale
        answer = linprog(objective, A_ub=a_ub, b_ub=b_ub / scale, A_eq=a_eq, b_eq=b_eq / scale, bounds=(0, None))
        if answer.status == 3:
            self._seen[key] = (self._seen[key][0], np.inf)
            return
        assert answer.status == 0, f"the published figures contradict each other ({answer.message})"
        for other, value in zip(self.hidden, answer.x * scale, strict=True):
            low, high = self._seen[other]
            self._seen[other] = (min(low, value), max(high, value))

    def _sums(self, keys: list[Key]) -> list[list[tuple[Key, float]]]:
        groups: dict[tuple, list[Key]] = defaultdict(list)
        codes: dict[tuple, list[Key]] = defaultdict(list)
        months: dict[tuple, list[Key]] = defaultdict(list)
        for key in keys:
            measure, period, group, breakdown, code = key
            if group != "all":
                groups[measure, period, "all", breakdown, code].append(key)
            if breakdown != "none":
                codes[measure, period, group, "none", "all"].append(key)
            if breakdown == "none" and "-" in period:
                target = "benefit_months_count" if measure == self.count else measure
                months[target, period[:4], group, "none", "all"].append(key)
        by_breakdown: list[tuple[Key, list[Key]]] = []
        for total, parts in codes.items():
            for name in {part[3] for part in parts}:
                by_breakdown.append((total, [part for part in parts if part[3] == name]))
        every = [*groups.items(), *by_breakdown, *months.items()]
        return [[*((part, 1.0) for part in parts), (total, -1.0)] for total, parts in every if total in self.keys]

    def _common_sense(self, keys: list[Key], a_month_each: bool) -> list[list[tuple[Key, float]]]:
        found = []
        for key in keys:
            measure, period, group, breakdown, code = key
            if measure != self.count:
                continue
            if "-" in period:
                found.append([(key, 1.0), ((measure, period[:4], group, "none", "all"), -1.0)])
                continue
            months = ("benefit_months_count", period, group, breakdown, code)
            if months in self.keys:
                found.append([(months, 1.0), (key, -12.0)])
                if a_month_each:
                    found.append([(key, 1.0), (months, -1.0)])
            cohort = ("settled_persons", period, group, breakdown, code)
            if cohort in self.keys and breakdown == "settlement_year":
                found.append([(key, 1.0), (cohort, -1.0)])
        return found

    def _matrix(self, relations: list[list[tuple[Key, float]]]) -> tuple[csr_matrix, np.ndarray]:
        matrix, rest = np.zeros((len(relations), len(self.hidden))), np.zeros(len(relations))
        for number, terms in enumerate(relations):
            for key, weight in terms:
                if key in self.position:
                    matrix[number, self.position[key]] += weight
                else:
                    rest[number] -= weight * self.shown[key]
        used = np.abs(matrix).sum(axis=1) > 0
        return csr_matrix(matrix[used]), rest[used]
