"""The tables of a release candidate: written whole from the build file, or carried on from the published release.

Here: the DuckDB file and one Parquet file per table. Not here: when a candidate becomes a release (publish.py).
A candidate carried on from a release starts as a copy of its file: tables that did not change stay as they are, tables that
are published in slices lose the slices that changed and get them anew, everything else is written again. What it holds is
the same either way.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb

from warehouse.build import connect
from warehouse.errors import VerificationFailed
from warehouse.paths import DATABASE
from warehouse.release.content import columns_of, content_hash

STORAGE_VERSION = "v1.0.0"
"""Read by DuckDB 1.0 and everything after: BI tools lag behind."""

MEMORY_LIMIT = "1600MB"
"""Of the copy into the release, which runs in the process that landed the data."""

ROWS_AT_A_TIME = 1_500_000
"""About how many rows of a table that is written by area are written at once. More do not fit in memory: a join that spills
costs half as much again and loses the order. Far fewer leave a third of the file empty (both measured)."""

SETTINGS = ("preserve_insertion_order = true", "disabled_compression_methods = 'fsst'")
"""Rows stay in the order they are written in, but for seams between threads. FSST costs a seventh of the writing and saves
nothing on codes (measured)."""

_IDENTIFIER = re.compile(r"^[a-z][a-z0-9_]*$")


@dataclass(frozen=True)
class TableFacts:
    """A table of a release."""

    name: str
    rows: int
    content_hash: str
    columns: list[str]


@dataclass(frozen=True)
class TableDoc:
    """What the manifest of the models says of a mart.

    ``order_by``: the order rows are stored in, filled up with the key. ``is_by_area``: the first of it is an area code of
    dim_region, the model itself yields its rows so, and they are written some areas at a time.
    ``slice_by``: the column whose values can be replaced one by one; empty where the table is written whole.
    """

    name: str
    description: str
    columns: dict[str, str]
    key: tuple[str, ...]
    order_by: tuple[str, ...]
    is_by_area: bool = False
    slice_by: str = ""
    not_null: tuple[str, ...] = ()


@dataclass(frozen=True)
class Base:
    """The release a candidate carries on from, and the slices that changed since."""

    folder: Path
    tables: dict[str, TableFacts]
    changed: tuple[str, ...]


def write_tables(build_file: Path, candidate: Path, tables: list[TableDoc], base: Base | None) -> list[TableFacts]:
    """Write the DuckDB file and the Parquet files of a candidate folder; the facts of each table, in the order given.

    Raises VerificationFailed when a table is not in the build file, and duckdb.Error or OSError when it cannot be written.
    """
    (candidate / "parquet").mkdir()
    own = build_file.with_name("publication.duckdb.tmp")
    if base:
        shutil.copyfile(base.folder / DATABASE, candidate / DATABASE)
    with connect(own, memory_limit=MEMORY_LIMIT) as connection:
        for setting in SETTINGS:
            connection.execute(f"set {setting}")
        connection.execute(f"attach {_quoted(build_file)} as build (read_only)")
        version = "" if base else f" (storage_version '{STORAGE_VERSION}')"
        connection.execute(f"attach {_quoted(candidate / DATABASE)} as release{version}")
        connection.execute("create schema if not exists release.marts")
        facts = [_Writer(connection, candidate, table).write(base) for table in tables]
        for name in set(base.tables if base else ()) - {table.name for table in tables}:
            connection.execute(f'drop table release.marts."{_identifier(name)}"')
        connection.execute("checkpoint release")
        connection.execute("detach release")
    own.unlink(missing_ok=True)
    return facts


class _Writer:
    """One table of a candidate."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, candidate: Path, table: TableDoc) -> None:
        self.connection, self.table = connection, table
        self.name = _identifier(table.name)
        self.parquet = candidate / "parquet" / f"{self.name}.parquet"
        self.columns = [_identifier(n) for n, _ in columns_of(connection, "marts", self.name, "build")]
        if not self.columns:
            raise VerificationFailed(
                expected=f"the table marts.{self.name} in the build file",
                found="no such table or view",
                where="publication",
                next_step="run with --full; the previous release is untouched",
            )

    def write(self, base: Base | None) -> TableFacts:
        before = base.tables.get(self.name) if base else None
        if base is None or before is None or before.columns != self.columns:
            self._write_whole()
        elif self.table.slice_by:
            if not base.changed:
                return self._keep(base, before)
            self._replace_slices(base.changed)
        elif content_hash(self.connection, f'build.marts."{self.name}"', self.columns) == (
            before.rows,
            before.content_hash,
        ):
            return self._keep(base, before)
        else:
            self._write_whole()
        self.connection.execute(
            f'copy release.marts."{self.name}" to {_quoted(self.parquet)} (format parquet, compression zstd)'
        )
        rows, digest = content_hash(self.connection, f'release.marts."{self.name}"', self.columns)
        return TableFacts(self.name, rows, digest, self.columns)

    def _keep(self, base: Base, before: TableFacts) -> TableFacts:
        os.link(base.folder / "parquet" / self.parquet.name, self.parquet)
        return before

    def _write_whole(self) -> None:
        target = f'release.marts."{self.name}"'
        self.connection.execute(f"create or replace table {target} as {self._select()} limit 0")
        self._insert(target)
        self.connection.execute(f"comment on table {target} is {_text(self.table.description)}")
        for column, description in self.table.columns.items():
            if column in self.columns and description:
                self.connection.execute(f'comment on column {target}."{column}" is {_text(description)}')

    def _replace_slices(self, changed: tuple[str, ...]) -> None:
        target, column = f'release.marts."{self.name}"', _identifier(self.table.slice_by)
        listed = ", ".join(_text(name) for name in changed)
        self.connection.execute(f'delete from {target} where "{column}" in ({listed})')
        # the model of a table that is published in slices yields the changed ones only, in order, and few enough for one part
        self.connection.execute(f"insert into {target} {self._select()}")

    def _insert(self, target: str) -> None:
        if not self.table.is_by_area:
            self.connection.execute(f"insert into {target} {self._select()}{self._order()}")
            return
        # each part in a transaction of its own: after one around all of them DuckDB 2.0 shows a scan no row before a checkpoint
        for areas in self._area_ranges():
            self.connection.execute(f"insert into {target} {self._select()} where {areas}")

    def _area_ranges(self) -> list[str]:
        """Conditions that part the rows by area code. The first and the last range are open: every row falls in one.

        A view does not say how many rows it has; the largest table of the build has about as many.
        """
        column = f'"{_identifier(self.table.order_by[0])}"'
        largest = "select max(estimated_size) from duckdb_tables() where database_name = 'build'"
        parts = -(-self.connection.execute(largest).fetchone()[0] // ROWS_AT_A_TIME)
        areas = "select distinct region_code from build.marts.dim_region order by region_code"
        codes = [_text(code) for (code,) in self.connection.execute(areas).fetchall()]
        bounds = [codes[len(codes) * part // parts] for part in range(1, parts)]
        if not bounds:
            return ["true"]
        between = [f"{column} >= {low} and {column} < {high}" for low, high in pairwise(bounds)]
        return [f"({column} < {bounds[0]} or {column} is null)", *between, f"{column} >= {bounds[-1]}"]

    def _select(self) -> str:
        listed = ", ".join(f'"{n}"' for n in self.columns)
        return f'select {listed} from build.marts."{self.name}"'

    def _order(self) -> str:
        # a declared key settles the order of rows; without one, all columns do
        last = self.table.key or tuple(self.columns)
        order = [*self.table.order_by, *[n for n in last if n not in self.table.order_by]]
        return " order by " + ", ".join(f'"{_identifier(n)}" nulls last' for n in order)


def _identifier(name: str) -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"not a name this project makes: {name!r}")
    return name


def _quoted(path: Path) -> str:
    return _text(str(path))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
