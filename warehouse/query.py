"""Read-only SQL on the published release.

Here: running one statement and writing its rows. Not here: what the tables mean (the data dictionary).
"""

import csv
import json
import math
import re
import warnings
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import duckdb
import pyarrow as pa

from warehouse.errors import NoRelease
from warehouse.interface.groups import unknown_groups
from warehouse.opening import open_read_only
from warehouse.paths import DATABASE, DataFolder
from warehouse.query_errors import explained, hints_for_nothing, statement_of

BYTE_ORDER_MARK = "\ufeff"
"""First in a file that Excel is to take for UTF-8: without it Ålesund becomes Ã…lesund."""

_FORMULA = re.compile(r"(^|;)(\s*[=+\-@]|[\t\r])")


DEFAULT_ROWS = 100
"""Rows of a table on a screen where nobody asked for another number."""


@dataclass(frozen=True)
class QueryResult:
    """Column names and rows of an answer. ``is_cut``: there were more rows than were asked for; ``hints``: what may be
    wrong where there are none."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    is_cut: bool = False
    hints: tuple[str, ...] = ()


def require_published(data_dir: Path) -> Path:
    """The folder of the published release as it is now. Raises NoRelease before the first run."""
    release = DataFolder(data_dir.resolve()).published.resolve()
    if not (release / DATABASE).exists():
        raise NoRelease(
            expected="a published release", found="none yet", where="the published path", next_step="integrering run"
        )
    return release


def open_published(data_dir: Path) -> duckdb.DuckDBPyConnection:
    """The published file, read-only and without access to other files.

    Raises NoRelease before the first run, NoLocks where the file lies on a share that cannot lock.
    """
    connection = open_read_only(require_published(data_dir) / DATABASE)
    connection.execute("set enable_external_access = false")
    if not connection.execute(
        "select 1 from duckdb_views() where schema_name = 'main' and not internal limit 1"
    ).fetchone():
        connection.execute("set search_path = 'marts'")  # a release from before every name was in `main`
    return connection


def run_query(data_dir: Path, sql: str, limit: int | None = None) -> QueryResult:
    """The answer to one SQL statement, at most ``limit`` rows of it. Raises BadQuery when it is none that can be answered."""
    with open_published(data_dir) as connection:
        statement = statement_of(connection, sql)
        try:
            cursor = _executed(connection, statement, limit)
            columns = [d[0] for d in cursor.description or []]
            rows = _rows(cursor)
        except duckdb.Error as problem:
            raise explained(connection, problem) from problem
        is_cut = limit is not None and len(rows) > limit
        hints = (*unknown_groups(connection, sql), *(() if rows else hints_for_nothing(connection, sql)))
        return QueryResult(columns, rows[:limit] if is_cut else rows, is_cut, hints)


def _executed(
    connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement, limit: int | None
) -> duckdb.DuckDBPyConnection:
    """A select is asked for one row more than its limit, so that the engine need not find the rest."""
    if limit is None or statement.type != duckdb.StatementType.SELECT:
        return connection.execute(statement)
    text = statement.query.strip().rstrip(";")
    try:
        return connection.execute(f"select * from (\n{text}\n) limit {limit + 1}")
    except (duckdb.ParserException, duckdb.BinderException):
        return connection.execute(statement)  # what cannot stand in brackets (describe, two columns of one name)


def _rows(cursor: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """All rows. An interval keeps its months, which Python's own type would turn into days."""
    if any(d[1] == "INTERVAL" for d in cursor.description or []):
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # of a copy of the rows, which is small
            table = cursor.to_arrow_table()
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return cursor.fetchall()


def write_result(result: QueryResult, output: str, target: TextIO, *, width: int | None = None) -> None:
    """Rows as an aligned table (one column below the other where it is wider than ``width``), as CSV with cells safe for
    spreadsheets (`csv-nb`: as Norwegian ones read it), or as JSON."""
    if output == "csv":
        writer = csv.writer(target, lineterminator="\n")
        writer.writerows([safe_cell(v) for v in row] for row in (result.columns, *result.rows))
    elif output == "csv-nb":
        target.write(BYTE_ORDER_MARK)
        writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
        writer.writerows([_norwegian(v) for v in row] for row in (result.columns, *result.rows))
    elif output == "json":
        names = _different(result.columns)
        rows = [dict(zip(names, map(_plain, row), strict=True)) for row in result.rows]
        json.dump(rows, target, ensure_ascii=False, allow_nan=False)
        target.write("\n")
    else:
        _write_aligned(result, target, width)


def safe_cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers (OWASP).

    Also after a semicolon: a Norwegian spreadsheet splits a line there, whatever the file means by it.
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, pa.MonthDayNano | timedelta):
        return _plain(value)
    if isinstance(value, str):
        return _FORMULA.sub(r"\1'\2", value)
    return value


def _norwegian(value: Any) -> Any:
    """A cell as a Norwegian spreadsheet reads it: decimal comma, no power of ten, nothing that becomes a formula."""
    value = safe_cell(value)
    if isinstance(value, float | Decimal) and math.isfinite(value):
        return f"{Decimal(repr(value) if isinstance(value, float) else value):f}".replace(".", ",")
    return value


def _plain(value: Any) -> Any:
    """A value as JSON has it: numbers that JSON lacks, moments, spans (ISO 8601), bytes (hexadecimal) and others as text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"inf": "Infinity", "-inf": "-Infinity"}.get(str(value), "NaN")
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _span(0, value.days, value.seconds * 1_000_000 + value.microseconds)
    if isinstance(value, pa.MonthDayNano):
        return _span(value.months, value.days, value.nanoseconds // 1000)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)


def _span(months: int, days: int, microseconds: int) -> str:
    """An interval as ISO 8601 writes it (P1M3DT2.5S). Months, days and seconds do not make up each other."""
    seconds = f"{Decimal(microseconds) / 1_000_000:f}"
    date_part = f"{months}M" * bool(months) + f"{days}D" * bool(days)
    time_part = f"T{seconds.rstrip('0').rstrip('.') if '.' in seconds else seconds}S" * bool(microseconds)
    return f"P{date_part}{time_part}" if date_part or time_part else "PT0S"


def _different(names: list[str]) -> list[str]:
    """Column names as keys of an object: one that stands twice gets its place, so that no column is lost."""
    return [name if names.index(name) == at else f"{name}_{at + 1}" for at, name in enumerate(names)]


def _shown(text: str) -> str:
    """A text without what a terminal would obey (escape sequences) or a column would break at."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _write_aligned(result: QueryResult, target: TextIO, width: int | None) -> None:
    texts = [["" if v is None else _shown(str(safe_cell(v))) for v in row] for row in result.rows]
    widths = [max(len(c), *(len(row[i]) for row in texts)) if texts else len(c) for i, c in enumerate(result.columns)]
    if width is not None and texts and sum(widths) + 2 * len(widths) - 2 > width:
        _write_tall(result.columns, texts, target)
        return
    for row in [[_shown(c) for c in result.columns], ["-" * width for width in widths], *texts]:
        target.write("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() + "\n")


def _write_tall(columns: list[str], texts: list[list[str]], target: TextIO) -> None:
    """A row after the other, each column on a line of its own; cells without anything are left out."""
    room = max(map(len, columns))
    for number, row in enumerate(texts, start=1):
        target.write(f"-- row {number} {'-' * room}\n")
        for column, text in zip(columns, row, strict=True):
            if text:
                target.write(f"{_shown(column).ljust(room)}  {text}\n")
