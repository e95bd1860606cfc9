"""The published marts as the report reads them: rows as dictionaries, always by column name.

Here: opening the file and asking for rows. Not here: what a row means for the report (figures.py, topics.py).
A table or column that this release lacks gives no rows, so that the report says what is missing instead of failing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from warehouse.errors import NoRelease
from warehouse.opening import open_read_only
from warehouse.quoting import identifier, quoted

Row = dict[str, Any]
_OSLO = ZoneInfo("Europe/Oslo")


class Marts:
    """A read-only connection to one release. Use it in a ``with`` block."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._columns: dict[str, dict[str, str]] = {}
        for table, column, kind in connection.execute(
            "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'marts' "
            "and database_name = current_database()"
        ).fetchall():
            self._columns.setdefault(table, {})[column] = kind

    @classmethod
    def open(cls, database: Path) -> Marts:
        """The file of a release. Raises NoRelease when there is none."""
        if not database.is_file():
            raise NoRelease(
                expected="the database of a release",
                found="no file",
                where=str(database.name),
                next_step="integrering run",
            )
        connection = open_read_only(database)
        connection.execute("set enable_external_access = false")
        connection.execute("set threads = 2")
        return cls(connection)

    def __enter__(self) -> Marts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def has(self, table: str, *columns: str) -> bool:
        """True when the release has the table with these columns."""
        return table in self._columns and all(column in self._columns[table] for column in columns)

    def rows(
        self,
        table: str,
        where: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        order: Sequence[str] = (),
        columns: Sequence[str] = (),
    ) -> list[Row]:
        """Rows of a mart where each named column equals the value (or is one of the values).

        A table or a named column that is not there gives an empty list. ``columns`` limits what is read.
        """
        where = dict(where or {})
        if not self.has(table, *where):
            return []
        found = self._columns[table]
        wanted = [name for name in (columns or found) if name in found]
        clauses, values = [], []
        for name, value in where.items():
            many = [value] if isinstance(value, str | int | bool) else list(value)
            clauses.append(f"{quoted(name)} in ({', '.join('?' for _ in many)})" if many else "false")
            values += many
        listed = ", ".join(quoted(name) for name in wanted)
        ordered = [f"{quoted(name)} nulls last" for name in order if name in found]
        sql = f'select {listed} from marts."{identifier(table)}"'
        sql += f" where {' and '.join(clauses)}" if clauses else ""
        sql += f" order by {', '.join(ordered)}" if ordered else ""
        return [dict(zip(wanted, row, strict=True)) for row in self.connection.execute(sql, values).fetchall()]

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Rows of a fixed query of this package; the caller has asked ``has`` for its tables."""
        cursor = self.connection.execute(sql, list(values))
        names = [d[0] for d in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def table(self, sql: str, values: dict[str, Any] | None = None) -> pa.Table:
        """The answer of a fixed query of this package by columns, for what is too long for dictionaries."""
        return self.connection.sql(sql, params=values or {}).to_arrow_table()


def as_day(value: Any) -> date | None:
    """The Norwegian day of a stamp (stored as UTC), or the date itself."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(_OSLO).date()
    return value if isinstance(value, date) else None
