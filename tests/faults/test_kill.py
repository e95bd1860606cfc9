"""kill -9 at random moments of `integrering run`: what is published opens whole every time, and the next run succeeds.

Here: a whole run as a person starts it. Not here: a kill at every step to the disk (test_kill_boundaries.py).
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import time
from pathlib import Path

import duckdb
import pytest

from tests.support.pipeline import Installation
from tests.support.small_tables import body_of, settlement, write
from warehouse.paths import DataFolder

KILLS = 20
EARLY_SECONDS, LATE_SECONDS = 5.0, 22.0
"""Four of five kills fall while files are read and Dagster and dbt start, the fifth anywhere in the run."""


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


def _tear(path: Path) -> None:
    """Half of a file, as a kill while dbt writes it leaves it (one random kill in a hundred or two does)."""
    body = path.read_bytes() if path.exists() else b"{}"
    path.write_bytes(body[: len(body) // 2])


@pytest.mark.parametrize("seed", [20261122])
def test_twenty_kills_leave_the_published_file_whole(small: Installation, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    installation, extracts = Installation(tmp_path / "data"), tmp_path / "extracts"
    shutil.copytree(small.data, installation.data, symlinks=True)
    allowed = {_published_figure(installation)}
    for number in range(1, KILLS + 1):
        _write_input(extracts, 100 + number)
        allowed.add(100 + number)
        _kill_at(installation, extracts, chance.uniform(0.2, EARLY_SECONDS if number % 5 else LATE_SECONDS))
        assert _published_figure(installation) in allowed
    for name in ("manifest.json", "partial_parse.msgpack", "run_results.json"):
        _tear(DataFolder(installation.data).dbt_target / name)
    last = installation.call("run", "--extracts", str(extracts))
    assert last.returncode == 0, last.stdout + last.stderr
    assert _published_figure(installation) == 100 + KILLS
