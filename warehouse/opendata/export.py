"""An indicator of the published release written to a stream, as JSON-stat 2 or as CSV with codes and labels.

Here: which release, and the CSV. Not here: JSON-stat (jsonstat.py), the question (cube.py).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import duckdb

from warehouse.opendata.cube import Cube, cube_of
from warehouse.opendata.jsonstat import json_stat
from warehouse.places import COUNTRY, find_municipality, published_municipalities
from warehouse.query import QueryResult, open_published, require_published, write_result
from warehouse.release.publish import read_manifest


def export_indicator(
    data_dir: Path, indicator_id: str, output: str, target: TextIO, municipalities: Sequence[str] = ()
) -> Cube:
    """Write an indicator of the published release; returns what was written.

    ``municipalities``: names or codes; with them only these, their counties and the country are written.
    Raises NoRelease before the first run, UnknownPlace, WarehouseError for an unknown indicator or when nothing is left.
    """
    manifest = read_manifest(require_published(data_dir))
    with open_published(data_dir) as connection:
        cube = cube_of(connection, indicator_id, _areas(connection, municipalities))
    if output == "json-stat":
        json.dump(json_stat(cube, manifest.release_id, manifest.published_at), target, ensure_ascii=False)
        target.write("\n")
    else:
        write_result(flat(cube, manifest.release_id), output, target)
    return cube


def _areas(connection: duckdb.DuckDBPyConnection, municipalities: Sequence[str]) -> list[str]:
    """Codes of the municipalities, their counties and the country; none means all there are."""
    names = published_municipalities(connection)
    codes = [find_municipality(asked, names, "--municipality") for asked in municipalities]
    if not codes:
        return []
    marks = ", ".join("?" for _ in codes)
    counties = connection.execute(
        f"select distinct county_code from marts.dim_region where region_code in ({marks}) order by all", codes
    ).fetchall()
    return [*dict.fromkeys([*codes, *(code for (code,) in counties if code), COUNTRY])]


def flat(cube: Cube, release_id: str) -> QueryResult:
    """A row to each figure: codes beside labels, value, bounds, status, unit, source, licence, release."""
    columns = ["indicator_id", "indicator"]
    for axis in cube.axes:
        columns += ["year"] if axis.name == "year" else [f"{axis.name}_code", axis.name]
    columns += [
        "value",
        "value_low",
        "value_high",
        "value_status",
        "status",
        "unit",
        "geography_basis",
        "is_whole_year",
    ]
    columns += ["source", "licence", "release_id", "is_demo"]
    source = "; ".join(credit.attribution.removeprefix("Kilde: ") for credit in cube.credits)
    licence = "; ".join(dict.fromkeys(credit.licence for credit in cube.credits))
    rows = []
    for point in cube.points:
        row: list[object] = [cube.indicator_id, cube.name]
        for axis, code in zip(cube.axes, point.codes, strict=True):
            row += [int(code)] if axis.name == "year" else [code, axis.codes[code]]
        row += [point.value, point.low, point.high, point.status, cube.statuses.get(point.status, point.status)]
        year = next(int(code) for axis, code in zip(cube.axes, point.codes, strict=True) if axis.name == "year")
        row += [cube.unit_name, point.basis, year not in cube.part_years, source, licence, release_id, cube.is_demo]
        rows.append(tuple(row))
    return QueryResult(columns, rows)
