"""The Dagster UI and daemon for people, on this machine only.

Here: starting them as one process group and ending it. Not here: what they show (definitions.py).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from orchestration.dbt_project import ensure_manifest
from orchestration.run import prepare_dagster_home
from orchestration.workspace import Workspace
from warehouse.settings import PROJECT

STOP_SECONDS = 10


def run_dev(workspace: Workspace, port: int) -> int:
    """Start `dagster dev` on 127.0.0.1 and wait until it ends or is interrupted; returns its exit code."""
    ensure_manifest(workspace.folder, workspace.settings)
    home = prepare_dagster_home(workspace.folder, workspace.settings)
    dagster = Path(sys.executable).with_name("dagster")
    command = [str(dagster), "dev", "-m", "orchestration.definitions", "-h", "127.0.0.1", "-p", str(port)]
    environment = {**os.environ, "DAGSTER_HOME": str(home)}
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, start_new_session=True)
    try:
        return process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        _end(process)


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
