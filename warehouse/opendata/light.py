"""A light copy of a release: the home county's figures as a star of a few small Parquet files, and as one small DuckDB file.

Here: which rows, and a table for each breakdown so that no relation needs two columns. Not here: the whole star (release/).
For browsers, a first look, and a BI model drawn by hand: `dim_year` and the `dim_<breakdown>` tables fit the whole star too.
"""

from pathlib import Path

import duckdb

from warehouse.quoting import identifier, literal
from warehouse.release.packing import Packing

FOLDER = "light"
FILE = "light.duckdb"
"""The same tables for DuckDB in a browser, which fetches its Parquet reader from the net but reads its own files itself."""
STORAGE = "storage_version 'v1.2.0', block_size 16384"
"""Read by DuckDB 1.2 and newer: a browser's is. Small blocks, since a table takes one at least: a third of the bytes."""
BREAKDOWNS = (
    "sex", "age_group", "immigrant_category", "immigration_reason", "world_region", "country_background",
    "length_of_residence", "education_level", "language_background", "category",
)  # fmt: skip

_LEVELS = {
    "municipality": "region_code in (select region_code from marts.dim_region where county_code = $county "
    "and region_level = 'municipality')",
    "county": "region_code = $county",
    "kostra_group": "true",
    "country": "true",
}
_FIGURES = (
    "select series_number, region_code, '{level}' as region_level, year, value, coalesce(value_low, value) as value_low, "
    "coalesce(value_high, value) as value_high, state_number, release_number from marts.fct_figure_{level} where {only}"
)
_TABLES = {
    "dim_series": "select * from marts.dim_series where series_number in (select series_number from light_figure)",
    "dim_indicator": "select * from marts.dim_indicator where indicator_id in (select indicator_id from light_series)",
    "dim_region": "select * from marts.dim_region where region_code in (select region_code from light_figure)",
    "dim_figure_state": "select * from marts.dim_figure_state",
    "dim_open_year": "select * from marts.dim_open_year where indicator_id in (select indicator_id from light_series)",
    "dim_release": "select r.release_number, r.release_id, d.dataset_id, d.title_nb, d.attribution_nb, d.licence, "
    "f.retrieved_at, d.is_demo from marts.dim_release as r "
    "inner join marts.fct_dataset_release as f using (release_id) inner join marts.dim_dataset as d using (dataset_id) "
    "where r.release_number in (select release_number from light_figure)",
    "dim_year": "select unnest(range(min(year), max(year) + 1))::integer as year from light_figure",
}


_ALWAYS = ("series_number", "region_code", "region_level", "year", "value", "state_number", "release_number")
"""Columns of the figures that are stored as they are."""


def write_light(database: Path, folder: Path, municipality: str) -> list[Path]:
    """Write `light/*.parquet` into a release folder: the municipalities of the home county, the county, groups and country."""
    target = folder / FOLDER
    target.mkdir(exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(database))} as release (read_only)")
        connection.execute("set search_path = 'release.main,memory.main'")
        connection.execute("use release")
        county = connection.execute(
            "select county_code from marts.dim_region where region_code = $municipality", {"municipality": municipality}
        ).fetchone()
        for level, only in _LEVELS.items():
            sql = _FIGURES.format(level=identifier(level), only=only)
            given = {"county": county[0] if county else ""} if "$county" in only else {}
            how = "create temp table light_figure as " if level == "municipality" else "insert into temp.light_figure "
            connection.execute(how + sql, given)
        connection.execute(f"create temp table light_series as {_TABLES['dim_series']}")
        files = [_written(connection, target, "fct_figure", "select * from temp.light_figure order by all")]
        files += [_written(connection, target, name, f"{sql} order by all") for name, sql in _TABLES.items()]
        for name in BREAKDOWNS:
            sql = (
                f"select code as {identifier(name)}, label_nb, label_en, sort_order, code = 'all' as is_total "
                f"from marts.dim_code where column_name = {literal(name)} order by sort_order, code"
            )
            files.append(_written(connection, target, f"dim_{name}", sql))
        connection.execute(f"attach {literal(str(target / FILE))} as light ({STORAGE})")
        connection.execute("use light")
        for path in files[1:]:
            connection.execute(f"create table {identifier(path.stem)} as select * from {literal(str(path))}")
        _pack(connection, files[0])
        connection.execute("use memory")
        connection.execute("detach light")
    return [*files, target / FILE]


def _pack(connection: duckdb.DuckDBPyConnection, figures: Path) -> None:
    """The figures as in the whole release: packed, and a view of their name."""
    rows = f"from {literal(str(figures))}"
    columns = {name: kind for name, kind, *_ in connection.execute(f"describe {rows}").fetchall()}
    packing = Packing(figures.stem, columns, {"value_low": "value", "value_high": "value"}, None, _ALWAYS)
    connection.execute("create schema stored")
    for stored in packing.stored:
        connection.execute(f"create table stored.{identifier(stored)} as {packing.packed(stored, rows)}")
    connection.execute(f"create view {identifier(figures.stem)} as {packing.unpacked('stored')}")


def _written(connection: duckdb.DuckDBPyConnection, target: Path, name: str, sql: str) -> Path:
    path = target / f"{name}.parquet"
    connection.execute(f"copy ({sql}) to {literal(str(path))} (format parquet, compression zstd)")
    return path
