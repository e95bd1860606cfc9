"""Dagster's history of events in SQLite, asked on connections that are kept.

Here: the storage that dagster.yaml names, with the connections that Dagster lets a storage give. Not here: what is stored, or how
a short-lived process holds the other files (history.py). Dagster's own makes an engine and a connection for every event:
SQLAlchemy puts the same few statements into SQL again each time, and opening costs twice what writing does.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

KEPT = 8
"""Connections that are kept, one a run and one for the index: a daemon writes of one run at a time."""

INDEX = "index"
BUSY_SECONDS = 30
"""How long a writer waits for another, here as in Dagster's own storage."""


class KeptEventLog(SqliteEventLogStorage):
    """The same files with the same content as SqliteEventLogStorage."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._kept: OrderedDict[str, Engine] = OrderedDict()
        self._asking = threading.Lock()
        self._there: set[tuple[str, str]] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> KeptEventLog:
        return cls(inst_data=inst_data, **config_value)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        return self._connection(str(run_id), super().run_connection(run_id))

    def index_connection(self) -> AbstractContextManager[Connection]:
        return self._connection(INDEX, super().index_connection())

    def has_table(self, table_name: str) -> bool:
        """As Dagster's own, and so the next two, which are asked at every event of an asset or check: what is there stays."""
        return self._stays(("table", table_name), lambda: super(KeptEventLog, self).has_table(table_name))

    def has_secondary_index(self, name: str) -> bool:
        return self._stays(("index", name), lambda: super(KeptEventLog, self).has_secondary_index(name))

    def has_asset_key_col(self, column_name: str) -> bool:
        return self._stays(("column", column_name), lambda: super(KeptEventLog, self).has_asset_key_col(column_name))

    def _stays(self, what: tuple[str, str], ask: Callable[[], bool]) -> bool:
        if what not in self._there and ask():
            self._there.add(what)
        return what in self._there

    def delete_events(self, run_id: str) -> None:
        """Delete the events of a run, and the file that held them: empty it would be as large as before."""
        super().delete_events(run_id)
        with self._asking:
            if engine := self._kept.pop(run_id, None):
                engine.dispose()
        file = Path(self.path_for_shard(run_id))
        for path in (file, *file.parent.glob(f"{file.name}-*")):
            path.unlink(missing_ok=True)

    def dispose(self) -> None:
        """Let go of the files: SQLite moves the log of each into it when the last connection closes."""
        super().dispose()
        with self._asking:
            for engine in self._kept.values():
                engine.dispose()
            self._kept.clear()

    @contextmanager
    def _connection(self, shard: str, first: AbstractContextManager[Connection]) -> Iterator[Connection]:
        """A transaction on the file of a run or the index; ``first`` is Dagster's own, which makes the file where it is not."""
        with self._asking:
            if shard not in self._kept:
                with first:
                    pass
                self._kept[shard] = _engine(self.conn_string_for_shard(shard))
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)[1].dispose()
            self._kept.move_to_end(shard)
            with self._kept[shard].begin() as connection:
                yield connection


def _engine(address: str) -> Engine:
    """An engine with one connection, which is asked by one thread at a time."""
    arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(address, poolclass=StaticPool, connect_args=arguments)
    event.listen(engine, "connect", _advised)
    return engine


def _advised(connection: Any, _: object) -> None:
    """Commit as SQLite advises for such files (https://sqlite.org/pragma.html#pragma_synchronous): after a power cut the last
    events may be missing, and the file is whole."""
    connection.execute("pragma synchronous = normal")
