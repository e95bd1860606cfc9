"""`make endurance`: what breaks, or grows, when it goes on for long. Not in CI: hours at full size.

Here: the parts, their sizes and one line of figures each. Not here: what a bench of its own measures (kills.py, opens.py,
fuzz_files.py).
Run: python -m bench.endurance [--kills 1000] [--opens 10000] [--releases 300] [--build-every 1] [--mutations 20000]
[--work DIR]; 0 leaves one out.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.fuzz_files import main as fuzz
from bench.kills import kill_runs, settle, shown
from bench.opens import main as opens
from orchestration.runs.refresh import plan_refresh, refresh_file
from orchestration.runs.run import run_once
from orchestration.sensors.changes import watch_folder
from orchestration.workspace import Workspace
from tests.support.small_tables import write_tables
from warehouse.settings import Settings

Figures = dict[str, Any]

DAY_ONE = datetime(2026, 1, 1, 9, tzinfo=UTC)


def year_of_sensors(work: Path, releases: int, build_every: int = 1) -> Figures:
    """A year of ticks of the drop folder's sensor (two a day) and a run for each release, or for every so many of them: the
    others land only. What grew, and processor seconds."""
    root, extracts, chance = work / "year", work / "year" / "extracts", random.Random(1)
    write_tables(extracts)
    settings = Settings(data_dir=root / "data", source="extracts", extracts_dir=extracts)
    days = sorted(chance.sample(range(1, 365), min(releases, 364)))
    now, cursor, seconds, ticks, landings, sizes, bad = [DAY_ONE], None, [], [], [], [], 0

    def workspace() -> Workspace:
        """As a tick sees it: one state of the folder."""
        return Workspace(settings, clock=lambda: now[0], only=("imdi_*",))

    for day in range(365):
        if day in days:
            settle(extracts, 100 + day, day=1 + day)
        for hour in (0, 6):
            now[0] = DAY_ONE + timedelta(days=day, hours=hour)
            started = time.process_time()
            changes, cursor, _ = watch_folder(workspace(), cursor)
            ticks.append(time.process_time() - started)
            if changes is None:
                continue
            started = time.process_time()
            if days and day != days[-1] and len(landings) % build_every:
                bad += _land(workspace())
                landings.append(time.process_time() - started)
                continue
            landings.append(0.0)
            report = run_once(workspace())
            seconds.append(time.process_time() - started)
            bad += report.exit_code
            sizes.append(_sizes(root / "data"))
            print(f"day {day}: {seconds[-1]:.1f} s, {sizes[-1]}", file=sys.stderr, flush=True)
    return {
        "releases": len(landings),
        "runs": len(seconds),
        "failed": bad,
        "shows_the_last": not days or shown(root / "data") == 100 + days[-1],
        "tick_seconds_median": _mean(sorted(ticks)[len(ticks) // 2 :][:1]),
        **_ends("landing_seconds", [one for one in landings if one]),
        **_ends("run_seconds", seconds[1:]),
        "mb_after_first": sizes[0],
        "mb_after_last": sizes[-1],
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


def _is_bad(figures: Figures) -> bool:
    bad = figures.get("lost") or figures.get("failed") or figures.get("exit")
    return bool(bad) or figures.get("shows_the_last") is False


def main() -> int:
    """Print a line of figures a part; exit 1 when something was lost."""
    parser = argparse.ArgumentParser(prog="bench.endurance")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--opens", type=int, default=10_000)
    parser.add_argument("--releases", type=int, default=300)
    parser.add_argument("--build-every", type=int, default=1, help="a run after so many releases; the others land only")
    parser.add_argument("--mutations", type=int, default=20_000)
    parser.add_argument("--work", type=Path, default=None, help="folder that is kept; default: a temporary one")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        work = asked.work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="integrering-endurance-")))
        parts: list[tuple[str, int, Callable[[], Figures]]] = [
            ("kills", asked.kills, lambda: kill_runs(work, asked.kills)),
            ("year", asked.releases, lambda: year_of_sensors(work, asked.releases, asked.build_every)),
            ("opens", asked.opens, lambda: {"exit": _called(opens, "--opens", str(asked.opens))}),
            (
                "fuzz",
                asked.mutations,
                lambda: {"exit": _called(fuzz, "--mutations", str(asked.mutations), "--processes", "2")},
            ),
        ]
        is_bad = False
        for name, size, measure in parts:
            if not size:
                continue
            started = time.monotonic()
            figures = measure()
            is_bad |= _is_bad(figures)
            print(json.dumps({name: {**figures, "seconds": round(time.monotonic() - started)}}), flush=True)
    return 1 if is_bad else 0


def _called(part: Callable[[], int], *arguments: str) -> int:
    """A bench with its own arguments, in this process; it prints its own figures."""
    before, sys.argv = sys.argv, [sys.argv[0], *arguments]
    try:
        return part()
    finally:
        sys.argv = before


if __name__ == "__main__":
    sys.exit(main())
