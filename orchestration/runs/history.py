"""Dagster's own history of runs: in SQLite written without waiting for the disk at every event, on the UI's timeline, and with
an end.

Here: how a short-lived process holds these files, by what SQLAlchemy and SQLite offer, where a run by command line belongs, and
which runs are forgotten. Not here: what is stored, how events are (event_log.py), or Postgres (run.py). A run writes some 4 000
times, and SQLite moves the whole log to the disk whenever the last connection closes.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from sqlalchemy import event
from sqlalchemy.engine import Engine

LOCATION, REPOSITORY = "orchestration.definitions", "__repository__"
"""What `integrering dev` loads, as Dagster names it."""


def show_on_timeline(instance: dg.DagsterInstance, run_id: str, job_name: str) -> None:
    """Say of a run which ended in this process that it is one of the UI's code location.

    Without it the run stands among the runs, and the first page says «no runs». There is no public name for the origin: the
    classes are those that Dagster's storage asks for (RunStorage.replace_job_origin).
    """
    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(LOCATION), REPOSITORY)
    run = instance.get_run_by_id(run_id)
    if run is not None:
        instance.add_run_tags(run_id, {REPOSITORY_TAG: repository.get_label()})
        run = instance.get_run_by_id(run_id) or run
        instance.run_storage.replace_job_origin(run, RemoteJobOrigin(repository, job_name))


REPOSITORY_TAG = ".dagster/repository"


AT_ONCE = 20
"""Runs forgotten after one publication: a long history that meets a lower setting goes bit by bit."""


def forget_old_runs(instance: dg.DagsterInstance, keep: int) -> int:
    """Delete the oldest runs that have ended, beyond the last ``keep``, with their events and logs; returns how many went."""
    ended = dg.RunsFilter(statuses=[dg.DagsterRunStatus(name) for name in ("SUCCESS", "FAILURE", "CANCELED")])
    too_many = min(instance.get_runs_count(ended) - keep, AT_ONCE)
    if too_many <= 0:
        return 0
    for record in instance.get_run_records(ended, limit=too_many, ascending=True):
        run_id = record.dagster_run.run_id
        instance.delete_run(run_id)
        instance.compute_log_manager.delete_logs(prefix=[run_id])
    return too_many


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
