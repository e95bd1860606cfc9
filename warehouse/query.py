"""Read-only SQL on the published release.

Here: running one statement and writing its rows. Not here: what the tables mean (the data dictionary).
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import duckdb

from warehouse.errors import NoRelease, WarehouseError
from warehouse.paths import DATABASE, DataFolder

_FORMULA = re.compile(r"(^|;)(\s*[=+\-@]|[\t\r])")


@dataclass(frozen=True)
class QueryResult:
    """Column names and rows of an answer."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def require_published(data_dir: Path) -> Path:
    """The folder of the published release as it is now. Raises NoRelease before the first run."""
    release = DataFolder(data_dir.resolve()).published.resolve()
    if not (release / DATABASE).exists():
        raise NoRelease(
            expected="a published release", found="none yet", where="the published path", next_step="integrering run"
        )
    return release


def open_published(data_dir: Path) -> duckdb.DuckDBPyConnection:
    """The published file, read-only and without access to other files. Raises NoRelease before the first run."""
    file = require_published(data_dir) / DATABASE
    connection = duckdb.connect(str(file), read_only=True, config={"autoload_known_extensions": "false"})
    connection.execute("set enable_external_access = false")
    connection.execute("set search_path = 'marts'")
    return connection


def run_query(data_dir: Path, sql: str) -> QueryResult:
    """The answer to one SQL statement. Raises WarehouseError with the engine's words when it is not valid."""
    with open_published(data_dir) as connection:
        try:
            cursor = connection.execute(sql)
            rows = cursor.fetchall()
        except duckdb.Error as problem:
            raise WarehouseError(
                expected="one SQL statement that reads",
                found=str(problem),
                where="query",
                next_step="see the data dictionary for tables and columns",
            ) from problem
        return QueryResult([d[0] for d in cursor.description or []], rows)


def write_result(result: QueryResult, output: str, target: TextIO) -> None:
    """Rows as an aligned table, as CSV with cells safe for spreadsheets, or as JSON."""
    if output == "csv":
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(result.columns)
        writer.writerows([[safe_cell(v) for v in row] for row in result.rows])
    elif output == "json":
        json.dump(
            [dict(zip(result.columns, map(_plain, row), strict=True)) for row in result.rows],
            target,
            ensure_ascii=False,
        )
        target.write("\n")
    else:
        _write_aligned(result, target)


def safe_cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers (OWASP).

    Also after a semicolon: a Norwegian spreadsheet splits a line there, whatever the file means by it.
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, str):
        return _FORMULA.sub(r"\1'\2", value)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _shown(text: str) -> str:
    """A text without what a terminal would obey (escape sequences) or a column would break at."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _write_aligned(result: QueryResult, target: TextIO) -> None:
    texts = [["" if v is None else _shown(str(safe_cell(v))) for v in row] for row in result.rows]
    widths = [max(len(c), *(len(row[i]) for row in texts)) if texts else len(c) for i, c in enumerate(result.columns)]
    for row in [result.columns, ["-" * width for width in widths], *texts]:
        target.write("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() + "\n")
