"""The grant forecast for any municipality and any plan, on the rates and cohorts of a published release.

Here: what a caller may ask, and running dbt_project/macros/grant_forecast.sql. Not here: the rules themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import duckdb
import jinja2

from warehouse.errors import WarehouseError
from warehouse.forecast.text import assumption_lines

RULES = Path(__file__).parents[2] / "dbt_project" / "macros" / "grant_forecast.sql"
GRANT_YEARS = 5
LAST_SPAN = 20
"""Years ahead a forecast may reach: longer than the rules can say anything about."""

Category = Literal["single_adult", "adult_or_child_in_family", "unaccompanied_minor"]
CATEGORIES: tuple[Category, ...] = ("single_adult", "adult_or_child_in_family", "unaccompanied_minor")


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

    ``index_pct`` a year from the last known rate; ``attrition_pct`` of what is left of a cohort leaves each year after
    the settlement year; ``reunification_pct`` persons per 100 settled arrive ``reunification_after_years`` later and
    start a grant period of their own; ``rate_year`` uses the rates of that year throughout.
    """

    index_pct: float = 0.0
    attrition_pct: float = 0.0
    reunification_pct: float = 0.0
    reunification_after_years: int = 1
    rate_year: int | None = None


@dataclass(frozen=True)
class Forecast:
    """The answer. Rows are dicts in the order of the columns they are printed in.

    ``totals``: scenario, year, component (legacy, new, family_reunification, total), persons, amount and its bounds.
    ``detail``: the same by grant, cohort, grant year and category with the rate. ``sensitivity``: cost by the
    committee's three forecasts. ``assumptions_nb``: lines in Norwegian to print with every figure. Amounts in kroner;
    an amount is None where a hidden cohort leaves an interval.
    """

    municipality: str
    from_year: int
    to_year: int
    totals: list[dict[str, object]]
    detail: list[dict[str, object]]
    sensitivity: list[dict[str, object]]
    assumptions_nb: list[str] = field(default_factory=list)
    is_demo: bool = False


def forecast(
    connection: duckdb.DuckDBPyConnection,
    *,
    municipality: str,
    settle: Sequence[float] = (0,),
    plans: dict[str, list[Settled]] | None = None,
    from_year: int | None = None,
    years: int = 5,
    category: Category = "adult_or_child_in_family",
    month: int | None = None,
    age: int | None = None,
    legacy: dict[int, float] | None = None,
    assumptions: Assumptions | None = None,
) -> Forecast:
    """Scenarios side by side for one municipality, read from a published release (a read-only connection is enough).

    Each number in ``settle`` is a scenario ``settle_<n>`` that settles that many alike persons every year; ``plans``
    adds scenarios with rows of their own. ``legacy`` replaces the known number settled in a year before ``from_year``
    (default: the year after the last rate year). Raises ForecastError.
    """
    terms = assumptions or Assumptions()
    first = from_year if from_year is not None else _last_rate_year(connection) + 1
    last = first + years - 1
    _demand(bool(settle or plans), "settle", "at least one scenario", list(settle))
    _check(connection, municipality, settle, first, years, category, month, age, terms)
    known = _legacy(connection, municipality, first, legacy or {})
    scenarios = {
        f"settle_{_plain(count)}": [
            Settled(year, count, category, month, age) for year in range(first, last + 1) if count > 0
        ]
        for count in settle
    } | {name: [row for row in rows if first <= row.year <= last] for name, rows in (plans or {}).items()}
    _write_inputs(connection, municipality, scenarios, known, first, last, terms)
    totals, detail, sensitivity = _run(connection)
    return Forecast(
        municipality=municipality,
        from_year=first,
        to_year=last,
        totals=totals,
        detail=detail,
        sensitivity=sensitivity,
        assumptions_nb=assumption_lines(
            terms, first, last, known, scenarios, rate_years=sorted({int(str(row["rate_year"])) for row in detail})
        ),
        is_demo=any(row.is_demo for row in known),
    )


def plans_from_rows(rows: Sequence[Mapping[str, object]], municipality: str) -> dict[str, list[Settled]]:
    """Plans of a filled plan template (dataset municipal_settlement_plan) as scenarios ``plan_<name>``."""
    plans: dict[str, list[Settled]] = {}
    for row in rows:
        if row["municipality_code"] == municipality:
            plans.setdefault(f"plan_{row['plan']}", []).append(
                Settled(row["year"], row["planned_persons"], row["category"], row["month"], row["age"])
            )
    return plans


@dataclass(frozen=True)
class Legacy:
    """Persons settled in a year before the forecast; ``source`` is None where nobody knows, which counts as nobody."""

    year: int
    persons: float | None
    low: float
    high: float | None
    source: str | None
    is_whole_year: bool = True
    is_demo: bool = False


def _legacy(
    connection: duckdb.DuckDBPyConnection, municipality: str, first: int, given: dict[int, float]
) -> list[Legacy]:
    rows = connection.execute(
        "select settlement_year, settled_persons, settled_persons_low, settled_persons_high, cohort_source, "
        "is_whole_year, is_demo from marts.settled_cohort "
        "where is_used and region_code = ? and settlement_year between ? and ?",
        [municipality, first - GRANT_YEARS + 1, first - 1],
    ).fetchall()
    known = {row[0]: Legacy(*row) for row in rows}
    return [
        Legacy(year, given[year], given[year], given[year], "given")
        if year in given
        else known.get(year, Legacy(year, 0.0, 0.0, 0.0, None))
        for year in range(first - GRANT_YEARS + 1, first)
    ]


def _write_inputs(
    connection: duckdb.DuckDBPyConnection,
    municipality: str,
    scenarios: dict[str, list[Settled]],
    known: list[Legacy],
    first: int,
    last: int,
    terms: Assumptions,
) -> None:
    connection.execute(
        "create or replace temp table forecast_assumption (scenario_id varchar, region_code varchar, "
        "from_year integer, to_year integer, fixed_rate_year integer, index_pct double, attrition_pct double, "
        "reunification_pct double, reunification_after_years integer)"
    )
    connection.execute(
        "create or replace temp table forecast_plan (scenario_id varchar, region_code varchar, component varchar, "
        "settlement_year integer, settlement_month integer, category varchar, age integer, disability_grant varchar, "
        "persons double, persons_low double, persons_high double)"
    )
    rest = [first, last, terms.rate_year, terms.index_pct, terms.attrition_pct, terms.reunification_pct]
    connection.executemany(
        "insert into forecast_assumption values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [[name, municipality, *rest, terms.reunification_after_years] for name in scenarios],
    )
    plan = [
        [name, municipality, "legacy", c.year, None, "adult_or_child_in_family", None, None, c.persons, c.low, c.high]
        for name in scenarios
        for c in known
    ] + [
        [name, municipality, "new", r.year, r.month, r.category, r.age, r.disability_grant, *[float(r.persons)] * 3]
        for name, rows in scenarios.items()
        for r in rows
    ]
    connection.executemany("insert into forecast_plan values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", plan)


def _run(connection: duckdb.DuckDBPyConnection) -> tuple[list[dict[str, object]], ...]:
    rules = _rules()
    steps = {
        "forecast_detail": rules.grant_forecast_detail("forecast_plan", "forecast_assumption", "marts.fct_grant_rate"),
        "forecast_totals": rules.grant_forecast_totals("forecast_detail", "forecast_assumption"),
        "forecast_sensitivity": rules.grant_forecast_sensitivity("forecast_totals", "marts.cost_coverage"),
    }
    for name, query in steps.items():
        connection.execute(f"create or replace temp table {name} as {query}")
    order = "case component when 'total' then 9 when 'legacy' then 1 when 'new' then 2 else 3 end"
    cohort = "settlement_year, grant_name, category, rate_nok"
    return (
        _dicts(connection, f"select * from forecast_totals order by scenario_id, year, {order}"),
        _dicts(connection, f"select * from forecast_detail order by scenario_id, year, {order}, {cohort}"),
        _dicts(connection, "select * from forecast_sensitivity order by scenario_id, year, cost_nok"),
    )


@cache
def _rules() -> jinja2.environment.TemplateModule:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    return environment.from_string(RULES.read_text(encoding="utf-8")).module


def _dicts(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, object]]:
    result = connection.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _last_rate_year(connection: duckdb.DuckDBPyConnection) -> int:
    return _rate_years(connection)[-1]


def _rate_years(connection: duckdb.DuckDBPyConnection) -> list[int]:
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


def _check(
    connection: duckdb.DuckDBPyConnection,
    municipality: str,
    settle: Sequence[float],
    first: int,
    years: int,
    category: str,
    month: int | None,
    age: int | None,
    terms: Assumptions,
) -> None:
    known = _rate_years(connection)
    _demand(bool(re.fullmatch(r"\d{4}", municipality)), "municipality", "four digits", municipality)
    _demand(all(0 <= count <= 100_000 for count in settle), "settle", "0 to 100000 persons a year", list(settle))
    _demand(len(set(settle)) == len(settle), "settle", "each number once", list(settle))
    _demand(1 <= years <= LAST_SPAN, "years", f"1 to {LAST_SPAN}", years)
    _demand(known[0] <= first <= known[-1] + LAST_SPAN, "from", f"a year from {known[0]}, the first with rates", first)
    _demand(category in CATEGORIES, "category", f"one of {', '.join(CATEGORIES)}", category)
    _demand(month is None or 1 <= month <= 12, "month", "1 to 12", month)
    _demand(age is None or 0 <= age <= 120, "age", "0 to 120", age)
    _demand(-50 <= terms.index_pct <= 50, "index", "-50 to 50 percent a year", terms.index_pct)
    _demand(-100 <= terms.attrition_pct <= 100, "attrition", "-100 to 100 percent a year", terms.attrition_pct)
    _demand(0 <= terms.reunification_pct <= 1000, "reunification", "0 to 1000 per 100", terms.reunification_pct)
    _demand(0 <= terms.reunification_after_years <= 5, "reunification years", "0 to 5", terms.reunification_after_years)
    supplements = connection.execute(
        "select min(rate_year) from marts.fct_grant_rate where is_used and grant_scheme = 'supplement'"
    ).fetchone()
    since = supplements[0] if supplements and supplements[0] else known[-1]
    _demand(age is None or first >= since, "age", f"no age before {since}, the first year with supplements", age)
    _demand(terms.rate_year is None or terms.rate_year in known, "rate year", f"one of {known}", terms.rate_year)
    in_use = connection.execute(
        "select count(*) from marts.dim_region where region_level = 'municipality' and region_code = ?", [municipality]
    ).fetchone()
    _demand(bool(in_use and in_use[0]), "municipality", "a municipality code of today", municipality)


def _demand(is_met: bool, where: str, expected: str, found: object) -> None:
    if not is_met:
        raise ForecastError(
            expected=expected,
            found=repr(found),
            where=f"forecast, {where}",
            next_step="ask again with a value in range",
        )


def _plain(count: float) -> str:
    return str(int(count)) if float(count).is_integer() else str(count)
