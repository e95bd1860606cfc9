"""The Dagster side of refreshing: what is defined, what a tick asks for, and when it asks for nothing.

An ephemeral instance stands for Dagster's storage; publishers are on this machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from orchestration.cli.dev import what_watches
from orchestration.runs.settle import Outcome
from orchestration.sensors import changes as watching
from orchestration.sensors import notifications
from orchestration.sensors.changes import (
    CHANGES_TAG,
    MOST_FAILED_RUNS,
    TRIGGERS_NB,
    Changes,
    Target,
    nightly_schedule,
    request_run,
    sensors,
    watch_folder,
    with_what_lies_ready,
)
from orchestration.upstream.live import Upstream
from orchestration.workspace import Workspace
from tests.support.small_upstream import SETTLED, SETTLED_LATER, imdi_long, write_small_upstream
from trials.local_upstream.server import LocalUpstream
from warehouse.settings import Settings

IMDI, SSB = "imdi_bosatt_anmodede", "ssb_12272"
TARGET = Target("refresh", (dg.AssetKey(["marts", "comparison"]),))
CHANGES = Changes({IMDI: "0123456789abcdef", SSB: "2026-06-15T06:00:00Z"})


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[LocalUpstream]:
    with LocalUpstream(write_small_upstream(tmp_path / "releases")) as running:
        yield running


@pytest.fixture
def live(tmp_path: Path, upstream: LocalUpstream) -> Workspace:
    settings = Settings(data_dir=tmp_path / "data", source="live", local_upstream=upstream.address, ask_seconds=1)
    return Workspace(settings, only=(IMDI, SSB))


def look(workspace: Workspace, dataset_id: str) -> tuple[Any, Outcome | None]:
    return Upstream(workspace).look(workspace.specs[dataset_id])


def refresh(workspace: Workspace, dataset_id: str) -> list[Outcome]:
    return list(Upstream(workspace).refresh(workspace.specs[dataset_id]))


def test_a_run_is_asked_for_once_with_its_reason(live: Workspace) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance)
        first = request_run(context, live, TARGET, CHANGES, "upstream")
        again = request_run(context, live, TARGET, Changes(dict(reversed(CHANGES.releases.items()))), "upstream")
    assert isinstance(first, dg.RunRequest)
    assert isinstance(again, dg.RunRequest)
    assert first.run_key == again.run_key, "the key is made of upstream's releases, not of order or clock"
    assert first.tags["integrering/trigger"] == "upstream"
    assert first.tags["integrering/datasets"] == f"{IMDI}, {SSB}"
    assert first.asset_selection == [
        dg.AssetKey(["imdi", "bosatt_anmodede"]),
        dg.AssetKey(["ssb", "12272"]),
        dg.AssetKey(["marts", "comparison"]),
    ]
    assert Changes({IMDI: "fedcba9876543210"}).key != Changes({IMDI: "0123456789abcdef"}).key


def test_nothing_is_asked_for_while_a_run_is_not_finished(live: Workspace) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        create_run_for_test(instance, job_name="refresh", status=dg.DagsterRunStatus.STARTED)
        answer = request_run(dg.build_sensor_context(instance=instance), live, TARGET, CHANGES, "upstream")
    assert isinstance(answer, dg.SkipReason)
    assert "2 datasett venter" in str(answer.skip_message)


def test_what_a_sensor_says_where_it_starts_nothing_is_norwegian(tmp_path: Path) -> None:
    """The page «Automation» is what a person on duty reads, and a notice says in words what started the run that failed."""
    assert {trigger for _, trigger, _ in watching._WATCHED.values()} <= set(TRIGGERS_NB)
    settings = Settings(data_dir=tmp_path / "data", source="extracts", extracts_dir=tmp_path / "gone")
    assert watch_folder(Workspace(settings), None)[2].startswith("drop-mappen finnes ikke")
    (tmp_path / "gone").mkdir()
    _, cursor, first = watch_folder(Workspace(settings), None)
    assert first.startswith("filer er kommet til") and watch_folder(Workspace(settings), cursor)[2].startswith(
        "ingen fil"
    )


def test_a_failed_run_is_tried_again_under_a_new_key_and_not_for_ever(live: Workspace) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        context, keys = dg.build_sensor_context(instance=instance), []
        for _ in range(MOST_FAILED_RUNS):
            request = request_run(context, live, TARGET, CHANGES, "upstream")
            assert isinstance(request, dg.RunRequest)
            keys.append(request.run_key)
            create_run_for_test(
                instance, job_name="refresh", status=dg.DagsterRunStatus.FAILURE, tags={CHANGES_TAG: CHANGES.key}
            )
        assert len(set(keys)) == MOST_FAILED_RUNS
        assert isinstance(request_run(context, live, TARGET, CHANGES, "upstream"), dg.SkipReason)


def test_only_what_changed_is_fetched_and_states_are_no_failures(live: Workspace, upstream: LocalUpstream) -> None:
    assert look(live, SSB)[1] is None
    assert refresh(live, SSB)[0].state == "refreshed"
    upstream.log.clear()
    assert look(live, SSB)[1] == Outcome(SSB, "unchanged", "upstream", "")
    assert [line for line in upstream.log if "POST" in line] == [], "one cheap question, no figures"

    upstream.releases.advance("ssb/12272")
    assert look(live, SSB)[1] is None
    assert refresh(live, SSB)[0].state == "refreshed"
    assert len(live.landing.receipts(SSB)) == 2

    upstream.releases.withdraw("ssb/12272")
    memory, outcome = look(live, SSB)
    assert outcome is not None
    assert (outcome.state, memory.failures) == ("withdrawn", 0)
    assert len(live.landing.receipts(SSB)) == 2, "the last release stays"


def test_equal_bytes_under_a_moved_stamp_are_no_release(live: Workspace, upstream: LocalUpstream) -> None:
    """Fault 9: metadata schedules, the hash of the content decides; and such a run never reaches dbt."""
    upstream.imdi.validators = True
    look(live, IMDI)
    refresh(live, IMDI)
    path = live.folder.root / "upstream" / f"{IMDI}.json"
    path.write_text(path.read_text().replace('"stamp_in_use": "', '"stamp_in_use": "older '), encoding="utf-8")
    assert look(live, IMDI)[1] is None
    assert [o.state for o in refresh(live, IMDI)] == ["unchanged"]
    assert len(live.landing.receipts(IMDI)) == 1


def test_a_build_that_was_not_finished_is_made_good(live: Workspace) -> None:
    """The run landed the figures and died before dbt: nothing is new upstream, and still there is something to do."""
    changes = with_what_lies_ready(live, Changes({}))
    assert changes is not None
    assert "klass_municipalities" in changes.releases, "what ships with the product is landed first"
    from orchestration.runs.refresh import plan_refresh, refresh_file
    from sources.landing.bundled import bundled

    for dataset_id, file in plan_refresh(live.landing, live.specs, bundled(live.specs)).new:
        refresh_file(live.landing, live.specs[dataset_id], file)
    left = with_what_lies_ready(live, Changes({}))
    assert left is not None
    assert left.releases == {}
    assert left.build


def test_the_drop_folder_waits_until_a_file_no_longer_grows(tmp_path: Path) -> None:
    extracts = tmp_path / "extracts"
    (extracts / "imdi" / "k").mkdir(parents=True)
    file = extracts / "imdi" / "k" / "bosatt_anmodede.csv"
    workspace = Workspace(Settings(data_dir=tmp_path / "data", source="extracts", extracts_dir=extracts), only=(IMDI,))

    def look_again(cursor: str | None) -> tuple[Changes | None, str, str]:
        return watch_folder(Workspace(workspace.settings, only=(IMDI,)), cursor)

    file.write_bytes(imdi_long(SETTLED).encode("latin-1")[:100])
    _, cursor, reason = look_again(None)
    assert "ses på igjen" in reason
    file.write_bytes(imdi_long(SETTLED).encode("latin-1"))
    changes, cursor, _ = look_again(cursor)
    assert changes is None, "it grew since the last look"
    changes, cursor, _ = look_again(cursor)
    assert changes is not None
    assert set(changes.releases) == {IMDI}
    again, _, _ = look_again(look_again(None)[1])
    assert again == changes, "a lost cursor asks for the same"

    from orchestration.runs.refresh import plan_refresh, refresh_file

    for dataset_id, new in plan_refresh(workspace.landing, workspace.specs, workspace.files()).new:
        refresh_file(workspace.landing, workspace.specs[dataset_id], new)
    assert look_again(cursor)[0] is None
    file.write_bytes(imdi_long(SETTLED_LATER).encode("latin-1"))
    later, _, _ = look_again(look_again(cursor)[1])
    assert later is not None
    assert later.key != changes.key


def test_sensors_are_on_or_off_by_the_settings(tmp_path: Path) -> None:
    on, off = dg.DefaultSensorStatus.RUNNING, dg.DefaultSensorStatus.STOPPED

    def found(**changes: Any) -> dict[str, tuple[dg.DefaultSensorStatus, bool]]:
        """Sensor -> whether it is on, and whether it says that it has nothing to do here."""
        workspace = Workspace(Settings(data_dir=tmp_path, **changes))
        every = sensors(workspace, TARGET)
        return {s.name: (s.default_status, str(s.description).startswith("Ikke i bruk her: ")) for s in every}

    # one that is missing tells nobody why: both are always there
    assert found(sensors=True) == {"upstream_changes": (off, True), "drop_folder": (off, True)}
    assert found(source="live") == {"upstream_changes": (off, False), "drop_folder": (off, True)}
    both = found(source="live", extracts_dir=tmp_path, sensors=True)
    assert both == {"upstream_changes": (on, False), "drop_folder": (on, False)}
    demo = Workspace(Settings(data_dir=tmp_path, source="demo", extracts_dir=tmp_path, sensors=True))
    folder = next(s for s in sensors(demo, TARGET) if s.name == "drop_folder")
    with dg.instance_for_test() as instance:
        answer = folder(dg.build_sensor_context(instance=instance))
    assert answer.skip_message == "ikke i bruk her: kilden er demo, som bare leser sine egne oppdiktede filer"
    assert any("drop_folder: not in use: kilden er demo" in line for line in what_watches(demo.settings))
    schedule = nightly_schedule(Workspace(Settings(data_dir=tmp_path, sensors=True)), "refresh")
    assert schedule.execution_timezone == "Europe/Oslo"
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING


def test_nobody_is_told_unless_it_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert notifications.notification_sensors(Workspace(Settings(data_dir=tmp_path))) == []
    sent: list[EmailMessage] = []

    class Server:
        def __init__(self, host: str, port: int, timeout: float) -> None:
            assert (host, port) == ("mail.example", 2525)

        def __enter__(self) -> Server:
            return self

        def __exit__(self, *error: object) -> None: ...

        def send_message(self, message: EmailMessage) -> None:
            sent.append(message)

    monkeypatch.setattr(notifications.smtplib, "SMTP", Server)
    settings = Settings(data_dir=tmp_path, notify_email="vakt@example.org", smtp_host="mail.example:2525")
    assert notifications.notify(settings, "Integrering: x\nBcc: y", "holdt tilbake") == []
    assert sent[0]["Subject"] == "Integrering: x Bcc: y", "a line break in a name adds no header"
    names = {s.name for s in notifications.notification_sensors(Workspace(settings))}
    assert names == {"tell_of_failed_run", "tell_of_held_release"}

    def refuse(*arguments: object, **named: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(notifications.smtplib, "SMTP", refuse)
    assert notifications.notify(settings, "x", "y") == ["mail: OSError"]


def test_a_content_that_is_put_back_asks_for_a_run_of_its_own(tmp_path: Path) -> None:
    """168, 170, 168, 170: four runs under four keys; Dagster runs a key once."""
    extracts = tmp_path / "extracts" / "imdi" / "k"
    extracts.mkdir(parents=True)
    settings = Settings(data_dir=tmp_path / "data", source="extracts", extracts_dir=tmp_path / "extracts")
    day, keys = datetime(2026, 3, 1, 12, tzinfo=UTC), []
    from orchestration.runs.refresh import plan_refresh, refresh_files

    for number, figures in enumerate((SETTLED, SETTLED_LATER, SETTLED, SETTLED_LATER)):
        moment = day + timedelta(days=number)
        (extracts / "bosatt_anmodede.csv").write_bytes(imdi_long(figures).encode("latin-1"))
        os.utime(extracts / "bosatt_anmodede.csv", (moment.timestamp(),) * 2)
        workspace = Workspace(settings, clock=lambda moment=moment: moment, only=(IMDI,))
        _, cursor, _ = watch_folder(workspace, None)
        changes, _, _ = watch_folder(workspace, cursor)
        assert changes is not None, number
        keys.append(changes.key)
        plan = plan_refresh(workspace.landing, workspace.specs, workspace.files())
        files = [file for dataset_id, file in plan.new if dataset_id == IMDI]
        spec = workspace.specs[IMDI]
        done = list(refresh_files(workspace.landing, spec, files, plan.at_hand, clock=workspace.clock))
        assert [outcome.state for _, outcome in done] == ["refreshed"], number
    assert len(set(keys)) == 4


def test_accept_reject_accept_asks_for_three_runs(tmp_path: Path) -> None:
    """The state after the second accept is that after the first; its key is another."""
    from orchestration.runs.decisions import decide_release
    from orchestration.runs.refresh import plan_refresh, refresh_file
    from sources.landing.store import Decision

    (tmp_path / "extracts").mkdir()
    (tmp_path / "extracts" / "bosatt_anmodede.csv").write_bytes(imdi_long(SETTLED).encode("latin-1"))
    settings = Settings(data_dir=tmp_path / "data", source="extracts", extracts_dir=tmp_path / "extracts")
    now = [datetime(2026, 3, 1, tzinfo=UTC)]
    workspace = Workspace(settings, clock=lambda: now[0])
    for dataset_id, file in plan_refresh(workspace.landing, workspace.specs, workspace.files()).new:
        refresh_file(workspace.landing, workspace.specs[dataset_id], file)
    (receipt,) = workspace.landing.receipts(IMDI)
    workspace.landing.decide(IMDI, receipt.release_id, Decision(state="held", reasons=["x"], decided_at=now[0]))
    keys, states = [], []
    for state in ("accepted", "rejected", "accepted"):
        now[0] += timedelta(hours=1)
        decide_release(workspace, IMDI, receipt.release_id, state)
        changes = with_what_lies_ready(workspace, Changes({}))
        assert changes is not None and not changes.releases
        keys.append(changes.key)
        states.append(changes.build.split()[0])
    assert states[0] == states[2] != states[1]
    assert len(set(keys)) == 3
