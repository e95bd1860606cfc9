"""An attacker on the published rows, with what an outsider really has.

Here: the attack, written from the published columns alone. Not here: any code of the product, so that a fault in its
own audit cannot hide itself.

What the attacker has: every figure of every edition and year that was published (all rows are one problem), the sums,
SSB's totals, the accounts by quarter, that a settlement cohort does not grow, that nobody is paid without being a
recipient and no recipient is paid nothing or a million, and subtraction of whatever is shown from whatever it is part of.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
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
PAID = ("grant_nok", "loan_nok", "benefit_nok")
Key = tuple[str, str, str, str, str]
"""measure, period, group, breakdown, code."""

Relation = list[tuple[Key, float]]
_UNIT = 100_000
"""Kroner of one unit of the solver, so that persons and kroner are of like size."""

_MOST_PAID = 1_000_000
_SECONDS = 15
"""Of a clock, for one question of integer programming. A question that takes longer is counted as undecided."""


class Attacker:
    """Knows every published figure, the sums, and ``public`` (figures that SSB prints). Solves for the rest.

    ``rows``: of all editions (oldest first) and years. ``quarters``: what the accounts say was paid in (measure, months
    as periods), what the file does not split included. ``a_month_each``: every recipient has a month and some kroner.
    """

    def __init__(
        self,
        rows: list[dict[str, Any]],
        public: dict[Key, float],
        *,
        a_month_each: bool,
        quarters: dict[tuple[str, tuple[str, ...]], float] | None = None,
    ) -> None:
        self.undecided = 0
        self.public = public
        self.shown: dict[Key, float] = dict(public)
        self.differences: dict[Key, float] = {}
        keys: dict[Key, None] = {}
        for row in rows:
            for measure, status in MEASURES.items():
                if row.get(status) not in ("ok", "suppressed"):
                    continue
                key = (measure, row["period"], row["group_code"], row["breakdown"], row["breakdown_code"])
                keys[key] = None
                if row[status] == "ok":
                    if self.shown.setdefault(key, row[measure]) != row[measure]:
                        self.differences[key] = row[measure] - self.shown[key]
                    self.shown[key] = row[measure]
        self.keys = keys
        self.a_month_each = a_month_each
        self.count = next(m for m in ("recipients_persons", "participants_persons") if any(k[0] == m for k in keys))
        self.deduced = self._zeros()
        self.hidden = [key for key in keys if key not in self.shown]
        self.position = {key: number for number, key in enumerate(self.hidden)}
        self.sums = self._sums()
        self._equal = self._matrix(self.sums)
        less, rest = self._matrix([*self._common_sense(), *self._shrinking_cohorts(), *self._payments()])
        more, bound = self._by_quarter(quarters or {})
        self._less = csr_matrix(np.vstack([less.toarray(), more])), np.append(rest, bound)

    def bounds(
        self, truth: dict[Key, float], is_safe: Callable[[Key, float, float], bool]
    ) -> dict[Key, tuple[float, float]]:
        """An interval of every hidden figure: exact, save where a part of it is already wide enough to be safe.

        Every solution of the solver is a table that fits all that is known, so it widens the part seen of all figures.
        """
        self._seen = {key: (truth[key], truth[key]) for key in self.hidden}
        for key in self.hidden:
            for direction in (-1, 1):
                if not is_safe(key, *self._seen[key]):
                    self._extreme(key, direction)
        return self._seen

    def union(self, truth: dict[Key, float], persons: dict[Key, int], fewer_than: int) -> frozenset[Key] | None:
        """Hidden figures of one measure and year whose sum is known exactly, not from what SSB prints alone, and that are
        about fewer persons than asked (``persons`` behind each figure). None: there are no such figures.

        By integer programming, so that none is missed, but for sums of the very kroner or months of one that SSB's figures
        give, or more than the whole year's (two ways of telling the same kroner).
        """
        for measure, year in sorted({(key[0], key[1][:4]) for key in self.hidden}):
            few = [k for k in self.hidden if (k[0], k[1][:4]) == (measure, year) and persons[k] < fewer_than]
            if not any(persons[key] for key in few):
                continue
            search, others = _UnionSearch(self, few, truth, persons, fewer_than), []
            spans = [(0.0, truth.get((measure, year, "all", "none", "all"), search.value.sum() + 1))]
            while spans and search.is_decided:
                found = search.between(*spans[-1], others)
                self.undecided += not search.is_decided
                if found is None:
                    spans.pop()
                    continue
                members = frozenset(key for key, is_in in zip(few, found, strict=True) if is_in)
                if not self._is_public(members):
                    return members
                if not measure.endswith("_persons"):
                    (low, high), value = spans.pop(), search.value @ found
                    spans += [(low, value), (value, high)]
                else:
                    others.append(found)
        return None

    def _is_public(self, members: frozenset[Key]) -> bool:
        """Whether SSB's figures and the sums tell it, whatever else is shown, but for zeros: they leave the same persons."""
        told = {*self.public, *(key for key, value in self.shown.items() if value == 0)}
        told |= {key for *parts, (total, _) in self.sums if self.public.get(total) == 0 for key, _ in parts}
        ours = {key: number for number, key in enumerate(key for key in self.keys if key not in told)}
        matrix = np.zeros((len(ours), len(self.sums)))
        for number, terms in enumerate(self.sums):
            for key, weight in terms:
                if key in ours:
                    matrix[ours[key], number] = weight
        wanted = np.array([float(key in members) for key in ours])
        weights = np.linalg.lstsq(matrix, wanted, rcond=None)[0]
        return bool(np.abs(matrix @ weights - wanted).max() < 1e-6)

    def _extreme(self, key: Key, direction: int) -> None:
        objective = np.zeros(len(self.hidden))
        objective[self.position[key]] = direction
        (a_eq, b_eq), (a_ub, b_ub) = self._equal, self._less
        answer = linprog(objective, A_ub=a_ub, b_ub=b_ub, A_eq=a_eq, b_eq=b_eq, bounds=(0, None))
        if answer.status == 3:
            self._seen[key] = (self._seen[key][0], np.inf)
            return
        assert answer.status == 0, f"the published figures contradict each other ({answer.message})"
        for other, value in zip(self.hidden, answer.x, strict=True):
            low, high = self._seen[other]
            value = value * self._unit(other)
            self._seen[other] = (min(low, value), max(high, value))

    @staticmethod
    def _unit(key: Key) -> float:
        return _UNIT if key[0] in PAID else 1.0

    def _zeros(self) -> list[Key]:
        """Hidden figures that must be none because another measure of the same row is shown as none."""
        found: list[Key] = []
        while True:
            rows: dict[tuple, dict[str, Key]] = defaultdict(dict)
            for key in self.keys:
                rows[key[1:]][key[0]] = key
            fresh = []
            for row in rows.values():
                mine = {m: self.shown.get(key) for m, key in row.items() if m != "settled_persons"}
                paid = [mine[m] for m in PAID if m in mine]
                everybody = row and next(iter(row.values()))[1].endswith("-xx")
                nobody = mine.get(self.count) == 0
                if self.a_month_each and self.count in mine and not everybody:
                    nobody |= mine.get("benefit_months_count") == 0 or (bool(paid) and all(p == 0 for p in paid))
                if nobody:
                    fresh += [row[m] for m, value in mine.items() if value is None]
            if not fresh:
                return found
            self.shown |= dict.fromkeys(fresh, 0)
            found += fresh

    def _sums(self) -> list[Relation]:
        groups: dict[tuple, list[Key]] = defaultdict(list)
        codes: dict[tuple, list[Key]] = defaultdict(list)
        months: dict[tuple, list[Key]] = defaultdict(list)
        for key in self.keys:
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

    def _common_sense(self) -> list[Relation]:
        found = []
        for key in self.keys:
            measure, period, group, breakdown, code = key
            if measure != self.count:
                continue
            if "-" in period:
                found.append([(key, 1.0), ((measure, period[:4], group, "none", "all"), -1.0)])
                continue
            months = ("benefit_months_count", period, group, breakdown, code)
            if months in self.keys:
                found.append([(months, 1.0), (key, -12.0)])
                if self.a_month_each:
                    found.append([(key, 1.0), (months, -1.0)])
            cohort = ("settled_persons", period, group, breakdown, code)
            if cohort in self.keys and breakdown == "settlement_year":
                found.append([(key, 1.0), (cohort, -1.0)])
        return found

    def _shrinking_cohorts(self) -> list[Relation]:
        found = []
        for key in self.keys:
            before = (key[0], str(int(key[1][:4]) - 1), *key[2:])
            if key[0] == "settled_persons" and key[3] == "settlement_year" and before in self.keys:
                found.append([(key, 1.0), (before, -1.0)])
        return found

    def _payments(self) -> list[Relation]:
        """Between the measures of a row: nobody is paid a million, and (11F) every recipient is paid something."""
        found: list[Relation] = []
        for key in self.keys:
            if key[0] != self.count:
                continue
            paid = [(measure, *key[1:]) for measure in PAID if (measure, *key[1:]) in self.keys]
            found += [[(p, 1.0 / _MOST_PAID), (key, -1.0)] for p in paid]
            if self.a_month_each and paid:
                found.append([(key, 1.0), *((p, -1.0) for p in paid)])
        return found

    def _by_quarter(self, quarters: dict[tuple[str, tuple[str, ...]], float]) -> tuple[np.ndarray, np.ndarray]:
        """Months of a quarter are at most what was paid in it, and at least that without what is not split."""
        matrix, rest = np.zeros((2 * len(quarters), len(self.hidden))), np.zeros(2 * len(quarters))
        for number, ((measure, periods), paid) in enumerate(quarters.items()):
            months = [((measure, period, "all", "none", "all"), 1.0) for period in periods]
            loose = ((measure, f"{periods[0][:4]}-xx", "all", "none", "all"), 1.0)
            for line, (terms, sign) in enumerate((([*months], 1.0), ([*months, loose], -1.0)), start=2 * number):
                rest[line] = sign * paid / _UNIT
                for key, _ in terms:
                    if key in self.position:
                        matrix[line, self.position[key]] = sign
                    else:
                        rest[line] -= sign * self.shown[key] / _UNIT
        rest += 1e-9
        return matrix, rest

    def _matrix(self, relations: list[Relation]) -> tuple[csr_matrix, np.ndarray]:
        matrix, rest = np.zeros((len(relations), len(self.hidden))), np.zeros(len(relations))
        for number, terms in enumerate(relations):
            largest = max(abs(weight) * self._unit(key) for key, weight in terms)
            for key, weight in terms:
                scaled = weight / largest
                if key in self.position:
                    matrix[number, self.position[key]] += scaled * self._unit(key)
                else:
                    rest[number] -= scaled * self.shown[key]
        used = np.abs(matrix).sum(axis=1) > 0
        return csr_matrix(matrix[used]), rest[used]


class _UnionSearch:
    """The programme that chooses figures: 0 or 1 for each, then the weight of each sum, the persons of each group, and of
    all together. Groups and codes hold different persons, months and breakdowns may hold the same. Not all parts of a printed
    total are taken: what is left without them is known too, and about no more."""

    def __init__(
        self, attacker: Attacker, few: list[Key], truth: dict[Key, float], persons: dict[Key, int], many: int
    ) -> None:
        self.is_decided = True
        self.value = np.array([truth[key] for key in few])
        self._unit = attacker._unit(few[0])
        weights = attacker._equal[0].T.toarray()
        groups = sorted({key[2] for key in few})
        self._rest = weights.shape[1] + len(groups) + 1
        chosen = np.array([[key == other for other in few] for key in attacker.hidden], dtype=float)
        told = np.hstack([-chosen, weights, np.zeros((len(attacker.hidden), len(groups) + 1))])
        behind = np.array([persons[key] for key in few], dtype=float)
        parts = sorted({(key[2], key[1], key[3]) for key in few})
        least = np.zeros((len(parts) + 2, len(few) + self._rest))
        for row, part in zip(least, parts, strict=False):
            row[: len(few)] = -behind * [(key[2], key[1], key[3]) == part for key in few]
            row[groups.index(part[0]) - 1 - len(groups)] = 1
        for row, is_all in zip(least[-2:], (True, False), strict=True):
            row[-1 - len(groups) : -1] = [-1.0 if (group == "all") == is_all else 0.0 for group in groups]
            row[-1] = 1
        self._constraints = [
            LinearConstraint(csr_matrix(told), 0, 0),
            LinearConstraint(csr_matrix(least), 0),
            LinearConstraint(self._of_figures(behind), 1),
            *(LinearConstraint(self._of_figures(parts), -np.inf, parts.sum() - 1) for parts in _printed(attacker, few)),
        ]
        free = np.full(weights.shape[1], np.inf)
        self._bounds = Bounds(
            np.concatenate([np.zeros(len(few)), -free, np.zeros(len(groups) + 1)]),
            np.concatenate([np.ones(len(few)), free, np.full(len(groups), np.inf), [many - 1]]),
        )

    def between(self, low: float, high: float, others: list[np.ndarray]) -> np.ndarray | None:
        """The figures of fewest persons whose sum lies between, not just those of ``others``."""
        size = len(self.value)
        answer = milp(
            np.append(np.zeros(size + self._rest - 1), 1),
            integrality=np.append(np.ones(size), np.zeros(self._rest)),
            bounds=self._bounds,
            constraints=[
                *self._constraints,
                LinearConstraint(
                    self._of_figures(self.value / self._unit), (low + 0.5) / self._unit, (high - 0.5) / self._unit
                ),
                *(LinearConstraint(self._of_figures(np.where(some, -1.0, 1.0)), 1.0 - some.sum()) for some in others),
            ],
            options={"time_limit": _SECONDS},
        )
        assert answer.status in (0, 1, 2), answer.message
        self.is_decided &= answer.status != 1
        return answer.x[:size] > 0.5 if answer.status == 0 else None

    def _of_figures(self, weights: np.ndarray) -> np.ndarray:
        return np.append(weights, np.zeros(self._rest))[None]


def _printed(attacker: Attacker, few: list[Key]) -> list[np.ndarray]:
    """For each total that SSB prints and that is the sum of its hidden parts: 1 for those figures."""
    found = []
    for *terms, (total, _) in attacker.sums:
        parts = {key for key, _ in terms if key in attacker.position}
        if total in attacker.public and parts <= set(few) and all(attacker.shown.get(key, 0) == 0 for key, _ in terms):
            found.append(np.array([float(key in parts) for key in few]))
    return [parts for parts in found if parts.any()]
