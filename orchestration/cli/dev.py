"""The Dagster UI and daemon for people, on this machine only.

Here: starting them as one process group and ending it. Not here: what they show (definitions.py).
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from orchestration.build.dbt_project import ensure_manifest
from orchestration.runs.run import prepare_dagster_home
from orchestration.workspace import Workspace
from trials.local_upstream.server import LocalUpstream
from warehouse.settings import PROJECT, Settings

STOP_SECONDS = 10
_SUPERSEDED = "ignore:Function `dev_command` is superseded"
"""`dagster dev` asks for `dg dev` at every start, which needs a project of another form; nobody on duty can act on it."""

QUICK_SECONDS = 5
"""Between two ticks, and two questions about one dataset, with the local upstream: a person is watching."""


def run_dev(workspace: Workspace, port: int) -> int:
    """Start `dagster dev` on 127.0.0.1 and wait until it ends or is interrupted; returns its exit code.

    A SIGTERM (systemd's way to stop a service) ends the whole group like an interrupt.
    """
    ensure_manifest(workspace.folder, workspace.settings, workspace.clock())
    home = prepare_dagster_home(workspace.folder, workspace.settings)
    dagster = Path(sys.executable).with_name("dagster")
    command = [str(dagster), "dev", "-m", "orchestration.definitions", "-h", "127.0.0.1", "-p", str(port)]
    for line in what_watches(workspace.settings):
        print(line, flush=True)
    environment = {**os.environ, **_as_environment(workspace.settings), "DAGSTER_HOME": str(home)}
    environment.setdefault("PYTHONWARNINGS", _SUPERSEDED)
    signal.signal(signal.SIGTERM, _interrupt)
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, start_new_session=True)
    try:
        return process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        _end(process)


def what_watches(settings: Settings) -> Iterator[str]:
    """A line for each sensor and schedule: whether it is on, or why not; and whether anybody is told."""
    from orchestration.sensors.changes import idle_reasons
    from orchestration.sensors.notifications import is_on

    on = "on" if settings.sensors else "off: set sensors = true (INTEGRERING_SENSORS), or switch it on in the UI"
    for name, why in idle_reasons(settings).items():
        yield f"sensor {name}: {f'not in use: {why}' if why else on}"
    yield f"schedule nightly (03:30): {on}"
    yield "schedule upstream_dates_daily (08:45): on"
    told = "by webhook or mail" if is_on(settings) else "nobody: set notify_webhook, or notify_email and smtp_host"
    yield f"told of failed runs and held releases: {told}"


def run_dev_with_local_upstream(workspace: Workspace, port: int, releases: Path) -> int:
    """The same as a live installation whose publishers are a stand-in on this machine, with sensors on and quick ticks.

    The stand-in's control address is printed: it advances single tables, withdraws them, and switches faults on.
    """
    with LocalUpstream(releases) as upstream:
        changes = {"source": "live", "local_upstream": upstream.address, "sensors": True, "ask_seconds": QUICK_SECONDS}
        changes["sensor_seconds"] = QUICK_SECONDS
        print(f"local upstream on {upstream.address}, control on {upstream.address}/_control/", flush=True)
        settings = Settings(**{**workspace.settings.model_dump(), **changes})
        return run_dev(replace(workspace, settings=settings), port)


def _as_environment(settings: Settings) -> dict[str, str]:
    """The settings as the environment of a child process, which loads them anew."""
    given = settings.model_dump(mode="json", exclude_defaults=True)
    return {f"INTEGRERING_{name.upper()}": str(value) for name, value in given.items() if value is not None}


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: the UI and daemon are children that may not hear a signal to the parent alone."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(STOP_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
