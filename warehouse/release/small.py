"""Small tables of a release side by side in one stored table, each shown by a view of its own name.

Here: which tables are small, the stored table, and the views over it. Not here: the other tables and views (candidate.py).
A DuckDB file gives every table a quarter of a megabyte and every column three kilobytes, whatever they hold: forty tables of a
few hundred rows were 10 MB. Side by side, one column a table, they take less than one.
"""

import re

import duckdb

from warehouse.quoting import literal, quoted

MOST_ROWS = 1000
"""Of a small table. Every view reads the column of its table over the rows of the longest."""

STORED = 'stored."small"'
"""The stored table: a column for each small table, a row holds the n-th row of each of them as a struct."""


def small_tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The marts of the build file with few rows. A table that a published view reads is none: it is joined to millions."""
    queries = connection.execute(
        "select sql from duckdb_views() where database_name = 'build' and schema_name = 'marts'"
    ).fetchall()
    read = {word for (sql,) in queries for word in re.findall(r"\w+", sql)}
    few = connection.execute(
        "select table_name from duckdb_tables() "
        "where database_name = 'build' and schema_name = 'marts' and estimated_size <= ?",
        [MOST_ROWS],
    ).fetchall()
    return {name for (name,) in few if name not in read}


def store(connection: duckdb.DuckDBPyConnection, tables: dict[str, list[str]]) -> None:
    """Create the stored table in the attached ``release``, which is in use, from temporary tables of the same names, and its
    views in marts.

    ``tables``: the columns of each. Rows keep the order of the temporary tables.
    """
    if not tables:
        return
    # lists set side by side: `unnest` fills the shorter ones up. A positional join of fifty tables takes seven times as long
    columns_of = ", ".join(
        f"unnest((select list(struct_pack({', '.join(f'{quoted(c)} := {quoted(c)}' for c in columns)}) order by rowid) "
        f"from temp.{quoted(name)})) as {quoted(name)}"
        for name, columns in tables.items()
    )
    comment = "Små tabeller side om side; les dem i marts. | Small tables side by side; read them in marts."
    connection.execute(f"create table release.{STORED} as select {columns_of}")
    connection.execute(f"comment on table release.{STORED} is {literal(comment)}")
    for name, columns in tables.items():
        # gone before a view of that name is made in main: a name of main means the temporary one first
        connection.execute(f"drop table temp.{quoted(name)}")
        fields = ", ".join(f"struct_extract({quoted(name)}, {literal(c)}) as {quoted(c)}" for c in columns)
        connection.execute(
            f"create view marts.{quoted(name)} as select {fields} from {STORED} where {quoted(name)} is not null"
        )
