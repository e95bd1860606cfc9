"""Who was settled before the forecast begins, and the numbers a release knows for scenarios.

Here: reading them with the source of each. Not here: rates, rules, or wording.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from warehouse.forecast.question import GRANT_YEARS, KNOWN_SCENARIOS, Question


@dataclass(frozen=True)
class Cohort:
    """Persons settled in one year before the forecast.

    ``source`` is that of the mart settled_cohort, ``given`` from the question, or None where nobody knows: then it is at
    least nobody, and never nobody. ``others`` has the number of each other source; ``decided`` what the municipality decided.
    """

    year: int
    persons: float | None
    low: float
    high: float | None
    source: str | None
    is_whole_year: bool = True
    is_demo: bool = False
    decided: float | None = None
    stated_on: date | None = None
    others: tuple[tuple[str, float], ...] = ()
    counted: str = "settled"

    @property
    def is_unknown(self) -> bool:
        """True where no source knows the year."""
        return self.source is None


@dataclass(frozen=True)
class Known:
    """A number for a scenario: persons a year, the year it was asked or decided for, and whether it is invented."""

    persons: float
    year: int
    is_demo: bool


def cohorts(connection: duckdb.DuckDBPyConnection, asked: Question) -> list[Cohort]:
    """One cohort for each year whose persons may still carry a grant or family in the forecast, the oldest first."""
    rows = connection.execute(
        "select settlement_year, settled_persons, settled_persons_low, settled_persons_high, cohort_source, "
        "is_whole_year, is_demo, decided_persons, stated_on, is_used from marts.settled_cohort "
        "where region_code = ? and settlement_year between ? and ? order by settlement_year, cohort_source",
        [asked.municipality, asked.first - GRANT_YEARS, asked.first - 1],
    ).fetchall()
    known = {row[0]: Cohort(*row[:9]) for row in rows if row[9]}
    for year, found in known.items():
        beside = tuple(
            (row[4], row[1]) for row in rows if row[0] == year and not row[9] and row[1] is not None and row[5]
        )
        known[year] = replace(found, others=beside)
    return [_cohort(year, known, asked) for year in range(asked.first - GRANT_YEARS, asked.first)]


def _cohort(year: int, known: Mapping[int, Cohort], asked: Question) -> Cohort:
    if year in asked.legacy:
        persons = float(asked.legacy[year])
        return Cohort(year, persons, persons, persons, "given")
    found = known.get(year, Cohort(year, None, 0.0, None, None))
    if found.is_whole_year or asked.terms.running_year == "settled" or found.decided is None:
        return found
    return replace(found, persons=found.decided, low=found.decided, high=found.decided, counted="decided")


def known_numbers(connection: duckdb.DuckDBPyConnection, municipality: str) -> dict[str, Known]:
    """The newest request and decision with a number, by the names of KNOWN_SCENARIOS; absent where none is known."""
    found: dict[str, Known] = {}
    for name, column in zip(KNOWN_SCENARIOS, ("requested_persons", "decided_persons"), strict=True):
        row = connection.execute(
            f"select {column}, year, is_demo from marts.fct_settlement "  # a column of ours
            f"where region_code = ? and {column} is not null order by is_demo, year desc limit 1",
            [municipality],
        ).fetchone()
        if row:
            found[name] = Known(float(row[0]), row[1], row[2])
    return found
