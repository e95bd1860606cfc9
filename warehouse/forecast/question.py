"""What may be asked of the grant forecast, and what is refused.

Here: the question as one object and its limits. Not here: the answer, or any wording for municipal readers.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

import duckdb

from warehouse.errors import WarehouseError
from warehouse.places import find_municipality, published_municipalities

GRANT_YEARS = 5
LAST_SPAN = 20
"""Years ahead a forecast may reach: longer than the rules can say anything about."""

Category = Literal["single_adult", "adult_or_child_in_family", "unaccompanied_minor"]
CATEGORIES: tuple[Category, ...] = ("single_adult", "adult_or_child_in_family", "unaccompanied_minor")
By = Literal["request", "decision"]
KNOWN_SCENARIOS: tuple[By, ...] = ("request", "decision")
"""Scenarios whose number the release knows: IMDi's newest request to the municipality, and its newest decision."""


class ForecastError(WarehouseError):
    """The question cannot be answered: a setting outside its range, or a rate or municipality that is not there."""


@dataclass(frozen=True)
class Settled:
    """Persons to be settled in one year, alike in what decides a rate.

    ``age`` is the age at the end of the settlement year; without it no grant that depends on age is counted.
    ``month`` cuts only grants whose rate says so (the special grant for unaccompanied minors).
    """

    year: int
    persons: float
    category: Category = "adult_or_child_in_family"
    month: int | None = None
    age: int | None = None
    disability_grant: Literal["1", "2"] | None = None


@dataclass(frozen=True)
class Assumptions:
    """What the documents do not say and a reader may set. The defaults are rates held and nobody moving in or out.

    ``index_pct`` a year from the last known rate year; ``attrition_pct`` of what is left of a cohort leaves each year after
    the settlement year; ``reunification_pct`` persons per 100 settled arrive ``reunification_after_years`` later and
    start a grant period of their own; ``rate_year`` uses the rates of that year throughout; ``running_year`` takes the
    cohort of a year that is not over as settled so far, or as the municipality has decided.
    """

    index_pct: float = 0.0
    attrition_pct: float = 0.0
    reunification_pct: float = 0.0
    reunification_after_years: int = 1
    rate_year: int | None = None
    running_year: Literal["settled", "decided"] = "settled"


@dataclass(frozen=True)
class Question:
    """Scenarios side by side for one municipality (code of today).

    Each of ``settle`` is a scenario ``settle_<n>`` that settles that many alike persons every year, n a number or one of
    KNOWN_SCENARIOS; ``plans`` adds scenarios with rows of their own. ``from_year`` is by default the year after ``today``.
    ``legacy`` replaces the number settled in a year before it.
    """

    municipality: str
    settle: Sequence[float | By] = (0, 40, *KNOWN_SCENARIOS)
    plans: Mapping[str, Sequence[Settled]] = field(default_factory=dict)
    from_year: int | None = None
    years: int = 5
    category: Category = "adult_or_child_in_family"
    month: int | None = None
    age: int | None = None
    legacy: Mapping[int, float] = field(default_factory=dict)
    terms: Assumptions = field(default_factory=Assumptions)
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    @property
    def first(self) -> int:
        """First year of the forecast."""
        return self.from_year if self.from_year is not None else self.today.year + 1

    @property
    def last(self) -> int:
        """Last year of the forecast."""
        return self.first + self.years - 1

    @property
    def numbers(self) -> list[float]:
        """The scenarios that are numbers."""
        return [count for count in self.settle if not isinstance(count, str)]


def plans_from_rows(rows: Sequence[Mapping[str, object]], municipality: str) -> dict[str, list[Settled]]:
    """Plans of a filled plan template (dataset municipal_settlement_plan) as scenarios ``plan_<name>``."""
    plans: dict[str, list[Settled]] = {}
    for row in rows:
        if row["municipality_code"] == municipality:
            plans.setdefault(f"plan_{row['plan']}", []).append(
                Settled(row["year"], row["planned_persons"], row["category"], row["month"], row["age"])
            )
    return plans


def municipality_code(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """The code of today of a municipality given by name or code. Raises ForecastError with near names."""
    if re.fullmatch(r"\d{4}", name.strip()):
        return name.strip()
    return find_municipality(name, published_municipalities(connection), "forecast, municipality", ForecastError)


def check(connection: duckdb.DuckDBPyConnection, asked: Question) -> None:
    """Raise ForecastError when a setting is out of its range or the release cannot answer."""
    known, terms, numbers = rate_years(connection), asked.terms, asked.numbers
    _demand(bool(asked.settle or asked.plans), "settle", "at least one scenario", list(asked.settle))
    _demand(bool(re.fullmatch(r"\d{4}", asked.municipality)), "municipality", "four digits", asked.municipality)
    _demand(all(0 <= count <= 100_000 for count in numbers), "settle", "0 to 100000 persons a year", numbers)
    _demand(len(set(asked.settle)) == len(asked.settle), "settle", "each number once", list(asked.settle))
    named = [count for count in asked.settle if isinstance(count, str)]
    _demand(set(named) <= set(KNOWN_SCENARIOS), "settle", f"a number or one of {KNOWN_SCENARIOS}", named)
    _demand(1 <= asked.years <= LAST_SPAN, "years", f"1 to {LAST_SPAN}", asked.years)
    first = f"a year from {known[0]}, the first with rates"
    _demand(known[0] <= asked.first <= known[-1] + LAST_SPAN, "from", first, asked.first)
    _demand(asked.category in CATEGORIES, "category", f"one of {', '.join(CATEGORIES)}", asked.category)
    _demand(asked.month is None or 1 <= asked.month <= 12, "month", "1 to 12", asked.month)
    _demand(asked.age is None or 0 <= asked.age <= 120, "age", "0 to 120", asked.age)
    _demand(all(count >= 0 for count in asked.legacy.values()), "legacy", "0 or more persons", dict(asked.legacy))
    before = f"years from {asked.first - GRANT_YEARS} to {asked.first - 1}"
    _demand(all(asked.first - GRANT_YEARS <= y < asked.first for y in asked.legacy), "legacy", before, [*asked.legacy])
    _check_terms(terms, known)
    _check_region(connection, asked, known)


def _check_terms(terms: Assumptions, known: list[int]) -> None:
    _demand(-50 <= terms.index_pct <= 50, "index", "-50 to 50 percent a year", terms.index_pct)
    _demand(-100 <= terms.attrition_pct <= 100, "attrition", "-100 to 100 percent a year", terms.attrition_pct)
    _demand(0 <= terms.reunification_pct <= 1000, "reunification", "0 to 1000 per 100", terms.reunification_pct)
    _demand(0 <= terms.reunification_after_years <= 5, "reunification years", "0 to 5", terms.reunification_after_years)
    _demand(terms.rate_year is None or terms.rate_year in known, "rate year", f"one of {known}", terms.rate_year)
    _demand(terms.running_year in ("settled", "decided"), "running year", "settled or decided", terms.running_year)


def _check_region(connection: duckdb.DuckDBPyConnection, asked: Question, known: list[int]) -> None:
    supplements = connection.execute(
        "select min(rate_year) from marts.fct_grant_rate where is_used and grant_scheme = 'supplement'"
    ).fetchone()
    since = supplements[0] if supplements and supplements[0] else known[-1]
    wanted = f"no age before {since}, the first year with supplements"
    _demand(asked.age is None or asked.first >= since, "age", wanted, asked.age)
    in_use = connection.execute(
        "select count(*) from marts.dim_region where region_level = 'municipality' and region_code = ?",
        [asked.municipality],
    ).fetchone()
    _demand(bool(in_use and in_use[0]), "municipality", "a municipality code of today", asked.municipality)


def rate_years(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """The years with rates of the integration grant. Raises ForecastError where there is none."""
    rows = connection.execute(
        "select distinct rate_year from marts.fct_grant_rate "
        "where is_used and grant_name = 'integration_grant' order by rate_year"
    ).fetchall()
    if not rows:
        raise ForecastError(
            expected="rates of the integration grant in the published release",
            found="none",
            where="marts.fct_grant_rate",
            next_step="run `integrering run`, which publishes the bundled rates",
        )
    return [row[0] for row in rows]


def _demand(is_met: bool, where: str, expected: str, found: object) -> None:
    if not is_met:
        raise ForecastError(
            expected=expected,
            found=repr(found),
            where=f"forecast, {where}",
            next_step="ask again with a value in range",
        )
