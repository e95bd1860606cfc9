"""The history of runs as a short-lived process writes it: the same events as Dagster's own way, with the disk waited for once."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from orchestration.assets import publication
from orchestration.runs import history
from orchestration.runs.run import DAGSTER_SQLITE_YAML
from orchestration.workspace import Workspace
from warehouse.settings import Settings

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


def _written(
    home: Path, held: AbstractContextManager[None], more: str = ""
) -> tuple[list[tuple[str, str]], list[bool]]:
    """What a run leaves behind for the next process (events and checks), which reads it with Dagster's own settings."""
    home.mkdir()
    settings = home / "dagster.yaml"
    settings.write_text("telemetry: {enabled: false}\n" + more, encoding="utf-8")
    job = dg.Definitions([_assets], jobs=[dg.define_asset_job("all")]).resolve_job_def("all")
    with held, dg.DagsterInstance.from_config(str(home)) as instance:
        run_id = job.execute_in_process(instance=instance).run_id
    settings.write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    with dg.DagsterInstance.from_config(str(home)) as later:
        events = [
            (entry.dagster_event.event_type_value, str(entry.dagster_event.asset_key)) for entry in _log(later, run_id)
        ]
        keys = [dg.AssetCheckKey(dg.AssetKey(f"asset_{number}"), "checked") for number in range(ASSETS)]
        records = later.event_log_storage.get_latest_asset_check_execution_by_key(keys)
        passed = [records[key].event.dagster_event.event_specific_data.passed for key in keys]
    return events, passed


def _log(instance: dg.DagsterInstance, run_id: str) -> list[dg.EventLogEntry]:
    return [entry for entry in instance.all_logs(run_id) if entry.is_dagster_event]


def test_a_held_history_holds_the_same_events(tmp_path: Path) -> None:
    events, passed = _written(tmp_path / "dagster", nullcontext())
    assert _written(tmp_path / "held", history.held_open()) == (events, passed)
    kept = DAGSTER_SQLITE_YAML.format(base_dir=tmp_path / "kept" / "history" / "runs")
    assert _written(tmp_path / "kept", history.held_open(), kept) == (events, passed)
    assert passed == [False] + [True] * (ASSETS - 1)


def test_a_file_that_is_held_keeps_its_log_until_it_is_let_go(tmp_path: Path) -> None:
    """SQLite moves the log to the disk and removes it when the last connection closes: once, not at every write."""
    log = Path(f"{tmp_path / 'one.db'}-wal")
    for number, (held, kept) in enumerate([(nullcontext(), False), (history.held_open(), True)]):
        with held:
            for _ in range(2):
                engine = create_engine(f"sqlite:///{tmp_path / 'one.db'}", poolclass=NullPool)
                with engine.begin() as connection:
                    connection.execute(text("pragma journal_mode = wal"))
                    connection.execute(text(f"create table if not exists t{number} (x)"))
                engine.dispose()
            assert log.exists() == kept
    assert not log.exists()


def test_the_oldest_runs_are_forgotten_whole_and_the_others_kept(tmp_path: Path) -> None:
    """A run that goes leaves no event, no file and no log behind; what the assets are is known all the same."""
    home = tmp_path / "dagster"
    home.mkdir()
    runs = home / "history" / "runs"
    settings = "telemetry: {enabled: false}\n" + DAGSTER_SQLITE_YAML.format(base_dir=runs)
    (home / "dagster.yaml").write_text(settings, encoding="utf-8")
    job = dg.Definitions([_assets], jobs=[dg.define_asset_job("all")]).resolve_job_def("all")
    with history.held_open(), dg.DagsterInstance.from_config(str(home)) as instance:
        ids = [job.execute_in_process(instance=instance).run_id for _ in range(4)]
        assert history.forget_old_runs(instance, 4) == 0
        assert history.forget_old_runs(instance, 2) == 2
    with dg.DagsterInstance.from_config(str(home)) as later:
        assert {run.run_id for run in later.get_runs()} == set(ids[2:])
        assert [bool(_log(later, run_id)) for run_id in ids[2:]] == [True, True]
        assert later.get_latest_materialization_event(dg.AssetKey("asset_0")).run_id == ids[3]
    assert {path.stem for path in runs.glob("*.db")} == {"index", *ids[2:]}
    assert not [path for path in home.rglob("*") if set(path.parts) & set(ids[:2])]


def test_a_history_that_cannot_be_shortened_fails_no_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> int:
        raise sqlite3.OperationalError("database is locked")

    published = SimpleNamespace(release_id="000001-0", tables=[], content="0", is_demo=True)
    monkeypatch.setattr(publication, "publish_build", lambda workspace: published)
    monkeypatch.setattr(publication, "forget_old_runs", locked)
    asset = publication.published_asset(Workspace(Settings(data_dir=tmp_path)), [])
    assert dg.materialize([asset], instance=dg.DagsterInstance.ephemeral()).success
