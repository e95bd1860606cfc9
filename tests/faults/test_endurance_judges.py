"""What the endurance benches say of a run: a loss is told of, a failed run counts, and a sensor that misses a release too.

Here: the judging of bench/kills.py, year.py and forked.py on stand-ins for a run that lay down what a run would, but for one
thing. Not here: real runs (test_kill_boundaries.py, `make endurance`).
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

import bench.kills
import bench.year
import orchestration.runs.run
from bench.forked import asked
from sources.files import file_digest
from sources.landing.store import Blob, Landing, Receipt, release_id_of
from warehouse.release.publish import Manifest

Spoil = Callable[[Path], object]


class StandIn:
    """Runs that land a receipt and publish the newest figure, as files alone, since the engine may not be opened in a fork."""

    def __init__(self, folder: Path) -> None:
        self.ready, self.spoil, self.exit_code, self.published = folder / "ready", (lambda data: None), 0, 0
        self.ready.mkdir()

    def figure(self, shown: int) -> Path:
        path = self.ready / f"{shown}.duckdb"
        if not path.exists():
            with duckdb.connect(str(path)) as connection:
                connection.execute("create schema marts")
                connection.execute(
                    f"create table marts.fct_settlement as select '3909' as region_code, 2023 as year, {shown} as settled_persons"
                )
        return path

    def run(self, workspace: Any, on_stage: object = None) -> SimpleNamespace:
        data, shown = workspace.settings.data_dir, self.published
        landing = Landing(data / "landing")
        body = str(shown).encode()
        blob = Blob(sha256=landing.put_bytes(body), bytes=len(body), name="bosatt_anmodede.csv")
        landing.put_receipt(
            Receipt(
                dataset_id="imdi_bosatt_anmodede",
                release_id=release_id_of([blob.sha256]),
                retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
                blobs=[blob],
                form="imdi_long",
                spec_version="1",
            )
        )
        release = data / "releases" / f"{shown:06}"
        release.mkdir(parents=True)
        shutil.copy(self.ready / f"{shown}.duckdb", release / "integrering.duckdb")
        files = {"integrering.duckdb": file_digest(release / "integrering.duckdb")}
        manifest = Manifest(release.name, "2026-01-01", False, "3909", "", [], files)
        (release / "manifest.json").write_text(json.dumps(asdict(manifest)), encoding="utf-8")
        (data / "next").symlink_to(release)
        (data / "next").replace(data / "published")
        self.spoil(data)
        return SimpleNamespace(exit_code=self.exit_code, failure="the disk is full" if self.exit_code else None)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    stand_in = StandIn(tmp_path)
    monkeypatch.setattr(orchestration.runs.run, "run_once", stand_in.run)
    for bench_module in (bench.kills, bench.year):
        monkeypatch.setattr(bench_module, "define_once", lambda settings: None)
        monkeypatch.setattr(bench_module, "asked", lambda question, *arguments: question(*arguments))
    real = bench.kills.settle

    def settle(folder: Path, settled: int, day: int) -> None:
        real(folder, settled, day=1 + day % 20)
        stand_in.figure(settled)
        stand_in.published = settled

    for bench_module in (bench.kills, bench.year):
        monkeypatch.setattr(bench_module, "settle", settle)
    return stand_in


def first(folder: Path, pattern: str) -> Path:
    return sorted(folder.glob(pattern))[0]


def flipped(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(body)


def another_figure(data: Path) -> None:
    (data / "published").unlink()
    (data / "published").symlink_to(first(data, "releases/*"))


LOSSES: dict[str, tuple[Spoil, str]] = {
    "receipt": (
        lambda data: first(data, "landing/datasets/*/*/receipt.json").unlink(),
        "the receipt of imdi_bosatt_anmodede",
    ),
    "body": (
        lambda data: flipped(Landing(data / "landing").blob_path(release_body(data))),
        "the body of imdi_bosatt_anmodede",
    ),
    "file": (
        lambda data: (data / "published" / "integrering.duckdb").open("ab").write(b"x"),
        "integrering.duckdb of the release is damaged",
    ),
    "unreadable": (
        lambda data: (data / "published" / "integrering.duckdb").write_bytes(b"x" * 64),
        "shows None, not one of (103,)",
    ),
    "older figure": (another_figure, "shows 101, not one of (103,)"),
}


def release_body(data: Path) -> str:
    return Landing(data / "landing").receipts()[0].blobs[0].sha256


@pytest.mark.parametrize("what", LOSSES)
def test_what_a_run_loses_is_told_of(runs: StandIn, tmp_path: Path, what: str) -> None:
    """Also a receipt that is gone while another came: their number is the same."""
    killer = bench.kills.Killer(tmp_path / "work", 1, 0)
    assert [line["lost"] for line in killer.lines] == [[], []]
    runs.spoil, told = LOSSES[what]
    killer.left_alone()
    assert any(told in fault for fault in killer.lines[-1]["lost"]), killer.lines[-1]
    assert bench.kills.summary(killer.lines)["lost"] >= 1


def test_a_run_that_fails_counts(runs: StandIn, tmp_path: Path) -> None:
    killer = bench.kills.Killer(tmp_path / "work", 1, 0)
    runs.exit_code = 1
    killer.left_alone()
    (said,) = killer.lines[-1]["lost"]
    assert said.startswith("exit code 1: ")


def test_a_killed_run_may_show_the_figure_before_or_its_own(runs: StandIn, tmp_path: Path) -> None:
    """A kill that comes before anything was published loses nothing; nor does a figure go missing between two calls."""
    figures = bench.kills.kill_runs(tmp_path / "work", 2, looks=0)
    assert (figures["moments"], figures["kill_9"], figures["lost"]) == (2, 2, 0)
    again = bench.kills.kill_runs(tmp_path / "work", 3, looks=0)
    assert (again["moments"], again["lost"]) == (3, 0)


@pytest.mark.parametrize(
    ("spoil", "exit_code", "sees", "wrong"),
    [
        (lambda data: None, 0, True, {}),
        (lambda data: None, 1, True, {"failed": 3}),
        (lambda data: None, 0, False, {"not_seen": 2}),
        (another_figure, 0, True, {"shows_the_last": False}),
    ],
    ids=["well", "failed", "not seen", "older figure"],
)
def test_a_year_tells_of_failed_runs_missed_releases_and_figures_that_are_not_the_last(
    runs: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Spoil,
    exit_code: int,
    sees: bool,
    wrong: dict[str, Any],
) -> None:
    runs.spoil, runs.exit_code, told = spoil, exit_code, set()

    def watch(workspace: Any, cursor: str | None) -> tuple[object | None, str, None]:
        is_new = runs.published not in told and (sees or not told)
        told.add(runs.published)
        return (object() if is_new else None), str(runs.published), None

    monkeypatch.setattr(bench.year, "watch_folder", watch)
    monkeypatch.setattr(bench.year, "seconds_to_the_end", lambda process: process.join() or 0.0)
    runs.figure(0)
    figures = bench.year.year_of_sensors(tmp_path / "work", 2)
    well = {"failed": 0, "not_seen": 0, "shows_the_last": True}
    assert {name: figures[name] for name in well} == well | wrong


def test_a_question_whose_child_dies_is_no_answer(tmp_path: Path) -> None:
    assert asked(sorted, [2, 1]) == [1, 2]
    with pytest.raises(EOFError):
        asked(Landing.receipts, None)
