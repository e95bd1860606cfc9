"""The history of runs as a short-lived process writes it: the same events as Dagster's own way, with few connections."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from orchestration.runs import history

ASSETS = 12


@dg.multi_asset(
    specs=[dg.AssetSpec(f"asset_{number}") for number in range(ASSETS)],
    check_specs=[dg.AssetCheckSpec("checked", asset=f"asset_{number}") for number in range(ASSETS)],
)
def _assets() -> Iterator[dg.MaterializeResult]:
    for number in range(ASSETS):
        yield dg.MaterializeResult(
            asset_key=f"asset_{number}",
            check_results=[dg.AssetCheckResult(passed=number > 0, check_name="checked", asset_key=f"asset_{number}")],
        )


def _written(home: Path, held: AbstractContextManager[None]) -> tuple[list[tuple[str, str]], list[bool], int]:
    """What a run leaves behind for the next process (events and checks), and how many connections it took."""
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    job = dg.Definitions([_assets], jobs=[dg.define_asset_job("all")]).resolve_job_def("all")
    connections: list[object] = []

    def count(connection: object, _: object) -> None:
        connections.append(connection)

    event.listen(Engine, "connect", count)
    try:
        with held, dg.DagsterInstance.from_config(str(home)) as instance:
            run_id = job.execute_in_process(instance=instance).run_id
    finally:
        event.remove(Engine, "connect", count)
    with dg.DagsterInstance.from_config(str(home)) as later:
        events = [
            (entry.dagster_event.event_type_value, str(entry.dagster_event.asset_key)) for entry in _log(later, run_id)
        ]
        keys = [dg.AssetCheckKey(dg.AssetKey(f"asset_{number}"), "checked") for number in range(ASSETS)]
        records = later.event_log_storage.get_latest_asset_check_execution_by_key(keys)
        passed = [records[key].event.dagster_event.event_specific_data.passed for key in keys]
    return events, passed, len(connections)


def _log(instance: dg.DagsterInstance, run_id: str) -> list[dg.EventLogEntry]:
    return [entry for entry in instance.all_logs(run_id) if entry.is_dagster_event]


def test_a_held_history_holds_the_same_events_with_few_connections(tmp_path: Path) -> None:
    events, passed, many = _written(tmp_path / "dagster", nullcontext())
    held_events, held_passed, few = _written(tmp_path / "held", history.held_open())
    assert (held_events, held_passed) == (events, passed)
    assert passed == [False] + [True] * (ASSETS - 1)
    assert few < many / 2


def test_without_the_method_that_is_replaced_events_are_stored_as_dagster_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events, passed, _ = _written(tmp_path / "dagster", nullcontext())
    monkeypatch.setattr(history, "SqliteEventLogStorage", object)
    assert _written(tmp_path / "renamed", history.held_open())[:2] == (events, passed)


def test_the_method_is_given_back() -> None:
    before = history.SqliteEventLogStorage._connect
    with history.held_open():
        assert history.SqliteEventLogStorage._connect is not before
    assert history.SqliteEventLogStorage._connect is before
