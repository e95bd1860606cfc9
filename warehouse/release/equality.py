"""Whether another engine built the same tables: every row, every column, every type, to the last digit.

Here: comparing the tables of a build file with folders of Parquet. Not here: running an engine.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.quoting import identifier, literal


@dataclass(frozen=True)
class TableEquality:
    """One table held against the other engine's: rows here, rows that only one side has, and why if they cannot be held."""

    name: str
    rows: int
    differing: int
    note: str = ""


def compare_tables(build_file: Path, schemas: tuple[str, ...], folder: Path) -> list[TableEquality]:
    """Hold every relation of the schemas against the Parquet files in ``folder/<schema>.db/<table>``.

    A view of the build file that is none of the other engine's tables is a view there too: it is held through what is
    built from it. Marts are never left out so, since readers read them.
    """
    settings = {"memory_limit": "2GB", "threads": 2, "temp_directory": str(folder / "spill")}
    with duckdb.connect(config=settings) as connection:
        connection.execute(f"attach {literal(build_file)} as build (read_only)")
        relations = connection.execute(
            "select table_schema, table_name, table_type from information_schema.tables "
            "where table_catalog = 'build' and table_schema in (select unnest(?)) order by all",
            [list(schemas)],
        ).fetchall()
        return [
            _compare_table(connection, schema, name, folder / f"{schema}.db" / name)
            for schema, name, kind in relations
            if kind != "VIEW" or schema == "marts" or (folder / f"{schema}.db" / name).exists()
        ]


def _compare_table(connection: duckdb.DuckDBPyConnection, schema: str, name: str, folder: Path) -> TableEquality:
    """Rows count as often as they occur. A table that is absent or has other columns differs in all its rows."""
    label = f"{identifier(schema)}.{identifier(name)}"
    here = f"build.{label}"
    rows = connection.execute(f"select count(*) from {here}").fetchone()[0]
    if not any(folder.glob("*.parquet")):
        return TableEquality(label, rows, max(rows, 1), "not built by the other engine")
    there = f"read_parquet({literal(folder / '*.parquet')})"
    columns, others = _columns(connection, here), _columns(connection, there)
    if columns != others:
        differ = sorted({*columns.items()} ^ {*others.items()})
        return TableEquality(label, rows, max(rows, 1), f"columns differ: {differ}")
    names = ", ".join(f'"{column}"' for column in columns)
    sides = ((here, there), (there, here))
    only = [f"(select {names} from {left} except all select {names} from {right})" for left, right in sides]
    differing = connection.execute(f"select (select count(*) from {only[0]}) + (select count(*) from {only[1]})")
    return TableEquality(label, rows, differing.fetchone()[0])


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    described = connection.execute(f"describe select * from {relation}").fetchall()
    return {name: kind for name, kind, *_ in described}
