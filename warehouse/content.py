"""What a published table holds, in a few numbers that do not depend on machine, order or storage.

Here: row counts and content hashes. Not here: comparing releases (diff.py) or publishing.
"""

from __future__ import annotations

import duckdb

_SEPARATOR = "chr(31)"
_NULL = "chr(30)"


def columns_of(connection: duckdb.DuckDBPyConnection, schema: str, table: str, catalog: str) -> list[tuple[str, str]]:
    """(name, type) of a table's columns in order."""
    return connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where database_name = ? and schema_name = ? and table_name = ? order by column_index",
        [catalog, schema, table],
    ).fetchall()


def content_hash(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: list[tuple[str, str]]
) -> tuple[int, str]:
    """(rows, hash) of a relation: the sum of the MD5 of each row as text, so that the order of rows does not matter.

    ``relation`` is a quoted identifier made by this project. Numbers are written the shortest way that reads back equal.
    """
    parts = ", ".join(f"""coalesce(cast("{name}" as varchar), {_NULL})""" for name, _ in columns)
    rows, total = connection.execute(
        f"select count(*), coalesce(sum(md5_number_lower(concat_ws({_SEPARATOR}, {parts}))), 0) from {relation}"
    ).fetchone()
    return rows, f"{total % 2**64:016x}"
