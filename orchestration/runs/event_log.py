"""Dagster's history of events in SQLite, asked by an engine that is kept.

Here: the storage that dagster.yaml names, with the connections that Dagster lets a storage give. Not here: what is stored, or how
a short-lived process holds the files (history.py). Dagster's own makes an engine for every event, and SQLAlchemy then puts the
same few statements into SQL again each time: a tenth of a run's processor time, and more than writing them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

KEPT = 8
"""Engines that are kept, one a run and one for the index: a daemon writes of one run at a time."""

INDEX = "index"
BUSY_SECONDS = 30
"""How long a writer waits for another, here as in Dagster's own storage."""


class KeptEventLog(SqliteEventLogStorage):
    """The same files with the same content as SqliteEventLogStorage. An engine holds no file open between two questions."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._kept: OrderedDict[str, Engine] = OrderedDict()
        self._asking = threading.Lock()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> KeptEventLog:
        return cls(inst_data=inst_data, **config_value)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        return self._connection(str(run_id), super().run_connection(run_id))

    def index_connection(self) -> AbstractContextManager[Connection]:
        return self._connection(INDEX, super().index_connection())

    @contextmanager
    def _connection(self, shard: str, first: AbstractContextManager[Connection]) -> Iterator[Connection]:
        """A transaction on the file of a run or the index; ``first`` is Dagster's own, which makes the file where it is not."""
        with self._asking:
            if shard not in self._kept:
                with first:
                    pass
                address = self.conn_string_for_shard(shard)
                self._kept[shard] = create_engine(address, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(shard)
            with self._kept[shard].begin() as connection:
                yield connection
