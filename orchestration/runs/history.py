"""Dagster's own history of runs in SQLite, written without waiting for the disk at every event.

Here: how a short-lived process holds these files, by what SQLAlchemy and SQLite offer. Not here: what is stored, or Postgres
(run.py). A run writes some 4 000 times, each on a connection of its own, and SQLite moves the whole log to the disk whenever
the last connection closes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def held_open() -> Iterator[None]:
    """Keep one connection open to every SQLite file in use, and commit as SQLite advises for such files.

    After a power cut the last events may be missing; the file is whole (https://sqlite.org/pragma.html#pragma_synchronous).
    For processes that end: a daemon would collect open files.
    """
    held: dict[str, sqlite3.Connection] = {}

    def hold(connection: object, _: object) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("pragma synchronous = normal")
        file = connection.execute("pragma database_list").fetchone()[2]
        if file:
            # asked each time: the first connection comes before Dagster has turned the log on
            if file not in held:
                held[file] = sqlite3.connect(file, check_same_thread=False)
            held[file].execute("select 1 from sqlite_master").fetchall()

    event.listen(Engine, "connect", hold)
    try:
        yield
    finally:
        event.remove(Engine, "connect", hold)
        for connection in held.values():
            connection.close()
