"""Municipalities side by side in one indicator, with their counties and the country, as a person asks for it.

Here: the question and how a figure that is not one is written. Not here: how it is printed, or who asks (the command line; an
assistant gets bounds and sources, orchestration/assistant).
"""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import duckdb

from warehouse.errors import WarehouseError
from warehouse.interface.finding import require_indicator
from warehouse.interface.open_years import part_years
from warehouse.places import COUNTRY
from warehouse.query import QueryResult


def compare(connection: duckdb.DuckDBPyConnection, indicator_id: str, codes: Sequence[str], years: int) -> QueryResult:
    """A row a year, newest first, and a column an area; ``*`` marks a year that the source saw only a part of.

    Raises NotFound for an unknown indicator, WarehouseError for one that has no total.
    """
    require_indicator(connection, indicator_id)
    regions = {
        code: (name, level, county)
        for code, name, level, county in connection.execute(
            "select region_code, region_name, region_level, county_code from marts.dim_region"
        ).fetchall()
    }
    areas = [*codes, *dict.fromkeys(county for code in codes if (county := regions[code][2])), COUNTRY]
    levels = [regions[code][1] for code in areas]
    marks = ", ".join("(?, ?)" for _ in areas)
    rows = connection.execute(
        "select v.year, v.region_code, v.region_level, v.value, v.value_low, v.value_high, s.value_status_nb "
        "from marts.fct_indicator_value as v inner join (select distinct value_status, value_status_nb from "
        "marts.dim_figure_state) as s using (value_status) where v.indicator_id = ? and v.is_total "
        f"and (v.region_code, v.region_level) in ({marks})",
        [indicator_id, *(part for pair in zip(areas, levels, strict=True) for part in pair)],
    ).fetchall()
    if not rows:
        raise WarehouseError(
            expected="an indicator that has a total for these areas",
            found=f"{indicator_id}, which is given by group only or not for them",
            where="compare",
            next_step=f"integrering describe {indicator_id} has a query by group",
        )
    shown = {(year, code, level): _written(*figure) for year, code, level, *figure in rows}
    partly = part_years(connection, indicator_id)
    newest = sorted({row[0] for row in rows}, reverse=True)[:years]
    table = [
        (
            f"{year}{'*' if year in partly else ''}",
            *(shown.get((year, code, level), "") for code, level in zip(areas, levels, strict=True)),
        )
        for year in newest
    ]
    notes = [f"* {year}: as of {partly[year]}, not the whole year" for year in newest if year in partly]
    if all(low is None for year, *_, low, _, _ in rows if year in newest):
        notes = [_nothing(connection, indicator_id)]
    return QueryResult(["year", *(regions[code][0] for code in areas)], table, hints=tuple(notes))


def _nothing(connection: duckdb.DuckDBPyConnection, indicator_id: str) -> str:
    """That there is no figure for these areas, and which indicator of nearly the same name has some."""
    with_figures = connection.execute(
        "select distinct indicator_id from marts.dim_series inner join marts.fct_figure_municipality using (series_number) "
        "where is_total and value is not null"
    ).fetchall()
    near = get_close_matches(indicator_id, [one for (one,) in with_figures], n=2, cutoff=0.6)
    return "none of these has a figure in this release" + (f"; near: {', '.join(near)}" if near else "")


def _written(value: float | None, low: float | None, high: float | None, status: str) -> Any:
    """The figure, the two it lies between, or why there is none."""
    if value is not None:
        return value
    return f"{low:g}-{high:g}" if low is not None and high is not None else status
