"""kill -9 at random moments of `integrering run`: what is published opens whole every time, and the next run succeeds.

Two installations are killed side by side, since a machine has two cores; each is killed ten times and more.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from tests.pipeline import Installation
from tests.small_tables import body_of, settlement, write

KILLS_EACH = 10
EARLY_SECONDS, LATE_SECONDS = 8.0, 28.0
"""Two of three kills fall while files are read and Dagster and dbt start, the third anywhere in the run."""


def _write_input(folder: Path, settled: int) -> None:
    """The settlement table of the small installation with another figure for Larvik's last year."""
    lines = [line[: line.rindex(";") + 1] + str(settled) if ";2023;3805;" in line else line for line in settlement()]
    write(folder, "bosatt_anmodede", body_of(lines), day=settled - 80)


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


def _torment(small: Installation, folder: Path, seed: int) -> tuple[int, int]:
    """Kill runs at random moments; returns (kills, the figure published at the end)."""
    chance = random.Random(seed)
    installation, extracts = Installation(folder / "data"), folder / "extracts"
    shutil.copytree(small.data, installation.data, symlinks=True)
    allowed = {_published_figure(installation)}
    for number in range(1, KILLS_EACH + 1):
        _write_input(extracts, 100 + number)
        allowed.add(100 + number)
        _kill_at(installation, extracts, chance.uniform(0.2, LATE_SECONDS if number % 3 == 0 else EARLY_SECONDS))
        assert _published_figure(installation) in allowed
    last = installation.call("run", "--extracts", str(extracts))
    assert last.returncode == 0, last.stdout + last.stderr
    return KILLS_EACH, _published_figure(installation)


@pytest.mark.parametrize("seed", [20261122])
def test_twenty_kills_leave_the_published_file_whole(small: Installation, tmp_path: Path, seed: int) -> None:
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda n: _torment(small, tmp_path / str(n), seed + n), range(2)))
    assert sum(kills for kills, _ in results) >= 20
    assert [figure for _, figure in results] == [100 + KILLS_EACH] * 2
