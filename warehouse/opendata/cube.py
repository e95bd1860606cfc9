"""One indicator of a release with everything needed to read it: areas, years, breakdowns with labels, figures and bounds.

Here: asking the marts. Not here: a file format (jsonstat.py, and the CSV of export.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

import duckdb

from warehouse.errors import WarehouseError
from warehouse.interface.open_years import part_years
from warehouse.quoting import identifier

LEVELS = ("country", "county", "municipality")
TOTAL = "all"
TOTAL_NB = "i alt"


@dataclass(frozen=True)
class Axis:
    """A dimension: its name, its Norwegian label, and its codes with labels in the order they stand."""

    name: str
    label: str
    codes: dict[str, str]


@dataclass(frozen=True)
class Credit:
    """A dataset behind the figures: whose it is, under which licence, and when it was retrieved."""

    dataset_id: str
    title: str
    attribution: str
    licence: str
    link: str
    retrieved_at: datetime | None


@dataclass(frozen=True)
class Point:
    """One figure: codes along the axes, the value or None, its bounds, and what is known of it."""

    codes: tuple[str, ...]
    value: float | None
    low: float | None
    high: float | None
    status: str
    basis: str


@dataclass(frozen=True)
class Cube:
    """An indicator as a whole. ``axes`` are region, year and the breakdowns it keeps, in that order."""

    indicator_id: str
    name: str
    definition: str
    unit: str
    unit_name: str
    axes: tuple[Axis, ...]
    points: tuple[Point, ...]
    credits: tuple[Credit, ...]
    statuses: dict[str, str]
    part_years: dict[int, date]
    """Years whose figures lack a part of the year, with the day their source stood at."""
    is_demo: bool


def cube_of(connection: duckdb.DuckDBPyConnection, indicator_id: str, regions: Sequence[str] = ()) -> Cube:
    """An indicator of the opened release, for all areas or for the codes in ``regions``.

    Raises WarehouseError for an id that the release does not have (with near ones), and when no figure is left.
    """
    row = _indicator(connection, indicator_id)
    breakdowns = [name for name in (row["breakdown_names"] or "").split(",") if name]
    kept = ", ".join(f'v."{identifier(name)}"' for name in breakdowns)
    wanted = list(regions)
    only = f"and v.region_code in ({', '.join('?' for _ in wanted)})" if wanted else ""
    rows = connection.execute(
        f"select v.region_code, v.year, v.value, v.value_low, v.value_high, v.value_status, v.geography_basis, v.is_demo"
        f"{', ' + kept if kept else ''} from marts.fct_indicator_value as v where v.indicator_id = ? {only} order by all",
        [indicator_id, *wanted],
    ).fetchall()
    if not rows:
        raise WarehouseError(
            expected=f"figures of {indicator_id}" + (f" for {', '.join(wanted)}" if wanted else ""),
            found="none in this release",
            where="export",
            next_step="see `integrering status` for which datasets are in use",
        )
    points = tuple(
        Point((code, str(year), *codes), value, low, high, status, basis)
        for code, year, value, low, high, status, basis, _, *codes in rows
    )
    return Cube(
        indicator_id=indicator_id,
        name=row["name_nb"],
        definition=row["definition_nb"] or "",
        unit=row["unit"],
        unit_name=row["unit_nb"],
        axes=_axes(connection, breakdowns, points),
        points=points,
        credits=_credits(connection, indicator_id),
        statuses=dict(
            connection.execute("select distinct value_status, value_status_nb from marts.dim_figure_state").fetchall()
        ),
        part_years=part_years(connection, indicator_id),
        is_demo=any(found[7] for found in rows),
    )


def _indicator(connection: duckdb.DuckDBPyConnection, indicator_id: str) -> dict[str, Any]:
    cursor = connection.execute("select * from marts.dim_indicator where indicator_id = ?", [indicator_id])
    names = [column[0] for column in cursor.description or []]
    found = cursor.fetchone()
    if found:
        return dict(zip(names, found, strict=True))
    known = [one for (one,) in connection.execute("select indicator_id from marts.dim_indicator").fetchall()]
    near = get_close_matches(indicator_id, known, 3) or [one for one in known if indicator_id.lower() in one][:3]
    raise WarehouseError(
        expected="the id of an indicator",
        found=indicator_id,
        where="dim_indicator",
        next_step=f"perhaps {', '.join(near)}" if near else "see docs/indicators.md for the ids",
    )


def _axes(connection: duckdb.DuckDBPyConnection, breakdowns: list[str], points: tuple[Point, ...]) -> tuple[Axis, ...]:
    """Areas from the country down, years in order, codes of a breakdown with the total first."""
    used = [dict.fromkeys(point.codes[place] for point in points) for place in range(2 + len(breakdowns))]
    regions = connection.execute("select region_code, region_name, region_level from marts.dim_region").fetchall()
    level = {code: LEVELS.index(of) if of in LEVELS else len(LEVELS) for code, _, of in regions}
    names = {code: name for code, name, _ in regions}
    areas = sorted(used[0], key=lambda code: (level.get(code, len(LEVELS)), code))
    axes = [
        Axis("region", "Område", {code: names.get(code, code) for code in areas}),
        Axis("year", "År", {year: year for year in sorted(used[1])}),
    ]
    labels = {
        (dimension, code): label
        for dimension, code, label in connection.execute(
            "select column_name, code, label_nb from marts.dim_code"
        ).fetchall()
    }
    said = dict(
        connection.execute(
            "select column_name, comment from duckdb_columns() where schema_name = 'marts' and table_name = 'dim_series' "
            "and database_name = current_database()"
        ).fetchall()
    )
    for place, name in enumerate(breakdowns, start=2):
        codes = sorted(used[place], key=lambda code: (code != TOTAL, code))
        axes.append(
            Axis(
                name,
                (said.get(name) or name).split(";")[0],
                {c: labels.get((name, c), TOTAL_NB if c == TOTAL else c) for c in codes},
            )
        )
    return tuple(axes)


def _credits(connection: duckdb.DuckDBPyConnection, indicator_id: str) -> tuple[Credit, ...]:
    rows = connection.execute(
        "select distinct d.dataset_id, d.title_nb, d.attribution_nb, d.licence, d.link, d.last_retrieved_at "
        "from marts.dim_indicator_term as t inner join marts.dim_dataset as d using (dataset_id) "
        "where t.indicator_id = ? and d.has_release order by d.dataset_id",
        [indicator_id],
    ).fetchall()
    return tuple(Credit(*row) for row in rows)
