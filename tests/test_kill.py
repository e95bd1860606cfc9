"""kill -9 at random moments of `integrering run`: what is published opens whole every time, and the next run succeeds.

Two installations are killed side by side, since a machine has two cores; each is killed ten times and more.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from tests.pipeline import Installation

KILLS_EACH = 10
LONGEST_SECONDS = 14.0


def _write_input(folder: Path, settled: int) -> None:
    """A tiny real-format settlement table whose only figure changes from run to run."""
    (folder / "imdi" / "k").mkdir(parents=True, exist_ok=True)
    lines = ["Enhet;År;Kommunenummer;Kommune;Bosetting;Antall"]
    lines += [f"Personer;2023;3805;Larvik;{name};{settled}" for name in ("Anmodning om bosetting", "Faktisk bosetting")]
    (folder / "imdi" / "k" / "bosatt_anmodede.csv").write_bytes(("\n".join(lines) + "\n").encode("latin-1"))


def _published_figure(installation: Installation) -> int:
    file = installation.data / "published" / "integrering.duckdb"
    with duckdb.connect(str(file.resolve()), read_only=True) as connection:
        tables = connection.execute("select count(*) from duckdb_tables() where schema_name = 'marts'").fetchone()[0]
        assert tables > 20
        found = connection.execute(
            "select settled_persons from marts.fct_settlement where region_code = '3909' and year = 2023"
        ).fetchall()
    return int(found[0][0])


def _kill_at(installation: Installation, extracts: Path, delay: float) -> None:
    process = installation.start("run", "--extracts", str(extracts))
    time.sleep(delay)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _torment(folder: Path, seed: int) -> tuple[int, int]:
    """Kill runs at random moments; returns (kills, the figure published at the end)."""
    chance = random.Random(seed)
    installation, extracts = Installation(folder / "data"), folder / "extracts"
    _write_input(extracts, 100)
    first = installation.call("run", "--extracts", str(extracts))
    assert first.returncode == 0, first.stdout + first.stderr
    allowed = {100}
    for number in range(1, KILLS_EACH + 1):
        _write_input(extracts, 100 + number)
        allowed.add(100 + number)
        _kill_at(installation, extracts, chance.uniform(0.2, LONGEST_SECONDS))
        assert _published_figure(installation) in allowed
    last = installation.call("run", "--extracts", str(extracts))
    assert last.returncode == 0, last.stdout + last.stderr
    return KILLS_EACH, _published_figure(installation)


@pytest.mark.parametrize("seed", [20261122])
def test_twenty_kills_leave_the_published_file_whole(tmp_path: Path, seed: int) -> None:
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda n: _torment(tmp_path / str(n), seed + n), range(2)))
    assert sum(kills for kills, _ in results) >= 20
    assert [figure for _, figure in results] == [100 + KILLS_EACH] * 2
