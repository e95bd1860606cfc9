"""Runs ended with kill -9 at random moments, and what stands afterwards.

Here: the moments, the kills and the looks. Not here: the tables that are read (tests/support/small_tables.py).

A run is a child that is forked when everything is imported (forked.py), so that it costs what it does and not what it loads.
It is really ended (SIGKILL to it and its children) at a moment drawn over the processor time of a whole run, so that neither a
busy machine nor a long wait for the disk moves it, and up to a tenth of a second later, so that waits are met too. The next run
begins on what the killed one left, with one more figure; after every so many kills one is left alone. Every other run is also
looked at while it stands still (SIGSTOP) at many moments before: what lies on the disk then is what a kill would leave, at a
tenth of the price.
Run: python -m bench.kills [--moments 1000] [--looks 40] [--work DIR] [--resume] [--seconds N] [--seed N]; a line of JSON a moment
in DIR/kills.jsonl. With --looks 0 every moment is a kill.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

import duckdb

from bench.forked import append, asked, begin, define_once, read_log, seconds_of, seconds_to_the_end, state_of
from orchestration.workspace import Workspace
from sources.files import file_digest
from sources.landing.store import Landing, Receipt
from tests.support.small_tables import body_of, settlement, write, write_tables
from warehouse.paths import DataFolder
from warehouse.release.publish import read_manifest
from warehouse.settings import Settings

LEFT_ALONE = 10
"""After so many kills a run is left alone: it must end well and show the newest figure."""

LOOKS = 40
"""Moments at which every other run is stopped and looked at, before it is killed, unless the caller says how many."""

MET = ("killed", "looked at")

SHARED_MEMORY = Path("/dev/shm")
"""Where the data folder lies, if there is such a place: a kill leaves what the kernel has, whatever the disk."""


def settle(folder: Path, settled: int, day: int) -> None:
    """The settlement table with another figure for Larvik's last year."""
    lines = [line[: line.rindex(";") + 1] + str(settled) if ";2023;3805;" in line else line for line in settlement()]
    write(folder, "bosatt_anmodede", body_of(lines), day=day)


def shown(data: Path) -> int | None:
    """The figure that readers see now; None where the file does not open whole."""
    with contextlib.suppress(duckdb.Error, TypeError):  # no such file, or no figure
        file = (data / "published" / "integrering.duckdb").resolve()
        with duckdb.connect(str(file), read_only=True) as connection:
            sql = "select settled_persons from marts.fct_settlement where region_code = '3909' and year = 2023"
            return int(connection.execute(sql).fetchone()[0])
    return None


class Killer:
    """An installation whose settlement table changes before every run. ``lines``: what happened, one a run."""

    def __init__(self, work: Path, seed: int, looks: int) -> None:
        self._looks = looks
        self._work, self._seed, self._data, self._extracts = work, seed, work / "data", work / "extracts"
        self._log = work / "kills.jsonl"
        self.lines = read_log(self._log)
        self._settings = Settings(
            data_dir=self._data, source="extracts", extracts_dir=self._extracts, keep_releases=2, municipality="3909"
        )
        last = self.lines[-1] if self.lines else {"run": 0, "shows": None}
        self._number, self._shown = last["run"], last["shows"]
        self._receipts = _names(Landing(self._data / "landing").receipts())
        if not self.lines:
            write_tables(self._extracts)
        define_once(self._settings)
        # the first run builds everything; a second is as long as those that are ended
        for _ in range(1 if self.lines else 2):
            self.left_alone()

    def killed(self, most: int) -> None:
        """One run, ended at a moment drawn over the whole length of the last that was left alone; every other one at the last
        of many such moments. ``most``: moments that are still wanted."""
        begun = time.time()
        process = self._begin()
        chance = random.Random(f"{self._seed} {self._number}")
        *looks, last = sorted(
            chance.random() for _ in range(1 + (min(self._looks, most - 1) if self._number % 2 else 0))
        )
        for share in looks:
            if self._reached(process, share, chance):
                _signal(process, signal.SIGSTOP)
                self._write_down("looked at", process, begun, share)
                _signal(process, signal.SIGCONT)
        if self._reached(process, last, chance):
            _signal(process, signal.SIGKILL)
        process.join()
        self._write_down("killed" if process.exitcode == -signal.SIGKILL else "ended first", process, begun, last)

    def _reached(self, process: ForkProcess, share: float, chance: random.Random) -> bool:
        """Wait until the run has used that part of its processor time, and a moment longer; False when it was over before."""
        while process.is_alive():
            if seconds_of(process) >= share * self._whole:
                time.sleep(chance.uniform(0, 0.1))
                return True
            time.sleep(0.01)
        return False

    def left_alone(self) -> None:
        """A run to its end."""
        begun = time.time()
        process = self._begin()
        self._whole = seconds_to_the_end(process)
        self._write_down("left alone", process, begun, 1.0)

    def _begin(self) -> ForkProcess:
        self._number += 1
        self._receipts_before = self._receipts
        settle(self._extracts, 100 + self._number, day=1 + self._number % 20)
        return begin(Workspace(self._settings, only=("imdi_*",)), self._work / "printed")

    def _write_down(self, end: str, process: ForkProcess, begun: float, share: float) -> None:
        """What happened, and what is wrong with what stands; a run that was left alone has ended well and shows its figure."""
        is_over = end in ("left alone", "ended first")
        due = (100 + self._number,) if is_over else (self._shown, 100 + self._number)
        found = asked(_look, self._data, begun, due, self._receipts_before)
        lost = found["lost"] + [f"the receipt of {name} is gone" for name in sorted(self._receipts - found["receipts"])]
        if is_over:
            lost += [f"exit code {process.exitcode}: {_tail(self._work / 'printed')}"] if process.exitcode else []
        self._shown, self._receipts = found["shows"], found["receipts"]
        line = {
            "run": self._number,
            "end": end,
            "share": round(share, 4),
            "phase": "over" if is_over else found["phase"],
            "seconds": round(self._whole, 1),
            "shows": found["shows"],
            "receipts": len(found["receipts"]),
            "half_written": found["half_written"],
            "lost": lost,
        }
        self.lines.append(line)
        append(self._log, line)


def _names(receipts: list[Receipt]) -> set[str]:
    """By dataset and release: one that came in the same run must not make up for one that is gone."""
    return {f"{one.dataset_id} {one.release_id}" for one in receipts}


def _look(data: Path, begun: float, due: tuple[int | None, ...], receipts_before: set[str]) -> dict[str, Any]:
    """In a child: the release is whole and shows a figure that is due; landing has lost nothing; where the run was."""
    landing, found = Landing(data / "landing"), shown(data)
    receipts = landing.receipts()
    names = _names(receipts)
    is_writing = any(p.stat().st_mtime >= begun for p in (data / "releases").glob(".candidate-*"))
    is_new = found == due[-1]
    phase = "after" if is_new else "publishing" if is_writing else "building" if names - receipts_before else "landing"
    faults = [
        "" if found in due else f"shows {found}, not one of {due}",
        *(f"{name} of the release is damaged" for name in _damaged_files(data)),
        *(f"the body of {r.dataset_id} {r.release_id} is damaged" for r in receipts if not _is_whole(landing, r)),
    ]
    lost = [f"{phase}: {fault}" for fault in faults if fault]
    return {
        "shows": found,
        "receipts": names,
        "phase": phase,
        "lost": lost,
        "half_written": _half_written(data),
    }


def _half_written(data: Path) -> list[str]:
    """Candidates and files on their way that lie in the data folder; none may after a run that ended."""
    names = (path.relative_to(data) for part in ("landing", "releases", "build") for path in (data / part).rglob("*"))
    return sorted(str(n) for n in names if n.name.startswith(".candidate") or n.suffix in (".tmp", ".part"))


def _damaged_files(data: Path) -> list[str]:
    """The files of the published release that are not what its manifest says."""
    release = DataFolder(data).published.resolve()
    files = read_manifest(release).files
    return [name for name, digest in files.items() if file_digest(release / name) != digest]


def _is_whole(landing: Landing, receipt: Receipt) -> bool:
    return all(file_digest(landing.body(blob.sha256)) == blob.sha256 for blob in receipt.blobs)


def _signal(process: ForkProcess, number: signal.Signals) -> None:
    """To the run with all its children; to itself alone where it does not yet lead a group. When it stops, not before it
    stands still."""
    assert process.pid is not None
    with contextlib.suppress(ProcessLookupError):
        is_leader = os.getpgid(process.pid) == process.pid
        (os.killpg if is_leader else os.kill)(process.pid, number)
        while number == signal.SIGSTOP and process.is_alive() and state_of(process) not in "TZX":
            time.sleep(0.001)


def _tail(path: Path) -> str:
    return path.read_text(encoding="utf-8")[-500:] if path.exists() else ""


def kill_runs(
    work: Path, moments: int, seed: int = 20261130, seconds: float = math.inf, looks: int = LOOKS
) -> dict[str, Any]:
    """Runs until so many moments were met, counting those of an earlier call on the same folder. ``lost``: how much was wrong.

    After so many ``seconds`` it stops with the run that is in hand; another call goes on.
    """
    started = time.monotonic()
    work.mkdir(parents=True, exist_ok=True)
    killer = Killer(work, seed, looks)
    since = 0
    while (met := sum(line["end"] in MET for line in killer.lines)) < moments:
        killer.killed(moments - met)
        since += 1
        if since % LEFT_ALONE == 0:
            killer.left_alone()
        print(json.dumps(summary(killer.lines)), file=sys.stderr, flush=True)
        if time.monotonic() - started > seconds:
            return summary(killer.lines)
    killer.left_alone()
    return summary(killer.lines)


def summary(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of a run of the bench, from its lines."""
    met = [line for line in lines if line["end"] in MET]
    ends = Counter(line["end"] for line in lines)
    lost = [f"run {line['run']}: {fault}" for line in lines for fault in line["lost"]]
    if lost:
        print("\n".join(lost[-20:]), file=sys.stderr)
    return {
        "moments": len(met),
        **{f"in_{phase}": n for phase, n in sorted(Counter(line["phase"] for line in met).items())},
        "kill_9": ends["killed"],
        "ended_first": ends["ended first"],
        "left_alone": ends["left alone"],
        "run_seconds_median": sorted(line["seconds"] for line in lines)[len(lines) // 2],
        "half_written_after_the_last": len(lines[-1]["half_written"]),
        "lost": len(lost),
    }


def main() -> int:
    """Print a line of figures; exit 1 when something was lost."""
    parser = argparse.ArgumentParser(prog="bench.kills")
    parser.add_argument("--moments", type=int, default=1000)
    parser.add_argument("--looks", type=int, default=LOOKS, help="moments at which every other run is only looked at")
    parser.add_argument("--seed", type=int, default=20261130)
    parser.add_argument(
        "--work", type=Path, default=None, help="folder that is kept; default: a temporary one in memory"
    )
    parser.add_argument("--resume", action="store_true", help="go on with what lies in --work")
    parser.add_argument("--seconds", type=float, default=math.inf, help="stop after so long; --resume goes on")
    wanted = parser.parse_args()
    with contextlib.ExitStack() as stack:
        inside = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
        work = wanted.work or Path(
            stack.enter_context(tempfile.TemporaryDirectory(dir=inside, prefix="integrering-kills-"))
        )
        if not wanted.resume:
            shutil.rmtree(work, ignore_errors=True)
        figures = kill_runs(work.resolve(), wanted.moments, wanted.seed, wanted.seconds, wanted.looks)
    print(json.dumps(figures))
    return 1 if figures["lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
