"""The report's block about the grant forecast.

Here: its figure, sentences and cost tables. Not here: the forecast (warehouse/forecast), the assumptions' words (wording.py).
"""

from typing import Any

from report.context import Context
from report.forecast.wording import assumption_lines, lead, report_lead, scenario_name
from report.model import Block, Cell, Figure, Grid, Line
from report.reading.marts import Row
from report.words.norwegian import amount
from report.words.texts import unit_of
from warehouse.errors import WarehouseError
from warehouse.forecast.answer import Forecast, forecast
from warehouse.forecast.question import Question


def forecasts(context: Context) -> Block:
    """The grant when nobody is settled, when 40 are, by IMDi's request, the newest decision and the municipality's plans."""
    words = context.texts.topics["forecast"]
    if not context.marts.rows("fct_grant_rate", {"grant_scheme": "integration_grant"}, columns=["rate_year"]):
        return Block("forecast", words["title"], missing=words["no_rates"])
    code = context.areas.municipality_code
    try:
        answer = forecast(context.marts.connection, Question(code, today=context.sources.today))
    except WarehouseError as problem:
        editor = words["editor_missing"].format(found=problem.found, next_step=problem.next_step)
        return Block("forecast", words["title"], missing=words["missing"], editor=editor)
    totals = [row for row in answer.totals if row["component"] == "total"]
    plans = context.marts.rows(
        "grant_forecast", {"region_code": code, "component": "total"}, order=["scenario_id", "year"]
    )
    plans = [row for row in plans if row["scenario_id"].startswith("plan_")]
    lines = [
        Line("other", scenario_name(answer, scenario), _kroner(found))
        for scenario, found in _by_scenario([*totals, *plans]).items()
    ]
    shown = _figure(context, answer, lines, is_demo=answer.is_demo or any(row["is_demo"] for row in plans))
    said = [*report_lead(answer), *[_sentence(words, line, shown) for line in lines]]
    if not plans:
        said.append(words["no_plan"])
    return Block(
        "forecast",
        words["title"],
        tuple(said),
        shown,
        grids=_sensitivity(words, answer),
        notes=tuple(assumption_lines(answer, has_commands=False)),
        editor="\n".join([*lead(answer), *([] if plans else [words["editor_plan"]])]),
    )


def _figure(context: Context, answer: Forecast, lines: list[Line], is_demo: bool) -> Figure:
    words = context.texts.topics["forecast"]
    datasets = {row["dataset_id"]: row.get("source_table") or "" for row in context.marts.rows("fct_grant_rate")}
    return Figure(
        figure_id="forecast",
        title=words["title"],
        definition=words["definition"],
        unit=unit_of("nok"),
        lines=tuple(lines),
        years=tuple(range(answer.from_year, answer.to_year + 1)),
        form="bars",
        corner=words["corner"],
        is_forecast=True,
        is_demo=is_demo,
        sources=tuple(context.sources.describe(dataset_id) for dataset_id in datasets),
    )


def _by_scenario(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row["scenario_id"]), []).append(row)
    return found


def _kroner(rows: list[Row]) -> dict[int, Cell]:
    cells = {}
    for row in rows:
        value, low, high = row["amount_nok"], row["amount_low_nok"], row["amount_high_nok"]
        cells[row["year"]] = Cell(
            value, low, high, "ok" if value is not None else "interval", "forecast", "hidden_parts"
        )
    return cells


def _sentence(words: dict[str, Any], line: Line, shown: Figure) -> str:
    cells = [line.at(year) for year in shown.years]
    parts = {"first": _money(words, cells[0]), "last": _money(words, cells[-1]), "sum": _money(words, _sum(cells))}
    return words["line"].format(scenario=line.name, first_year=shown.years[0], last_year=shown.years[-1], **parts)


def _sum(cells: list[Cell]) -> Cell:
    """Over the years: exact only where every year is, with an upper bound only where every year has one."""
    values, lows, highs = ([getattr(cell, name) for cell in cells] for name in ("value", "low", "high"))
    total = None if None in values else sum(values)
    return Cell(total, None if None in lows else sum(lows), None if None in highs else sum(highs))


def _money(words: dict[str, Any], cell: Cell) -> str:
    unit = unit_of("nok")
    if cell.value is not None:
        return amount(cell.value, unit)
    if cell.low is not None and cell.high is not None:
        return words["between"].format(low=amount(cell.low, unit), high=amount(cell.high, unit))
    return words["at_least"].format(low=amount(cell.low, unit)) if cell.low is not None else words["unknown"]


def _sensitivity(words: dict[str, Any], answer: Forecast) -> tuple[Grid, ...]:
    """Cost that the grant leaves uncovered, by scenario and year, for the committee's three forecasts."""
    found: dict[tuple[str, int], dict[str, Row]] = {}
    for row in answer.sensitivity:
        found.setdefault((str(row["scenario_id"]), int(str(row["year"]))), {})[str(row["sensitivity"])] = row
    rows = tuple(
        (scenario_name(answer, scenario), year, by["main"]["grant_nok"], by["main"]["cost_nok"],
         by.get("low", {}).get("cost_nok"), by.get("high", {}).get("cost_nok"), by["main"]["uncovered_nok"])
        for (scenario, year), by in found.items()
        if "main" in by and by["main"]["uncovered_nok"] is not None
    )  # fmt: skip
    return (Grid(words["cost_title"], tuple(words["cost_header"]), rows, frozenset(range(2, 7))),) if rows else ()
