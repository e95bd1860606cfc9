"""Runs ended with kill -9, and what a kill at any other of their moments would have left.

Here: the moments, what lies in the data folder at each, and the runs that come after. Not here: how a call of the command line
is started (tests/support/warm.py).

What a killed process leaves is what the kernel has of its files. A run that is stopped, whose data folder is copied while it
stands still and which then goes on, shows the same for many moments at the price of one run. The last moment of every run is
a kill -9 itself, and the next run begins on what it left; every other run has that one moment only. Moments are drawn over
the processor time of a whole run, so that neither a busy machine nor a long wait for the disk moves them, and up to a tenth of
a second later, so that waits are met too.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from sources.files import file_digest
from sources.landing.store import Landing
from tests.support.pipeline import Installation
from tests.support.small_tables import body_of, settlement, write, write_tables
from tests.support.warm import Call
from warehouse.paths import DataFolder
from warehouse.release.publish import read_manifest

MOMENTS_A_RUN = 50
RECOVERED = 100
"""Of every so many copies one is given a run of its own, which must end well and show the newest figure."""

SHARED_MEMORY = Path("/dev/shm")
"""Where copies lie, if there is such a place: they are looked at and thrown away."""


@dataclass
class Met:
    """What was met. ``lost``: what was wrong, in words; ``phases``: how many moments fell where in a run."""

    moments: int = 0
    killed: int = 0
    ended: int = 0
    recovered: int = 0
    phases: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)


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
    """An installation whose settlement table changes before every run."""

    def __init__(self, work: Path, seed: int) -> None:
        self._chance, self._extracts, self.met = random.Random(seed), work / "extracts", Met()
        self._installation = Installation(work / "data", {"INTEGRERING_KEEP_RELEASES": "2"})
        write_tables(self._extracts)
        self._number = self._shown = self._receipts = 0
        for _ in range(2):  # the first builds everything; the second is as long as those that are ended
            self._change()
            self._whole_run_seconds = self._left_alone()

    def run(self, most: int) -> None:
        """One run, met at so many moments at most; the last is its end."""
        self._change()
        begun = time.time(), len(Landing(self._installation.data / "landing").receipts("imdi_bosatt_anmodede"))
        call = self._start(self._installation)
        count = min(MOMENTS_A_RUN if self._number % 2 else 1, most)
        for share in sorted(self._chance.random() for _ in range(count)):
            if not _reached(call, share * self._whole_run_seconds):
                break
            time.sleep(self._chance.uniform(0, 0.1))
            with self._copy(call) as copy:
                self._judge(copy, *begun)
                if self.met.moments % RECOVERED == 0:
                    self._recover(copy)
        if call.is_over():
            self.met.ended += 1
            if call.wait() != 0:
                self.met.lost.append(f"run {self._number} failed: {call.errors.read_text(encoding='utf-8')[-500:]}")
        else:
            _signal(call, signal.SIGKILL)
            call.wait()
            self.met.killed += 1
        shutil.rmtree(call.output.parent, ignore_errors=True)
        self._look("after the run", self._installation.data)

    def finish(self) -> None:
        """The run that is left alone at the end."""
        self._left_alone()
        if shown(self._installation.data) != 100 + self._number:
            self.met.lost.append("the last run does not show the last figure")

    def _change(self) -> None:
        self._number += 1
        settle(self._extracts, 100 + self._number, day=20 + self._number)

    def _start(self, installation: Installation) -> Call:
        return installation.start("run", "--extracts", str(self._extracts), "--only", "imdi_*")

    def _left_alone(self) -> float:
        """A run to its end; its processor seconds. Raises SystemExit when it fails: nothing can be said then."""
        call, seconds = self._start(self._installation), 0.0
        while not call.is_over():
            seconds = max(seconds, _seconds(call.pid))
            time.sleep(0.02)
        if call.wait() != 0:
            raise SystemExit(f"a run that was left alone failed: {call.errors.read_text(encoding='utf-8')}")
        self._shown = 100 + self._number
        return seconds

    @contextlib.contextmanager
    def _copy(self, call: Call) -> Iterator[Path]:
        """The data folder as it lies while the run stands still."""
        with tempfile.TemporaryDirectory(dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None) as folder:
            _signal(call, signal.SIGSTOP)
            copy = Path(folder) / "data"
            shutil.copytree(self._installation.data, copy, symlinks=True)
            _signal(call, signal.SIGCONT)
            yield copy

    def _judge(self, copy: Path, begun: float, receipts_before: int) -> None:
        """The published release is whole and shows the figure before or the new one; landing has lost nothing."""
        self.met.moments += 1
        landing = Landing(copy / "landing")
        has_landed = len(landing.receipts("imdi_bosatt_anmodede")) > receipts_before
        # one that a run before was killed over lies there until the next is written
        is_writing = any(p.stat().st_mtime >= begun for p in (copy / "releases").glob(".candidate-*"))
        is_published = shown(copy) == 100 + self._number
        phase = "publishing" if is_writing else "after" if is_published else "building" if has_landed else "landing"
        self.met.phases[phase] += 1
        self._look(phase, copy)

    def _look(self, phase: str, data: Path) -> None:
        """What is wrong in a data folder, and what it shows from now on: a run goes on between a copy and its end."""
        found, new, landing = shown(data), 100 + self._number, Landing(data / "landing")
        receipts = landing.receipts()
        faults = [
            f"shows {found}, not {self._shown} or {new}" if found not in (self._shown, new) else "",
            *(f"{name} of the release is damaged" for name in _damaged_files(data)),
            f"{self._receipts - len(receipts)} receipts fewer" if len(receipts) < self._receipts else "",
            *(f"the body of {r.dataset_id} {r.release_id} is damaged" for r in receipts if not _is_whole(landing, r)),
        ]
        self._shown, self._receipts = found or self._shown, len(receipts)
        self.met.lost += [f"run {self._number}, {phase}: {fault}" for fault in faults if fault]

    def _recover(self, copy: Path) -> None:
        call = self._start(Installation(copy, self._installation.extra)).completed(1800)
        if call.returncode == 0 and shown(copy) == 100 + self._number:
            self.met.recovered += 1
        else:
            self.met.lost.append(f"a run on a copy of run {self._number} failed: {call.stderr[-500:]}")


def kill_runs(work: Path, moments: int, seed: int = 20261129) -> dict[str, Any]:
    """Runs until so many moments have been looked at. ``lost``: how much was wrong, told on stderr."""
    killer = Killer(work / "kills", seed)
    met = killer.met
    while met.moments < moments:
        killer.run(moments - met.moments)
        counts = f"{met.moments} moments, {met.killed} kills, {met.ended} ended first, {met.recovered} recovered"
        print(f"{counts}, {len(met.lost)} lost, {dict(met.phases)}", file=sys.stderr, flush=True)
    killer.finish()
    print("\n".join(met.lost), file=sys.stderr)
    return {
        "moments": met.moments,
        **{f"moments_{phase}": n for phase, n in sorted(met.phases.items())},
        "kill_9": met.killed,
        "runs_that_ended_first": met.ended,
        "runs_on_copies": met.recovered,
        "lost": len(met.lost),
    }


def _damaged_files(data: Path) -> list[str]:
    """The files of the published release that are not what its manifest says."""
    release = DataFolder(data).published.resolve()
    files = read_manifest(release).files
    return [name for name, digest in files.items() if file_digest(release / name) != digest]


def _is_whole(landing: Landing, receipt: Any) -> bool:
    return all(file_digest(landing.body(blob.sha256)) == blob.sha256 for blob in receipt.blobs)


def _reached(call: Call, seconds: float) -> bool:
    """Wait until the call has used so many processor seconds; False when it was over before."""
    while not call.is_over():
        if _seconds(call.pid) >= seconds:
            return True
        time.sleep(0.01)
    return False


def _seconds(pid: int) -> float:
    """Processor seconds of a process with its threads; 0 when it is gone."""
    with contextlib.suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _signal(call: Call, number: signal.Signals) -> None:
    """To the call with all its children, and when it stops, not before it stands still."""
    with contextlib.suppress(ProcessLookupError):
        is_leader = os.getpgid(call.pid) == call.pid
        (os.killpg if is_leader else os.kill)(call.pid, number)
        while number == signal.SIGSTOP and not call.is_over() and _state(call.pid) not in "TZX":
            time.sleep(0.001)


def _state(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    return "X"
