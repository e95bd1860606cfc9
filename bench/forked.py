"""Runs forked from a process that has imported and defined everything once.

Here: starting such a run, its processor time, and asking in a child what its parent may not open (a fork of a process with the
engine's threads would stand still). Not here: what runs are for (kills.py, year.py).
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from orchestration.loading import loading
from orchestration.workspace import Workspace
from tests.support.warm import PRELOADED
from warehouse.settings import Settings

_forking = multiprocessing.get_context("fork")


def define_once(settings: Settings) -> None:
    """Import what a run imports and read what it reads of the project: specs, registry, Dagster's assets."""
    for module in PRELOADED:
        import_module(module)
    from orchestration.definitions import refresh_job

    with loading():
        refresh_job(settings)


def begin(workspace: Workspace, printed: Path) -> ForkProcess:
    """A run in a child that leads a process group of its own; what it prints goes to a file."""
    process = _forking.Process(target=_run, args=(workspace, printed))
    process.start()
    return process


def _run(workspace: Workspace, printed: Path) -> None:
    """What `integrering run` does between reading its options and printing what came of it."""
    os.setsid()
    with open(printed, "w", encoding="utf-8") as handle:
        os.dup2(handle.fileno(), 1)
        os.dup2(handle.fileno(), 2)
    from orchestration.runs.run import run_once

    report = run_once(workspace, on_stage=lambda stage: print(stage, flush=True))
    print(report.failure or "", flush=True)
    sys.exit(report.exit_code)


def seconds_to_the_end(process: ForkProcess) -> float:
    """Wait for a run that is left alone; its processor seconds."""
    seconds = 0.0
    while process.is_alive():
        seconds = max(seconds, seconds_of(process))
        time.sleep(0.02)
    process.join()
    return seconds


def seconds_of(process: ForkProcess) -> float:
    """Processor seconds of a process with its threads; 0 when it is gone."""
    with contextlib.suppress(OSError, IndexError):
        fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def state_of(process: ForkProcess) -> str:
    """The kernel's letter for what the process does; X when it is gone."""
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    return "X"


def asked(question: Callable[..., Any], *arguments: Any) -> Any:
    """The answer of a child."""
    receiving, sending = _forking.Pipe(duplex=False)
    child = _forking.Process(target=lambda: sending.send(question(*arguments)))
    child.start()
    sending.close()
    try:
        return receiving.recv()
    finally:
        child.join()


def read_log(path: Path) -> list[dict[str, Any]]:
    """The lines of an earlier call on the same folder."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def append(path: Path, line: dict[str, Any]) -> None:
    """One line more, on disk before anything goes on."""
    with open(path, "a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")
