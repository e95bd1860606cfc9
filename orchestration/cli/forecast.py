"""`integrering forecast`: options, and the answer as a table, csv or json.

Here: reading options and printing. Not here: any figure, nor the sentences (report/forecast/wording.py).
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from orchestration.cli.options import complete_municipality, municipality_code

if TYPE_CHECKING:
    from warehouse.forecast.answer import Forecast

_NAMED = {"request": "request", "anmodning": "request", "decision": "decision", "vedtak": "decision"}
_COMPONENTS = {
    "legacy": "bosatt før",
    "new": "nye kull",
    "family_reunification": "familiegjenforente",
    "total": "i alt",
}


def forecast(
    settle: Annotated[
        list[str] | None,
        typer.Option(help="persons each year, or request (anmodning) or decision (vedtak); may be given several times"),
    ] = None,
    start: Annotated[int | None, typer.Option("--from", help="first year; default next year")] = None,
    years: Annotated[int, typer.Option(min=1, max=20)] = 5,
    municipality: Annotated[
        str | None, typer.Option(help="name or code of today", autocompletion=complete_municipality)
    ] = None,
    category: Literal["single_adult", "adult_or_child_in_family", "unaccompanied_minor"] = "adult_or_child_in_family",
    age: Annotated[int | None, typer.Option(help="age at the end of the settlement year")] = None,
    month: Annotated[int | None, typer.Option(help="month of settlement", min=1, max=12)] = None,
    index: Annotated[float, typer.Option(help="yearly growth of the rates in per cent")] = 0.0,
    attrition: Annotated[float, typer.Option(help="per cent of a cohort that leaves each year")] = 0.0,
    reunification: Annotated[float, typer.Option(help="family reunifications per 100 settled")] = 0.0,
    rate_year: Annotated[int | None, typer.Option(help="use the rates of this year throughout")] = None,
    running_year: Annotated[
        Literal["settled", "decided"],
        typer.Option(help="the cohort of a year that is not over: as settled so far, or as decided"),
    ] = "settled",
    legacy: Annotated[list[str] | None, typer.Option(help="YEAR=PERSONS settled before; several times")] = None,
    plan: Annotated[Path | None, typer.Option(help="filled plan template (csv or xlsx)", exists=True)] = None,
    output: Annotated[Literal["table", "csv", "json"], typer.Option("--format")] = "table",
) -> None:
    """Grant forecast scenarios side by side, with the assumptions they rest on."""
    from warehouse.forecast.answer import forecast as compute
    from warehouse.forecast.question import Assumptions, Question, plans_from_rows
    from warehouse.query import open_published
    from warehouse.settings import load_settings

    settings = load_settings()
    wanted = {} if settle is None else {"settle": tuple(_settle(text) for text in settle)}
    code = municipality_code(municipality, settings)
    with open_published(settings.data_dir) as connection:
        plans = plans_from_rows(_plan_rows(plan), code) if plan else {}
        terms = Assumptions(index, attrition, reunification, rate_year=rate_year, running_year=running_year)
        known = dict(_cohort(text) for text in legacy or [])
        asked = Question(
            code, plans=plans, from_year=start, years=years, category=category, month=month, age=age, legacy=known,
            terms=terms, **wanted,
        )  # fmt: skip
        answer = compute(connection, asked)
    typer.echo({"table": _table, "csv": _csv, "json": _json}[output](answer), nl=False)


def _settle(text: str) -> Any:
    if text.casefold() in _NAMED:
        return _NAMED[text.casefold()]
    try:
        return float(text.replace(",", "."))
    except ValueError as problem:
        raise typer.BadParameter(f"a number, {' or '.join(_NAMED)}, not {text!r}", param_hint="--settle") from problem


def _cohort(text: str) -> tuple[int, float]:
    year, _, persons = text.partition("=")
    try:
        return int(year), float(persons)
    except ValueError as problem:
        raise typer.BadParameter(f"YEAR=PERSONS, as 2024=42, not {text!r}", param_hint="--legacy") from problem


def _plan_rows(plan: Path) -> list[dict[str, Any]]:
    from sources.dataset.spec import load_specs
    from sources.municipal.reader import read_template
    from sources.ports import Document

    return read_template(load_specs()["municipal_settlement_plan"], [Document(plan, plan.name)]).to_pylist()


def _table(answer: Forecast) -> str:
    """The lead, kroner by scenario and component over the years with the sum, then the assumptions."""
    from rich.console import Console
    from rich.table import Table

    from report.forecast.wording import assumption_lines, lead, money, scenario_name

    years = range(answer.from_year, answer.to_year + 1)
    console = Console(width=200, file=io.StringIO(), highlight=False)
    for line in lead(answer):
        console.print(line, soft_wrap=True)
    heads = [str(year) for year in years]
    span = f"{answer.from_year}–{answer.to_year}"
    table = Table("scenario", "del", *heads, span, title=f"Tilskudd i kroner, {answer.municipality}")
    rows: dict[tuple[str, str], dict[int, str]] = {}
    for row in answer.totals:
        rows.setdefault((str(row["scenario_id"]), str(row["component"])), {})[int(str(row["year"]))] = money(row)
    sums = {(str(row["scenario_id"]), str(row["component"])): money(row) for row in answer.sums}
    for (scenario, component), amounts in rows.items():
        shown = [amounts.get(year, "0") for year in years]
        name = scenario_name(answer, scenario)
        table.add_row(name, _COMPONENTS[component], *shown, sums[scenario, component])
    console.print(table)
    if answer.is_demo:
        console.print("DEMODATA: noen av tallene er oppdiktet.")
    for line in assumption_lines(answer):
        console.print(f"- {line}", soft_wrap=True, markup=False)
    return console.file.getvalue()


def _rows(answer: Forecast) -> list[dict[str, Any]]:
    """The yearly rows and, with the first and last year in `year`, the sums."""
    amounts = ("amount_nok", "amount_low_nok", "amount_high_nok")
    span = f"{answer.from_year}-{answer.to_year}"
    return [
        {"region_code": answer.municipality, "scenario_id": row["scenario_id"], "component": row["component"]}
        | {"year": str(row.get("year", span))}
        | {name: row[name] for name in amounts}
        for row in [*answer.totals, *answer.sums]
    ]


def _csv(answer: Forecast) -> str:
    rows, written = _rows(answer), io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in row.items()} for row in rows
    )
    return written.getvalue()


def _json(answer: Forecast) -> str:
    from report.forecast.wording import assumption_lines, lead

    cohorts = [
        {"year": c.year, "persons": c.persons, "persons_low": c.low, "persons_high": c.high, "source": c.source,
         "is_whole_year": c.is_whole_year, "counted": c.counted, "decided_persons": c.decided,
         "other_sources": dict(c.others)}
        for c in answer.cohorts
    ]  # fmt: skip
    said = {"lead_nb": lead(answer), "assumptions_nb": assumption_lines(answer), "is_demo": answer.is_demo}
    return json.dumps({"rows": _rows(answer), "cohorts": cohorts, **said}, ensure_ascii=False, indent=2) + "\n"
