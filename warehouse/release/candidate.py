"""The tables of a release candidate, written whole from the build file, and the views over them.

Here: the DuckDB file and one Parquet file per table. Not here: when a candidate becomes a release (publish.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from warehouse.build import connect
from warehouse.errors import VerificationFailed
from warehouse.paths import DATABASE
from warehouse.quoting import identifier, literal, quoted
from warehouse.release.content import content_hash
from warehouse.release.packing import Packing
from warehouse.release.small import small_tables, store

STORAGE_VERSION = "v1.0.0"
"""Read by DuckDB 1.0 and everything after: BI tools lag behind."""

MEMORY_LIMIT = "700MB"
"""Of the copy into the release, which runs in the process that landed the data and built: half a gigabyte is taken. Half of this
limit costs a fourteenth more (measured at eleven million figures)."""

ROWS_AT_A_TIME = 2_200_000
"""About how many rows of a table that is written by county are written at once: what a join and a sort of them take fits in
memory. Far fewer leave a third of the file empty (measured)."""

ROW_GROUP = 500_000
"""Rows of a row group of Parquet, and of a page: four times as many as by default take a twelfth of the bytes."""

PARQUET = {
    "compression": "zstd",
    "compression_level": 6,
    "dictionary_pagesize_limit": 2**14,
    "max_rows_per_page": ROW_GROUP,
    "data_page_size": 2**26,
    "store_schema": False,
}
"""Columns of many values as they are: zstd packs them better than numbers of a long dictionary, and in less time, which pays for
a higher level (measured). Arrow writes them: DuckDB's own writer takes twice the time for a twentieth less."""

SETTINGS = ("preserve_insertion_order = true", "disabled_compression_methods = 'fsst'")
"""Rows stay in the order they are written in, but for seams between threads. FSST costs a seventh of the writing and saves
nothing on codes (measured)."""


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

    ``order_by``: the order rows are stored in, filled up with the key. ``by_county``: the column of the key that holds a
    municipality; rows lie county by county then, each in that order, and are written some counties at a time.
    ``alike``: SQL whose equal rows lie together, before that order; ``usually``, ``computed``, ``plain``: what packing.py says. A
    table with one of these is packed. ``is_view``: a query over other tables, published as such.
    ``references``: column -> (table, column) that every number in it must be found in.
    """

    name: str
    description: str
    columns: dict[str, str]
    key: tuple[str, ...]
    order_by: tuple[str, ...] = ()
    by_county: str = ""
    is_view: bool = False
    not_null: tuple[str, ...] = ()
    references: tuple[tuple[str, str, str], ...] = ()
    alike: tuple[str, ...] = ()
    usually: tuple[tuple[str, str], ...] = ()
    computed: tuple[str, str] | None = None
    plain: tuple[str, ...] = ()

    @property
    def is_packed(self) -> bool:
        """Whether its rows lie otherwise than they read."""
        return bool(self.alike or self.usually or self.computed) and not self.is_view

    def packing(self, columns: dict[str, str]) -> Packing:
        """How its rows are packed: what views join by stays as it is. ``columns``: name -> type."""
        plain = {*self.key, *self.not_null, *self.plain, *(column for column, *_ in self.references)}
        return Packing(self.name, columns, dict(self.usually), self.computed, plain)

    @property
    def stored_order(self) -> tuple[str, ...]:
        """What settles the order of rows, as SQL: county, what is alike, declared order, the rest of the key. Or nothing."""
        names = (*self.order_by, *(name for name in self.key if name not in self.order_by))
        county = (f"try_cast(left({quoted(self.by_county)}, 2) as utinyint)",) if self.by_county else ()
        return (*county, *self.alike, *self.in_order(names))

    def in_order(self, names: Sequence[str]) -> tuple[str, ...]:
        """Columns as rows are ordered by them: a municipality by the number that its four digits are. DuckDB sorts by up to 32
        bytes of a row in half of the time that it takes where one of them is text."""
        return tuple(f"try_cast({quoted(n)} as usmallint)" if n == self.by_county else quoted(n) for n in names)


def write_tables(build_file: Path, candidate: Path, tables: list[TableDoc]) -> list[TableFacts]:
    """Write the DuckDB file and the Parquet files of a candidate folder; the facts of each table, in the order given.

    Views have no rows of their own: they are in the DuckDB file alone, and no facts are given of them. Every name of the schema
    marts is a view in main too. Raises
    VerificationFailed when a table is not in the build file, and duckdb.Error or OSError when it cannot be written.
    """
    (candidate / "parquet").mkdir()
    own = build_file.with_name("publication.duckdb.tmp")
    with connect(own, memory_limit=MEMORY_LIMIT) as connection:
        for setting in SETTINGS:
            connection.execute(f"set {setting}")
        connection.execute(f"attach {literal(build_file)} as build (read_only)")
        connection.execute(f"attach {literal(candidate / DATABASE)} as release (storage_version '{STORAGE_VERSION}')")
        connection.execute("create schema release.marts")
        connection.execute("create schema release.stored")
        small, columns = small_tables(connection), _columns(connection, tables)
        facts = [
            _write_table(connection, candidate, table, columns[table.name], is_small=table.name in small)
            for table in tables
            if not table.is_view
        ]
        (home,) = connection.execute("select current_database()").fetchone()
        connection.execute("use release")
        store(connection, {fact.name: fact.columns for fact in facts if fact.name in small})
        _write_views(connection, tables, columns, small)
        connection.execute(f'use "{home}"')
        connection.execute("checkpoint release")
        connection.execute("detach release")
    own.unlink(missing_ok=True)
    return facts


def _write_table(
    connection: duckdb.DuckDBPyConnection, candidate: Path, table: TableDoc, columns: dict[str, str], *, is_small: bool
) -> TableFacts:
    """Create one table, fill it in its order, and write it as Parquet. A small one waits in a temporary table to be stored."""
    selected = ", ".join(f'"{name}"' for name in columns)
    rows = f'select {selected} from build.marts."{table.name}"'
    order = ", ".join(f"{term} nulls last" for term in table.stored_order or [f'"{name}"' for name in columns])
    packing = None if is_small or not table.is_packed else table.packing(columns)
    if packing:
        _write_packed(connection, packing, rows, order, _county_ranges(connection, table))
        read = packing.unpacked("release.stored")
    else:
        target = f'temp."{table.name}"' if is_small else f'release.marts."{table.name}"'
        connection.execute(f"create {'temp ' if is_small else ''}table {target} as {rows} limit 0")
        for areas in _county_ranges(connection, table):
            # each in a transaction of its own: after one around all of them DuckDB 2.0 shows a scan no row before a checkpoint
            connection.execute(f"insert into {target} {rows} where {areas} order by {order}")
        read = f"from {target}"
    parquet = candidate / "parquet" / f"{table.name}.parquet"
    # one series after the other where the file lies by county: what it was the year before stands beside it, a fifth of the bytes
    key = ", ".join(table.in_order(table.key))
    in_order = f" order by {key}" if key and (table.by_county or packing) else ""
    _write_parquet(connection, f"{read}{in_order}", parquet)
    count, digest = content_hash(connection, f"({read})", list(columns))
    return TableFacts(table.name, count, digest, list(columns))


def _write_parquet(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    """The rows of a query, in its order, as Parquet."""
    with (
        connection.sql(query).to_arrow_reader(ROW_GROUP) as rows,
        pq.ParquetWriter(target, rows.schema, **PARQUET) as writer,
    ):
        for batch in rows:
            writer.write_batch(batch, row_group_size=ROW_GROUP)


def _write_packed(
    connection: duckdb.DuckDBPyConnection, packing: Packing, rows: str, order: str, parts: list[str]
) -> None:
    """Fill the stored tables of a packed one, part by part as they come from the build file."""
    for stored in packing.stored:
        target = f'release.stored."{stored}"'
        connection.execute(f"create table {target} as {packing.packed(stored, f'{rows} limit 0')}")
    for areas in parts:
        source = f"{rows} where {areas}"
        if len(packing.stored) > 1:
            connection.execute(f"create or replace temp table part as {source}")
            source = "from temp.part where true"
        for stored, within in packing.stored.items():
            chosen = packing.packed(stored, f"{source} and {within} order by {order}")
            connection.execute(f'insert into release.stored."{stored}" {chosen}')
    connection.execute("drop table if exists temp.part")


def _write_views(
    connection: duckdb.DuckDBPyConnection, tables: list[TableDoc], columns: dict[str, dict[str, str]], small: set[str]
) -> None:
    """Packed tables as they read, the views of the build file, every name in main too, and what all of them mean.

    Views and two thousand comments in one transaction: in one each, they cost more than the tables.
    """
    unpacking = [table for table in tables if table.is_packed and table.name not in small]
    connection.execute("begin")
    for table in unpacking:
        # before the views that read them
        packing = table.packing(columns[table.name])
        connection.execute(f'create view marts."{table.name}" as {packing.unpacked("stored")}')
        comment = f"Pakket; les {table.name} i marts. | Packed; read {table.name} in marts."
        for stored in packing.stored:
            connection.execute(f'comment on table stored."{stored}" is {literal(comment)}')
    for table in tables:
        if table.is_view:
            _write_view(connection, table)
        kind = "view" if table.is_view or table in unpacking or table.name in small else "table"
        _comment(connection, kind, f'marts."{table.name}"', table, columns[table.name])
    for table in tables:
        # the schema that a client starts in: what the docs write runs there as it stands, and `show tables` shows something
        target = f'main."{table.name}"'
        connection.execute(f'create view {target} as select * from marts."{table.name}"')
        _comment(connection, "view", target, table, columns[table.name])
    connection.execute("commit")


def _write_view(connection: duckdb.DuckDBPyConnection, table: TableDoc) -> None:
    """Create a view of the build file in the release. Its query names tables by schema alone, so it holds in any file."""
    (definition,) = connection.execute(
        "select sql from duckdb_views() where database_name = 'build' and schema_name = 'marts' and view_name = ?",
        [table.name],
    ).fetchone()
    target = f'marts."{table.name}"'
    connection.execute(f"create view {target} as {definition.split(' AS ', 1)[1]}")


def _columns(connection: duckdb.DuckDBPyConnection, tables: list[TableDoc]) -> dict[str, dict[str, str]]:
    """Table or view -> column -> type, as the build file has them. Raises VerificationFailed for one that it has not."""
    listed = (
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = 'build' and schema_name = 'marts'"
    )
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(f"{listed} order by table_name, column_index").fetchall():
        found.setdefault(table, {})[identifier(column)] = kind
    for table in tables:
        if identifier(table.name) not in found:
            raise VerificationFailed(
                expected=f"the table marts.{table.name} in the build file",
                found="no such table or view",
                where="publication",
                next_step="run with --full; the previous release is untouched",
            )
    return found


def _comment(
    connection: duckdb.DuckDBPyConnection, kind: str, target: str, table: TableDoc, columns: dict[str, str]
) -> None:
    """Say what a table or view and its columns mean, within the caller's transaction: each of its own is a write to the disk."""
    connection.execute(f"comment on {kind} {target} is {literal(table.description)}")
    for column, description in table.columns.items():
        if column in columns and description:
            connection.execute(f'comment on column {target}."{column}" is {literal(description)}')


def _county_ranges(connection: duckdb.DuckDBPyConnection, table: TableDoc) -> list[str]:
    """Conditions that part the rows into whole counties. The first and the last range are open: every row falls in one.

    A view does not say how many rows it has; the largest table of the build has about as many.
    """
    if not table.by_county:
        return ["true"]
    column = quoted(table.by_county)
    largest = "select max(estimated_size) from duckdb_tables() where database_name = 'build'"
    parts = -(-connection.execute(largest).fetchone()[0] // ROWS_AT_A_TIME)
    areas = "select distinct region_code from build.marts.dim_region where region_level = 'municipality' order by region_code"
    counties = [code[:2] for (code,) in connection.execute(areas).fetchall()]
    bounds = sorted({counties[len(counties) * part // parts] for part in range(1, parts)} - set(counties[:1]))
    if not bounds:
        return ["true"]
    # a code of four digits comes after the two digits that it begins with, and before the next county
    between = [f"{column} >= {literal(low)} and {column} < {literal(high)}" for low, high in pairwise(bounds)]
    first, last = literal(bounds[0]), literal(bounds[-1])
    return [f"({column} < {first} or {column} is null)", *between, f"{column} >= {last}"]
