"""How the cells of a table hang together: the sums and the common knowledge that everybody has.

Here: relations between cells that are named by measure and row. Not here: what is hidden, or what may be known of them.
"""

from collections import defaultdict
from dataclasses import dataclass

from sources.kostra.aggregates import ALL, UNALLOCATED, YEAR, Row
from sources.kostra.disclosure.problem import Terms

Index = dict[tuple[str, Row], int]
"""Measure and row of a cell -> its number."""


@dataclass(frozen=True)
class Sum:
    """Parts that add up to a total (the last term). ``overlapping``: one person may stand in several of the parts."""

    terms: Terms
    overlapping: bool = False


def sums(index: Index) -> list[Sum]:
    """Every sum of a table."""
    return [*_group_sums(index), *_code_sums(index), *_month_sums(index)]


def nested(found: list[Sum]) -> list[Sum]:
    """Sums in which a part that is itself a total is replaced by its own parts: what two subtractions give."""
    inner = defaultdict(list)
    for one in found:
        inner[one.terms[-1][0]].append(one)
    made = []
    for outer in found:
        for part, _ in outer.terms[:-1]:
            for below in inner[part]:
                kept = [term for term in outer.terms if term[0] != part]
                made.append(Sum([*below.terms[:-1], *kept], outer.overlapping or below.overlapping))
    return made


def _group_sums(index: Index) -> list[Sum]:
    """The groups add up to all, in every period and breakdown that has all."""
    parts: dict[tuple, list[int]] = defaultdict(list)
    for (measure, row), number in index.items():
        if row.group != ALL:
            parts[measure, row.period, row.breakdown, row.code].append(number)
    whole = {(m, r.period, r.breakdown, r.code): n for (m, r), n in index.items() if r.group == ALL}
    return [Sum(_sums_to(parts[key], total)) for key, total in whole.items()]


def _code_sums(index: Index) -> list[Sum]:
    """The codes of a breakdown add up to the group's year."""
    parts: dict[tuple, list[int]] = defaultdict(list)
    for (measure, row), number in index.items():
        if row.breakdown != "none":
            parts[measure, row.group, row.breakdown].append(number)
    found = []
    for (measure, group, _), numbers in parts.items():
        total = index.get((measure, Row(YEAR, group)))
        if total is not None:
            found.append(Sum(_sums_to(numbers, total)))
    return found


def _month_sums(index: Index) -> list[Sum]:
    """Amounts: months and what is not split add up to the year. Counts: recipients by month add up to months of benefit."""
    found = []
    for (measure, row), number in index.items():
        if row.period != YEAR or row.breakdown != "none" or measure in ("recipients", "settled"):
            continue
        part = "recipients" if measure == "person_months" else measure
        rows = [Row(period, row.group) for period in range(1, UNALLOCATED + 1)]
        numbers = [index[part, month] for month in rows if (part, month) in index]
        if numbers:
            found.append(Sum(_sums_to(numbers, number), overlapping=True))
    return found


def limits(index: Index, *, a_month_each: bool) -> list[Terms]:
    """Common knowledge: a month's recipients are among the year's, who have 1 to 12 months; a cohort holds its
    recipients. Each sums to at most 0."""
    found: list[Terms] = []
    for (measure, row), number in index.items():
        if measure != "recipients":
            continue
        if row.period != YEAR:
            found.append([(number, 1), (index[measure, Row(YEAR, row.group)], -1)])
            continue
        months, cohort = index.get(("person_months", row)), index.get(("settled", row))
        if months is not None:
            found.append([(months, 1), (number, -12)])
            if a_month_each:
                found.append([(number, 1), (months, -1)])
        if cohort is not None and row.breakdown == "settlement_year":
            found.append([(number, 1), (cohort, -1)])
    return found


def shrinking_cohorts(younger: Index, older: Index) -> list[Terms]:
    """A settlement cohort cannot grow from one year (``older``) to the next, apart from movers."""
    return [
        [(number, 1), (older[key], -1)]
        for key, number in younger.items()
        if key[0] == "settled" and key[1].breakdown == "settlement_year" and key in older
    ]


def _sums_to(parts: list[int], total: int) -> Terms:
    return [*((part, 1.0) for part in parts), (total, -1.0)]
