"""Opening a published file to read it.

Here: the one way in, and what is said where it fails. Not here: what is asked of it (query.py, the report).
"""

from pathlib import Path

import duckdb

from warehouse.errors import NoLocks, WarehouseError

_REFUSED = "Could not set lock on file"
"""DuckDB's words. Nobody writes to a published file: what refuses the reader's lock is the file system it lies on."""


def open_read_only(file: Path) -> duckdb.DuckDBPyConnection:
    """A connection that reads one published file, with no extension fetched.

    Raises NoLocks where the file lies on a share that cannot lock, WarehouseError where it is no whole DuckDB file.
    """
    try:
        return duckdb.connect(str(file), read_only=True, config={"autoload_known_extensions": "false"})
    except duckdb.IOException as problem:
        raise refused(file, problem) from problem


def refused(file: Path, problem: duckdb.Error) -> WarehouseError:
    """DuckDB's refusal to open a published file, as an error that says what to do."""
    if _REFUSED in str(problem):
        return NoLocks(
            expected="a disk that lets a reader lock the file",
            found="one that does not, as some network shares",
            where=str(file),
            next_step="copy the file to a local disk and open the copy, or read the Parquet files beside it, which need no lock",
        )
    return WarehouseError(
        expected="a DuckDB file that opens",
        found=str(problem).splitlines()[0],
        where=str(file),
        next_step="integrering releases rollback to one that is whole, or integrering run --full",
    )
