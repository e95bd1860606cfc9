"""Readers on the published path while it moves: no failure, no mixture; disks that are full or read-only."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import duckdb
import pytest
import yaml

from bench.opens import ROWS, TABLES, Opens, build_generation, open_while_publishing, publish_generation, read_until
from bench.readers import probe
from bench.readers.__main__ import changing, two_releases
from tests.support.pipeline import Installation
from warehouse.errors import WarehouseError
from warehouse.interface.contract import read_contract
from warehouse.paths import DATABASE, DataFolder
from warehouse.release.publish import release_ids
from warehouse.release.releases import roll_back

SETTLED = [[2020, 24, None, None], [2021, 25, None, None], [2022, 26, None, None], [2023, 20, None, None]]
"""Larvik in the small tables (20 + year modulo 7); three municipalities make neither a county nor the country."""

NEEDS = {
    "duckdb": "duckdb",
    "pandas": "pandas",
    "polars": "polars",
    "sqlalchemy": "duckdb_engine",
    "adbc": "adbc_driver_manager",
    "openpyxl": "openpyxl",
    "calamine": "python_calamine",
}


@pytest.mark.parametrize("kind", NEEDS)
def test_a_reader_sees_the_figures_while_the_release_changes(small: Installation, tmp_path: Path, kind: str) -> None:
    """The tools of `make readers` that are installed here; the others skip."""
    if importlib.util.find_spec(NEEDS[kind]) is None:
        pytest.skip(
            f"{NEEDS[kind]} is not among the pinned packages; make readers runs it in an environment of its own"
        )
    published, releases = two_releases(small.data / "published", tmp_path)
    ask = getattr(probe, f"probe_{kind}")
    with changing(published, releases):
        found = ask(published, None)
    if "cells" in found:
        assert found["sheets"] > 3 and found["cells"] > 100
    else:
        assert found["rows"] == SETTLED
    after = ask(published, releases[1])
    assert after.get("held", 0) == 0, "an open connection keeps its release"
    assert after.get("fresh", 1) == 1, "a new one sees the release that came"


def test_readers_meet_no_failure_and_no_mixture_while_releases_are_published(tmp_path: Path) -> None:
    """The small version of `python -m bench.opens` (10 000 opens)."""
    found = open_while_publishing(DataFolder(tmp_path), opens=60, keep=4)
    assert found.failures == [] and found.mixed == []
    assert found.count == 60 and found.publications > 0


def test_mixed_releases_would_be_seen(tmp_path: Path) -> None:
    """Two tables of different releases in one file are what the count of mixtures counts."""
    folder = DataFolder(tmp_path)
    build_generation(folder, 1)
    with duckdb.connect(str(folder.build_file)) as connection:
        connection.execute(f"update marts.{TABLES[-1]} set generation = 2")
    publish_generation(folder, 1, keep=2)

    answers: SimpleQueue[Opens] = SimpleQueue()
    read_until(folder, 3, answers)
    assert len(answers.get().mixed) == 3


def test_a_reader_of_a_release_that_is_pruned_reads_on(tmp_path: Path) -> None:
    """Retention removes the folder; the open file stays until its reader lets go."""
    folder = DataFolder(tmp_path)
    build_generation(folder, 1)
    publish_generation(folder, 1, keep=2)
    (first,) = release_ids(folder)
    with duckdb.connect(str(folder.published / DATABASE), read_only=True) as reader:
        for number in range(2, 6):
            build_generation(folder, number)
            publish_generation(folder, number, keep=2)
        assert not (folder.releases / first).exists()
        for name in TABLES:
            assert reader.execute(
                f"select min(generation), max(generation), count(*) from marts.{name}"
            ).fetchone() == (
                1,
                1,
                ROWS,
            )
    roll_back(folder, release_ids(folder)[0])
    with duckdb.connect(str(folder.published / DATABASE), read_only=True) as reader:
        assert reader.execute(f"select distinct generation from marts.{TABLES[0]}").fetchall() == [(4,)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this user may not mount a disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def _fill(disk: Path, leave: int) -> Path:
    """A file that takes all of the disk but ``leave`` bytes."""
    ballast = disk / "ballast"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    ballast.write_bytes(b"\0" * (free - leave))
    return ballast


def _generation(folder: DataFolder) -> int:
    with duckdb.connect(str(folder.published / DATABASE), read_only=True) as reader:
        return reader.execute(f"select max(generation) from marts.{TABLES[0]}").fetchone()[0]


@pytest.mark.parametrize("leave", [0, 64_000, 400_000])
def test_a_disk_that_fills_during_publication_leaves_the_release_before(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, leave: int
) -> None:
    """The check of free space is made to pass, so that the disk itself says no, at different moments of the writing."""
    folder = DataFolder(small_disk)
    build_generation(folder, 1)
    publish_generation(folder, 1, keep=5)
    build_generation(folder, 2)
    ballast = _fill(small_disk, leave)
    monkeypatch.setattr("warehouse.release.publish._require_space", lambda folder: None)
    with pytest.raises(WarehouseError, match="the previous release is untouched"):
        publish_generation(folder, 2, keep=5)
    assert _generation(folder) == 1
    assert len(release_ids(folder)) == 1 and not list(folder.releases.glob(".candidate*"))
    ballast.unlink()
    publish_generation(folder, 2, keep=5)
    assert _generation(folder) == 2


def test_a_disk_that_turns_read_only_still_serves_readers(small_disk: Path) -> None:
    folder = DataFolder(small_disk)
    build_generation(folder, 1)
    publish_generation(folder, 1, keep=5)
    build_generation(folder, 2)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(WarehouseError, match="the previous release is untouched"):
        publish_generation(folder, 2, keep=5)
    assert _generation(folder) == 1
    answer = subprocess.run(
        [sys.executable, "-m", "orchestration.cli.main", "query", f"select max(generation) as g from {TABLES[0]}"],
        env={**os.environ, "INTEGRERING_DATA_DIR": str(small_disk)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "1" in answer.stdout.split()
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    publish_generation(folder, 2, keep=5)
    assert _generation(folder) == 2


def test_the_superset_dashboard_asks_for_published_columns_and_names_no_machine() -> None:
    """The bundle that `make readers` imports into Superset: its dataset and charts stand on the interface."""
    bundle = Path(probe.__file__).parent / "superset"
    columns = set(read_contract()["tables"]["comparison_total"]["columns"])
    dataset = yaml.safe_load(
        (bundle / "datasets" / "integrering" / "comparison_total_1.yaml").read_text(encoding="utf-8")
    )
    assert dataset["table_name"] == "comparison_total"
    assert {column["column_name"] for column in dataset["columns"]} == columns
    charts = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((bundle / "charts").glob("*.yaml"))]
    assert len(charts) == 3
    for chart in charts:
        params = chart["params"]
        assert {one["subject"] for one in params["adhoc_filters"]} <= columns
        assert set(params.get("all_columns", [])) <= columns
        assert params.get("x_axis", "year") in columns
    address = yaml.safe_load((bundle / "databases" / "integrering.yaml").read_text(encoding="utf-8"))["sqlalchemy_uri"]
    assert address == "duckdb:////data/published/integrering.duckdb?access_mode=read_only"
