"""dbt called inside this process, the one way in which it is called: for parsing, for a build, for the models of a date.

Here: the environment of a call, what became of each model and test, and that the build file is closed when it returns. Not
here: what is asked of dbt (preparation.py), which project it reads (dbt_project.py), or Spark, whose Java wants a process of
its own (spark.py). A process for each call would import dbt and read its parsed project again: six processor seconds a run.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from orchestration.loading import loading

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.base_types import EventMsg

GOOD = ("success", "pass", "warn", "no-op")
"""What dbt says of a model, a test and a declaration that did not fail."""

MORE_MEMORY = "next: give DuckDB more with INTEGRERING_MEMORY_LIMIT (2500MB, say); the previous release is untouched"
"""DuckDB advises its own settings, which nobody sets by hand here. 44 million figures fit in the default (docs/sizes.md)."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one model, seed or test. ``failures``: rows that a test found; ``message``: dbt's words of a failure."""

    unique_id: str
    status: str
    seconds: float
    failures: int | None
    message: str

    @property
    def is_good(self) -> bool:
        return self.status in GOOD


@dataclass(frozen=True)
class Called:
    """The end of a call. ``problem``: why it failed, in dbt's words; empty when all went well."""

    results: tuple[NodeResult, ...]
    problem: str


def call_dbt(
    arguments: Sequence[str], environment: Mapping[str, str], project: Manifest | None = None, *, quiet: bool = False
) -> Called:
    """Run one dbt command to its end. Never raises for what dbt says: the problem is in the answer.

    ``project``: the parsed project, so that dbt reads none of its files. What dbt tells is printed unless ``quiet``;
    DBT_LOG_LEVEL_FILE=debug has every statement written to a log beside the target. An interruption from outside (Ctrl-C, a
    run ended in the UI) goes on to the caller.
    """
    with loading():
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

    shown = () if quiet else ("info", "warn", "error")

    def tell(event: EventMsg) -> None:
        if event.info.level in shown:
            print(f"{datetime.now():%H:%M:%S}  {event.info.msg}")

    # dbt's own loggers put every event into words, shown or not: a quarter of what it does beside SQL
    silent = {"DBT_LOG_LEVEL": "none", "DBT_LOG_LEVEL_FILE": os.environ.get("DBT_LOG_LEVEL_FILE", "none")}
    with _environment({**silent, **environment}), warnings.catch_warnings():
        # agate, by which dbt reads seeds, warns of its own guesses
        warnings.simplefilter("ignore")
        try:
            answer = dbtRunner(project, [tell]).invoke([*arguments])
        finally:
            # dbt keeps the file open for its next call; publication opens it with settings of its own
            DuckDBConnectionManager.close_all_connections()
    if answer.exception is not None and not isinstance(answer.exception, Exception):
        raise answer.exception
    results = tuple(_results(answer.result))
    return Called(results, _problem(answer, results))


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _results(result: object) -> Iterator[NodeResult]:
    for one in getattr(result, "results", ()):
        yield NodeResult(
            one.node.unique_id,
            str(one.status),
            one.execution_time,
            getattr(one, "failures", None),
            str(one.message or ""),
        )


def _problem(answer: object, results: Sequence[NodeResult]) -> str:
    if answer.success:
        return ""
    if answer.exception is not None:
        return str(answer.exception).strip()[-2000:]
    return failures_of(results) or "dbt ended without success"


def failures_of(results: Iterable[NodeResult]) -> str:
    """The first failures in their own words, with what to do where memory was short; empty where there is none."""
    bad = [one for one in results if one.status in ("error", "fail", "runtime error")]
    said = "\n".join(f"{one.unique_id}: {one.message}" for one in bad[:5])
    return f"{said}\n{MORE_MEMORY}" if "Out of Memory" in said else said
