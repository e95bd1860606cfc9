"""What a published table holds, in a few numbers that do not depend on order, threads or storage.

Here: row counts and content hashes. Not here: comparing releases (diff.py) or publishing.
"""

import duckdb


def columns_of(connection: duckdb.DuckDBPyConnection, schema: str, table: str, catalog: str) -> list[tuple[str, str]]:
    """(name, type) of the columns of a table or view, in order."""
    return connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where database_name = ? and schema_name = ? and table_name = ? order by column_index",
        [catalog, schema, table],
    ).fetchall()


def content_hash(connection: duckdb.DuckDBPyConnection, relation: str, columns: list[str]) -> tuple[int, str]:
    """(rows, hash) of a relation: the sum of the hash of each row, so that the order of rows does not matter.

    ``relation`` and ``columns`` are identifiers made by this project. Hashes compare only where ``hash_function`` is equal.
    """
    listed = ", ".join(f'"{name}"' for name in columns)
    rows, total = connection.execute(f"select count(*), coalesce(sum(hash({listed})), 0) from {relation}").fetchone()
    return rows, f"{total % 2**64:016x}"


def hash_function(connection: duckdb.DuckDBPyConnection) -> str:
    """Which hash this engine computes: its value of one fixed row.

    DuckDB's own hash is twenty times faster than a digest of each row as text, but has changed between versions (1.2, 1.3).
    """
    (value,) = connection.execute("select hash('Larvik', null::varchar, 168, 0.1::double, true)").fetchone()
    return f"duckdb-{value:016x}"
