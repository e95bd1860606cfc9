"""The private build file: what a run lays into it before dbt starts.

Here: the `landing` schema (views on the landed rows, tables of specs, releases and indicators). Not here: any figure.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.quoting import identifier, literal

_RELEASE = re.compile(r"^[0-9a-f]{16}$")
_SLICE = re.compile(r"^[a-z_]+(@\d{4}-\d{2})?$")
_TABLE_SLICE = re.compile(r"^[0-9a-z_]+(@[0-9a-z_]+)*$")

SQL_TYPES = {
    "text": "varchar",
    "integer": "integer",
    "bigint": "bigint",
    "decimal": "double",
    "boolean": "boolean",
    "date": "date",
}
"""Types of reference-table columns as a dataset spec names them."""


@dataclass(frozen=True)
class LandedRows:
    """The parsed rows of one release.

    ``slices`` are those it serves: region levels, or levels in a month (``level@YYYY-MM``); empty when it serves all it has.
    """

    dataset_id: str
    release_id: str
    path: Path
    is_demo: bool = False
    slices: tuple[str, ...] = ()


@dataclass(frozen=True)
class LandedTable:
    """A table-shaped dataset: its column types, the releases in use, and the columns that tell their slices apart.

    A table without such columns is whole in one release; of several the last one counts.
    """

    columns: dict[str, str]
    releases: list[LandedRows]
    slice_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class ComparedRows:
    """The listed cells of a release's comparison with the one it replaced."""

    dataset_id: str
    release_id: str
    before_release_id: str
    path: Path


@dataclass
class BuildInputs:
    """All that dbt reads besides its own files.

    ``observations``: the releases in use, whose series files lie beside them; ``revisions``: the comparisons of all releases;
    ``tables``: each table-shaped dataset by id; ``metadata``: small tables by name.
    """

    dimensions: tuple[str, ...]
    revisions: list[ComparedRows] = field(default_factory=list)
    observations: list[LandedRows] = field(default_factory=list)
    tables: dict[str, LandedTable] = field(default_factory=dict)
    metadata: dict[str, pa.Table] = field(default_factory=dict)


def connect(
    path: Path, *, read_only: bool = False, memory_limit: str = "2GB", threads: int = 2
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file of ours with bounded memory and spill beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = {"memory_limit": memory_limit, "threads": threads, "temp_directory": str(path.parent / "spill")}
    connection = duckdb.connect(str(path), read_only=read_only, config=settings)
    connection.execute("set enable_progress_bar = false")
    return connection


def load_inputs(build_file: Path, inputs: BuildInputs) -> None:
    """(Re)make the landing schema of the build file. Cheap: views on Parquet, and small tables."""
    with connect(build_file) as connection:
        connection.execute("drop schema if exists landing cascade")
        connection.execute("create schema landing")
        for name, table in inputs.metadata.items():
            connection.register("metadata_rows", table)
            connection.execute(f"create or replace table landing.{identifier(name)} as select * from metadata_rows")
            connection.unregister("metadata_rows")
        connection.execute(_observation_view(inputs.observations))
        connection.execute(_series_view(inputs.observations, inputs.dimensions))
        connection.execute(_revision_view(inputs.revisions, inputs.dimensions))
        for dataset_id, table in inputs.tables.items():
            connection.execute(_table_view(identifier(dataset_id), table))


def _identity(rows: LandedRows | ComparedRows) -> str:
    dataset_id, release_id = _known(rows)
    return f"'{dataset_id}' as dataset_id, '{release_id}' as release_id"


def _known(rows: LandedRows | ComparedRows) -> tuple[str, str]:
    return identifier(rows.dataset_id), _release(rows.release_id)


def _release(release_id: str) -> str:
    if not _RELEASE.fullmatch(release_id):
        raise ValueError(f"not a release id: {release_id!r}")
    return release_id


_OBSERVATION_COLUMNS = {
    "source_row": "integer",
    "source_column": "integer",
    "region_code": "varchar",
    "region_level": "varchar",
    "geography": "varchar",
    "period_start": "date",
    "value": "double",
    "value_status": "varchar",
    "series_number": "integer",
}


def _observation_view(landed: list[LandedRows]) -> str:
    """The rows of all releases in use; those that serve all they hold are one scan."""
    columns = ", ".join(_OBSERVATION_COLUMNS)
    whole = [rows for rows in landed if not rows.slices]
    selects = [
        f"select {_identity(rows)}, {columns} from read_parquet({literal(rows.path)}){_served(rows)}"
        for rows in landed
        if rows.slices
    ]
    if whole:
        selects.append(_one_scan({rows.path: _known(rows) for rows in whole}, columns))
    return f"create or replace view landing.observation as {_union(selects, _OBSERVATION_COLUMNS)}"


def _one_scan(files: dict[Path, tuple[str, ...]], columns: str, ids: str = "dataset_id, release_id") -> str:
    """The rows of many Parquet files under the ids that each is known by. A scan of its own for each file keeps a row group in
    memory for each until the last is written: a gigabyte at a hundred files of half a million rows, or at 750 small ones."""
    listed = ", ".join(literal(path) for path in files)
    named = ", ".join(f"({', '.join(map(str, (n, *map(literal, known))))})" for n, known in enumerate(files.values()))
    return (
        f"select {ids}, {columns} from read_parquet([{listed}]) as cells "
        f"inner join (values {named}) as files (place, {ids}) on cells.file_index = files.place"
    )


def _served(rows: LandedRows) -> str:
    """The filter for the slices a release serves; none where it serves all of its rows."""
    for name in rows.slices:
        if not _SLICE.fullmatch(name):
            raise ValueError(f"not a slice: {name!r}")
    levels = ", ".join(f"'{name}'" for name in rows.slices if "@" not in name)
    months = ", ".join(f"'{name}'" for name in rows.slices if "@" in name)
    tests = [f"region_level in ({levels})"] if levels else []
    tests += [f"region_level || '@' || strftime(period_start, '%Y-%m') in ({months})"] if months else []
    return f" where {' or '.join(tests)}" if tests else ""


def _series_view(landed: list[LandedRows], dimensions: tuple[str, ...]) -> str:
    """All series of all releases in use; an empty table where nothing but reference tables has landed."""
    columns = {"series_number": "integer", **dict.fromkeys(("measure", "unit", "period_kind", *dimensions), "varchar")}
    listed = ", ".join(identifier(name) for name in columns)
    files = {rows.path.with_name("series.parquet"): _known(rows) for rows in landed}
    selects = [_one_scan(files, listed)] if files else []
    return f"create or replace table landing.observation_series as {_union(selects, columns)}"


def _revision_view(compared: list[ComparedRows], dimensions: tuple[str, ...]) -> str:
    """All comparisons (columns: sources/landing/differences.py): they grow with every release and are read where they lie."""
    texts = (
        "region_code",
        "region_level",
        "period_kind",
        "measure",
        "unit",
        *map(identifier, dimensions),
        "change_kind",
    )
    columns = {
        **dict.fromkeys(texts, "varchar"),
        "period_start": "date",
        **dict.fromkeys(("value_before", "value_after"), "double"),
        **dict.fromkeys(("status_before", "status_after"), "varchar"),
    }
    files = {rows.path: (*_known(rows), _release(rows.before_release_id)) for rows in compared}
    selects = [_one_scan(files, ", ".join(columns), "dataset_id, release_id, before_release_id")] if files else []
    return f"create or replace view landing.revision as {_union(selects, {'before_release_id': 'varchar', **columns})}"


def _table_view(dataset_id: str, table: LandedTable) -> str:
    releases = table.releases if table.slice_columns else table.releases[-1:]
    selects = [
        f"select {_identity(landed)}, {str(landed.is_demo).lower()} as is_demo, source_row, "
        f"{typed_columns(table.columns)} from read_parquet({literal(landed.path)}){_served_of_table(landed, table.slice_columns)}"
        for landed in releases
    ]
    empty = {"is_demo": "boolean", "source_row": "integer", **{n: SQL_TYPES[k] for n, k in table.columns.items()}}
    return f"create or replace view landing.{dataset_id} as {_union(selects, empty)}"


def _served_of_table(landed: LandedRows, columns: tuple[str, ...]) -> str:
    """The filter for the slices that a release of an accumulating table serves."""
    if not columns or not landed.slices:
        return ""
    for name in landed.slices:
        if not _TABLE_SLICE.fullmatch(name):
            raise ValueError(f"not a slice: {name!r}")
    wanted = ", ".join(f"'{name}'" for name in landed.slices)
    return f" where concat_ws('@', {', '.join(map(identifier, columns))}) in ({wanted})"


def typed_columns(columns: dict[str, str]) -> str:
    """The select list that gives a reference table's columns the types of its spec: what marts read."""
    return ", ".join(f'cast("{identifier(name)}" as {SQL_TYPES[kind]}) as "{name}"' for name, kind in columns.items())


def _union(selects: list[str], columns: dict[str, str]) -> str:
    """The selects united; with none, an empty relation of the same columns."""
    if selects:
        return " union all ".join(selects)
    typed = {"dataset_id": "varchar", "release_id": "varchar", **columns}
    return "select " + ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in typed.items()) + " where false"
