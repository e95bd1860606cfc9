"""Dagster's own history of runs in SQLite, written without waiting for the disk and without preparing every event anew.

Here: how a short-lived process holds these files. Not here: what is stored, or Postgres (run.py). A run writes some 4 000 times,
each on a connection of its own, and SQLite moves the whole log to the disk whenever the last connection closes.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine

_WAIT_SECONDS = 30
"""How long a connection waits for another process that writes; as Dagster's own do."""


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
        with _engines_kept():
            yield
    finally:
        event.remove(Engine, "connect", hold)
        for connection in held.values():
            connection.close()


@contextmanager
def _engines_kept() -> Iterator[None]:
    """Let Dagster's event log keep an engine per file, where it makes one for every event and compiles each statement anew.

    That is more than half of what an event costs. One private method is replaced while the files are held; in a Dagster
    without it, events are stored as that Dagster stores them.
    """
    original = getattr(SqliteEventLogStorage, "_connect", None)
    engines: dict[str, Engine] = {}
    one_at_a_time = threading.RLock()

    @contextmanager
    def connect(storage: SqliteEventLogStorage, shard: str) -> Iterator[Connection]:
        file = storage.path_for_shard(shard)
        with one_at_a_time:
            if file in engines:
                with engines[file].begin() as connection:
                    yield connection
                return
            # the first time as Dagster does it: that makes the tables of the file
            with original(storage, shard) as connection:
                address = connection.engine.url
                yield connection
            engines[file] = create_engine(address, connect_args={"timeout": _WAIT_SECONDS})

    if original is not None:
        SqliteEventLogStorage._connect = connect
    try:
        yield
    finally:
        if original is not None:
            SqliteEventLogStorage._connect = original
        for engine in engines.values():
            engine.dispose()
