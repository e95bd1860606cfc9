"""A publisher that does not answer is told of once, with since when: not once a dataset under "Everything unchanged".

Here: what the closing table and the board say. Not here: retries and limits of the clients (test_live_client.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from orchestration.cli.display import print_run
from orchestration.cli.status_display import print_board
from orchestration.runs.live import Upstream
from orchestration.runs.run import RunReport
from orchestration.runs.status import Board, Standing
from orchestration.workspace import Workspace
from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError, TransferError
from sources.ports import Probe
from tests.support.live_upstream import NOON
from warehouse.settings import Settings


class _Client:
    """A publisher whose answers a test sets."""

    def __init__(self, answer: Callable[[DatasetSpec], Probe]) -> None:
        self.probe = answer


def _unavailable(spec: DatasetSpec) -> Probe:
    raise TransferError(
        expected="a whole answer", found="503 after 4 tries", where=f"data.ssb.no/{spec.upstream_id}", next_step="wait"
    )


def _renamed(spec: DatasetSpec) -> Probe:
    raise LayoutError(expected="the variable Region", found="Regionkode", where=spec.dataset_id, next_step="look")


def _upstream(folder: Path, now: datetime, answer: Callable[[DatasetSpec], Probe]) -> tuple[Workspace, Upstream]:
    settings = Settings(data_dir=folder, source="live")
    workspace = Workspace(settings, clock=lambda: now, only=("ssb_1*",))
    return workspace, Upstream(workspace, {"ssb": _Client(answer)})


def _printed(workspace: Workspace, upstream: Upstream, capsys: pytest.CaptureFixture[str]) -> str:
    print_run(RunReport(outcomes=upstream.plan()[1]), workspace)
    return capsys.readouterr().out


def test_the_closing_table_tells_it_once_with_since_when(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = len(_upstream(tmp_path, NOON, _unavailable)[1].specs)
    assert count > 5
    for days in (0, 3):
        text = _printed(*_upstream(tmp_path, NOON + timedelta(days=days), _unavailable), capsys)
        lines = [line for line in text.splitlines() if line.startswith("FAILED")]
        assert len(lines) == 1
        assert lines[0].startswith(f"FAILED ssb has not answered since 2026-11-20 13:00: {count} datasets (ssb_1")
        assert "503 after 4 tries" in lines[0]
        assert "Everything unchanged" not in text
        assert f"Nothing new to build; {count} datasets failed" in text


def test_what_is_wrong_with_one_dataset_is_told_of_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace, upstream = _upstream(tmp_path, NOON, _renamed)
    text = _printed(workspace, upstream, capsys)
    assert sum(line.startswith("FAILED ssb_1") for line in text.splitlines()) == len(upstream.specs)


def test_an_answer_ends_it_and_the_next_silence_begins_anew(tmp_path: Path) -> None:
    quiet = Probe("withdrawn")
    later = NOON + timedelta(days=2)
    for now, answer, since in (
        (NOON, _unavailable, NOON),
        (NOON + timedelta(days=1), lambda _: quiet, None),
        (later, _unavailable, later),
    ):
        _, upstream = _upstream(tmp_path, now, answer)
        upstream.plan()
        assert {upstream.memory(spec.dataset_id).failing_since for spec in upstream.specs} == {since}


def test_the_board_tells_it_once_too(capsys: pytest.CaptureFixture[str]) -> None:
    silent = [
        Standing(f"ssb_{n}", "t", "education", "årlig", None, None, None, None, None, "failed", "503", NOON, "ssb")
        for n in range(28)
    ]
    other = Standing("imdi_x", "t", "education", "årlig", None, None, None, None, None, "failed", "annet skjema", NOON)
    print_board(Board(date(2026, 11, 20), "000001", None, False, "", datasets=[*silent, other]))
    text = capsys.readouterr().out
    assert text.count("503") == 1
    assert "ssb har ikke svart siden 20.11.2026 kl. 13.00: 28 datasett kunne ikke hentes. 503" in text
    assert "imdi_x: kunne ikke hentes. annet skjema" in text
