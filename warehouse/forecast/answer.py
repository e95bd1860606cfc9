"""The grant forecast for any municipality and any plan, on the rates and cohorts of a published release.

Here: running dbt_project/macros/grant_forecast.sql for a question. Not here: the rules themselves, the question's limits
(question.py), the cohorts (cohorts.py), or any wording.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import jinja2

from warehouse.forecast.cohorts import Cohort, Known, cohorts, known_numbers
from warehouse.forecast.question import GRANT_YEARS, ForecastError, Question, Settled, check, rate_years

RULES = Path(__file__).parents[2] / "dbt_project" / "macros" / "grant_forecast.sql"

BUDGET_YEARS = 4


@dataclass(frozen=True)
class Worth:
    """What one person of a cohort that nobody knows releases over the years of the forecast, in kroner."""

    year: int
    per_person_nok: float


@dataclass(frozen=True)
class Rate:
    """A rate year of the integration grant that the answer used, and where its rates are printed."""

    year: int
    document: str
    dataset_id: str


@dataclass(frozen=True)
class Budget:
    """What the state pays in integration grants in the whole country in a year, at the latest stage known."""

    year: int
    stage: str
    amount_nok: float


@dataclass(frozen=True)
class Forecast:
    """The answer. Rows are dicts in the order of the columns they are printed in.

    ``totals``: scenario, year, component (legacy, new, family_reunification, total), persons, amount and its bounds.
    ``sums``: the same over all years, of scenario and component. ``detail``: by grant, cohort, grant year and category with
    the rate. ``sensitivity``: cost by the committee's three forecasts. Amounts in kroner; an amount is None where a hidden
    or unknown cohort leaves only bounds, and its upper bound None where nobody knows the cohort. ``basis``: where the number
    of a scenario that the release knows comes from; ``left_out``: those it does not know. ``unread_rates``: years up to the
    last of the forecast, this year or the next at most, without rates. ``worth``: of each cohort that nobody knows.
    ``budget``: the state's appropriations of the newest four years, a check on the direction.
    """

    question: Question
    totals: list[dict[str, object]]
    sums: list[dict[str, object]]
    detail: list[dict[str, object]]
    sensitivity: list[dict[str, object]]
    cohorts: list[Cohort]
    scenarios: dict[str, list[Settled]]
    basis: dict[str, Known]
    left_out: list[str]
    rates: list[Rate]
    unread_rates: list[int]
    worth: list[Worth]
    budget: list[Budget]

    @property
    def municipality(self) -> str:
        """Code of today."""
        return self.question.municipality

    @property
    def from_year(self) -> int:
        """First year."""
        return self.question.first

    @property
    def to_year(self) -> int:
        """Last year."""
        return self.question.last

    @property
    def is_demo(self) -> bool:
        """True where any cohort or number of a scenario is invented."""
        return any(row.is_demo for row in [*self.cohorts, *self.basis.values()])


def forecast(connection: duckdb.DuckDBPyConnection, asked: Question) -> Forecast:
    """The answer to a question, read from a published release (a read-only connection is enough). Raises ForecastError."""
    try:
        return _answer(connection, asked)
    except (duckdb.CatalogException, duckdb.BinderException) as problem:
        raise ForecastError(
            expected="a release made by the models of this version",
            found=str(problem).splitlines()[0],
            where="forecast, release",
            next_step="run `integrering run`, which makes a new release",
        ) from problem


def _answer(connection: duckdb.DuckDBPyConnection, asked: Question) -> Forecast:
    check(connection, asked)
    legacy = cohorts(connection, asked)
    numbers = known_numbers(connection, asked.municipality)
    named = [name for name in asked.settle if isinstance(name, str)]
    basis = {f"settle_{name}": numbers[name] for name in named if name in numbers}
    scenarios = _scenarios(asked, basis)
    plan = [_legacy_row(asked, name, cohort) for name in scenarios for cohort in legacy]
    plan += [_new_row(asked, name, row) for name, rows in scenarios.items() for row in rows]
    _write_inputs(connection, asked, list(scenarios), plan)
    totals, detail, sensitivity = _run(connection)
    used = sorted({int(str(row["rate_year"])) for row in detail if row["grant_name"] == "integration_grant"})
    return Forecast(
        question=asked,
        totals=totals,
        sums=_sums(totals),
        detail=detail,
        sensitivity=sensitivity,
        cohorts=legacy,
        scenarios=scenarios,
        basis=basis,
        left_out=[name for name in named if name not in numbers],
        rates=_rates(connection, used),
        unread_rates=_unread(connection, asked, used),
        worth=_worth(connection, asked, legacy),
        budget=_budget(connection),
    )


def _scenarios(asked: Question, basis: Mapping[str, Known]) -> dict[str, list[Settled]]:
    years = range(asked.first, asked.last + 1)
    every = {f"settle_{_plain(count)}": count for count in asked.numbers}
    every |= {name: known.persons for name, known in basis.items()}
    alike = {
        name: [Settled(year, count, asked.category, asked.month, asked.age) for year in years if count > 0]
        for name, count in every.items()
    }
    return alike | {name: [row for row in rows if row.year in years] for name, rows in asked.plans.items()}


def _legacy_row(asked: Question, scenario: str, cohort: Cohort) -> list[object]:
    persons = [cohort.persons, cohort.low, cohort.high]
    known = ["legacy", cohort.year, None, "adult_or_child_in_family", None, None]
    return [scenario, asked.municipality, *known, *persons]


def _new_row(asked: Question, scenario: str, row: Settled) -> list[object]:
    told = ["new", row.year, row.month, row.category, row.age, row.disability_grant]
    return [scenario, asked.municipality, *told, *[float(row.persons)] * 3]


def _write_inputs(
    connection: duckdb.DuckDBPyConnection, asked: Question, scenarios: Sequence[str], plan: Sequence[list[object]]
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
    terms = asked.terms
    rest = [asked.first, asked.last, terms.rate_year, terms.index_pct, terms.attrition_pct, terms.reunification_pct]
    for name in scenarios:
        connection.execute(
            "insert into forecast_assumption values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [name, asked.municipality, *rest, terms.reunification_after_years],
        )
    if plan:
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


def _sums(totals: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Over the years. A sum with a year of which only bounds are known has bounds only."""
    found: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in totals:
        found.setdefault((str(row["scenario_id"]), str(row["component"])), []).append(row)
    return [
        {"scenario_id": scenario, "component": component}
        | {name: _sum([row[name] for row in rows]) for name in ("amount_nok", "amount_low_nok", "amount_high_nok")}
        for (scenario, component), rows in found.items()
    ]


def _sum(values: Sequence[object]) -> float | None:
    known = [float(str(value)) for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _rates(connection: duckdb.DuckDBPyConnection, used: Sequence[int]) -> list[Rate]:
    rows = connection.execute(
        "select distinct rate_year, source_document, dataset_id from marts.fct_grant_rate "
        "where is_used and grant_name = 'integration_grant' order by rate_year, source_document"
    ).fetchall()
    return [Rate(*row) for row in rows if row[0] in used]


def _unread(connection: duckdb.DuckDBPyConnection, asked: Question, used: Sequence[int]) -> list[int]:
    """Years that some budget has rates of by now and this release has not: to the year after today's, as far as asked."""
    if asked.terms.rate_year is not None or not used:
        return []
    return list(range(rate_years(connection)[-1] + 1, min(asked.last, asked.today.year + 1) + 1))


def _worth(connection: duckdb.DuckDBPyConnection, asked: Question, legacy: Sequence[Cohort]) -> list[Worth]:
    """One person of each cohort that nobody knows and that still carries a grant, under the same assumptions."""
    unknown = [c.year for c in legacy if c.is_unknown and c.year > asked.first - GRANT_YEARS]
    if not unknown:
        return []
    plan = [_legacy_row(asked, "one", Cohort(year, 1.0, 1.0, 1.0, "given")) for year in unknown]
    _write_inputs(connection, asked, ["one"], plan)
    query = _rules().grant_forecast_detail("forecast_plan", "forecast_assumption", "marts.fct_grant_rate")
    rows = connection.execute(
        f"select settlement_year, sum(amount_nok) from ({query}) where component = 'legacy' group by 1 order by 1"
    ).fetchall()
    return [Worth(*row) for row in rows]


def _budget(connection: duckdb.DuckDBPyConnection) -> list[Budget]:
    rows = connection.execute(
        "select year, stage, amount_nok from marts.state_budget where grant_item = 'integration_grant' "
        "qualify row_number() over (partition by year order by case stage when 'accounts' then 1 when 'revised' then 2 "
        "when 'adopted' then 3 else 4 end) = 1 order by year"
    ).fetchall()
    return [Budget(*row) for row in rows][-BUDGET_YEARS:]


@cache
def _rules() -> jinja2.environment.TemplateModule:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    return environment.from_string(RULES.read_text(encoding="utf-8")).module


def _dicts(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, object]]:
    result = connection.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _plain(count: float) -> str:
    return str(int(count)) if float(count).is_integer() else str(count)
