"""`make endurance`: what breaks, or grows, when it goes on for long. Not in CI: hours at full size.

Here: the parts, their sizes and one line of figures each. Not here: what a bench of its own measures (kills.py, year.py,
opens.py, fuzz_files.py).
Run: python -m bench.endurance [--kills 1000] [--opens 10000] [--releases 300] [--build-every 1] [--mutations 20000]
[--work DIR]; 0 leaves one out. On the same --work, kills and the year go on where they were.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.fuzz_files import main as fuzz
from bench.kills import kill_runs
from bench.opens import main as opens
from bench.year import year_of_sensors

Figures = dict[str, Any]


def _is_bad(figures: Figures) -> bool:
    bad = figures.get("lost") or figures.get("failed") or figures.get("not_seen") or figures.get("exit")
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
            ("kills", asked.kills, lambda: kill_runs(work / "kills", asked.kills)),
            ("year", asked.releases, lambda: year_of_sensors(work / "year", asked.releases, asked.build_every)),
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
