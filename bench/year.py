"""A year of sensor ticks over a drop folder in which a small table changes, with what grows.

Here: the days, the ticks, landing and runs. Not here: how a run is forked (forked.py).
Run: python -m bench.year [--releases 300] [--build-every 1] [--work DIR] [--resume]; a line of JSON a release in DIR/year.jsonl.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import random
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.forked import append, asked, begin, define_once, read_log, seconds_to_the_end
from bench.kills import settle, shown
from orchestration.runs.refresh import plan_refresh, refresh_file
from orchestration.sensors.changes import watch_folder
from orchestration.workspace import Workspace
from tests.support.small_tables import write_tables
from warehouse.settings import Settings

Figures = dict[str, Any]

DAY_ONE = datetime(2026, 1, 1, 9, tzinfo=UTC)
TICKS = (0, 6)
"""Hours of a day at which the sensor looks: a file counts once it was the same in two looks."""


class Year:
    """An installation and its year. ``lines``: one a release."""

    def __init__(self, work: Path, releases: int, build_every: int) -> None:
        work.mkdir(parents=True, exist_ok=True)
        self._work, self._extracts, self._every = work, work / "extracts", build_every
        self._data, self._log = work / "data", work / "year.jsonl"
        self._settings = Settings(
            data_dir=self._data, source="extracts", extracts_dir=self._extracts, municipality="3909"
        )
        self.lines = read_log(self._log)
        self.days = sorted(random.Random(1).sample(range(1, 365), min(releases, 364)))
        self._ticks: list[float] = []
        self.passed = self.lines[-1]["day"] if self.lines else -1
        if not self.lines:
            write_tables(self._extracts)
        define_once(self._settings)

    def pass_by(self, seconds: float) -> None:
        """Day by day, from the one after the last that is written down, until so long has passed."""
        begun = time.monotonic()
        begin_on = self.lines[-1]["day"] + 1 if self.lines else 0
        cursor = self.lines[-1]["cursor"] if self.lines else None
        for day in range(begin_on, 365):
            if day in self.days:
                settle(self._extracts, 100 + day, day=1 + day)
            for hour in TICKS:
                moment = DAY_ONE + timedelta(days=day, hours=hour)
                workspace = Workspace(self._settings, clock=lambda moment=moment: moment, only=("imdi_*",))
                started = time.process_time()
                changes, cursor, _ = watch_folder(workspace, cursor)
                self._ticks.append(time.process_time() - started)
                if changes is not None:
                    self._take(workspace, day, cursor)
            self.passed = day
            if time.monotonic() - begun > seconds:
                return

    def _take(self, workspace: Workspace, day: int, cursor: str) -> None:
        """What the tick found: landed, and with the others before it built and published where it is that release's turn."""
        is_built = len(self.lines) % self._every == 0 or day == self.days[-1]
        line: Figures = {"day": day, "cursor": cursor, "is_built": is_built}
        if is_built:
            process = begin(workspace, self._work / "printed")
            line["seconds"] = seconds_to_the_end(process)
            line["failed"] = process.exitcode
            line["shows_the_last"] = asked(shown, self._data) == 100 + day if day else True
        else:
            started = time.process_time()
            line["failed"] = _land(workspace)
            line["seconds"] = round(time.process_time() - started, 2)
        line["tick_seconds"] = round(sorted(self._ticks)[len(self._ticks) // 2], 3)
        line["mb"] = _sizes(self._data) if is_built else {}
        self.lines.append(line)
        append(self._log, line)


def year_of_sensors(work: Path, releases: int, build_every: int = 1, seconds: float = math.inf) -> Figures:
    """A year of ticks (two a day) and a run for each release, or for every so many of them: the others land only. What grew,
    and processor seconds; an earlier call on the same folder is gone on with, and after so many ``seconds`` another may."""
    year = Year(work, releases, build_every)
    year.pass_by(seconds)
    built = [line for line in year.lines if line["is_built"]]
    landed = [line["seconds"] for line in year.lines if not line["is_built"]]
    seen = {line["day"] for line in year.lines}
    return {
        "releases": len(year.lines),
        "runs": len(built),
        "failed": sum(bool(line["failed"]) for line in year.lines),
        "not_seen": sum(day <= year.passed and day not in seen for day in year.days),
        "shows_the_last": all(line["shows_the_last"] for line in built),
        "tick_seconds_median": year.lines[-1]["tick_seconds"],
        **_ends("landing_seconds", landed),
        **_ends("run_seconds", [line["seconds"] for line in built][1:]),
        "mb_after_first": built[0]["mb"],
        "mb_after_last": built[-1]["mb"],
    }


def _ends(name: str, values: list[float]) -> Figures:
    """The mean of the first ten and of the last ten."""
    return {f"{name}_first_ten": _mean(values[:10]), f"{name}_last_ten": _mean(values[-10:])}


def _land(workspace: Workspace) -> int:
    """What a run does before it builds: new files through the gates into landing. How many were refused."""
    plan = plan_refresh(workspace.landing, workspace.specs, workspace.files())
    outcomes = [
        refresh_file(workspace.landing, workspace.specs[dataset_id], file)
        for dataset_id, file in plan.new
        if workspace.wants(dataset_id)
    ]
    return sum(outcome.state != "refreshed" for outcome in outcomes)


def _sizes(data: Path) -> dict[str, float]:
    """Megabytes of what may grow: landing, the build file, Dagster's storage, the releases that are kept."""
    parts = {"landing": "landing", "build_file": "build/build.duckdb", "dagster": "dagster", "releases": "releases"}
    return {name: round(_bytes(data / path) / 1e6, 2) for name, path in parts.items()}


def _bytes(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file() and not p.is_symlink())


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 2) if values else None


def main() -> int:
    """Print a line of figures; exit 1 when a run failed, the sensor missed a release or readers did not see the last one."""
    parser = argparse.ArgumentParser(prog="bench.year")
    parser.add_argument("--releases", type=int, default=300)
    parser.add_argument("--build-every", type=int, default=1, help="a run after so many releases; the others land only")
    parser.add_argument("--work", type=Path, default=None, help="folder that is kept; default: a temporary one")
    parser.add_argument("--resume", action="store_true", help="go on with what lies in --work")
    parser.add_argument("--seconds", type=float, default=math.inf, help="stop after so long; --resume goes on")
    wanted = parser.parse_args()
    with contextlib.ExitStack() as stack:
        work = wanted.work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="integrering-year-")))
        if not wanted.resume:
            shutil.rmtree(work, ignore_errors=True)
        figures = year_of_sensors(work.resolve(), wanted.releases, wanted.build_every, wanted.seconds)
    print(json.dumps(figures))
    return 1 if figures["failed"] or figures["not_seen"] or not figures["shows_the_last"] else 0


if __name__ == "__main__":
    sys.exit(main())
