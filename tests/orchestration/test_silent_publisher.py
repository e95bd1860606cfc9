"""A publisher that does not answer is told of once, with since when: not once a dataset under "Everything unchanged".

Here: what the closing table and the board say. Not here: retries and limits of the clients (test_live_client.py).
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from orchestration.cli.display import print_run
from orchestration.cli.status_display import print_board
from orchestration.runs.run import RunReport
from orchestration.runs.status import Board, Standing
from orchestration.upstream.live import Upstream
from orchestration.workspace import Workspace
from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError, TransferError
from sources.imdi.settlement.blocks import PagePiece, transcribed_blocks
from sources.landing.bundled import FACTS
from sources.live import live_clients
from sources.ports import Probe
from tests.support.live_upstream import NOON, PatientClock, http_for, write_release
from tests.support.settlement_pages import page_html
from trials.local_upstream.server import LocalUpstream
from warehouse.settings import Settings


class _Client:
    """A publisher whose answers a test sets."""

    def __init__(self, answer: Callable[[DatasetSpec], Probe]) -> None:
        self.probe = answer


def page_blocks_of(year: int) -> list[PagePiece]:
    name = f"imdi_bosettingstall_{year}.csv"
    return transcribed_blocks((FACTS / name).read_bytes(), name)


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
        lines = [line for line in text.splitlines() if line.startswith("FEILET")]
        assert len(lines) == 1
        assert lines[0].startswith(f"FEILET ssb har ikke svart siden 20.11.2026 kl. 13.00: {count} datasett (ssb_1")
        assert "503 after 4 tries" in lines[0]
        assert "Everything unchanged" not in text
        assert f"Nothing new to build; {count} datasets failed or wait" in text


def test_what_is_wrong_with_one_dataset_is_told_of_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace, upstream = _upstream(tmp_path, NOON, _renamed)
    text = _printed(workspace, upstream, capsys)
    assert sum(line.startswith("FEILET ssb_1") for line in text.splitlines()) == len(upstream.specs)


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


def test_an_interface_that_is_gone_for_weeks_costs_few_calls_and_holds_nobody_back(tmp_path: Path) -> None:
    """IMDi's statistics address answers 503 for three weeks: its pages, SSB and NAV are asked all the same."""
    page = {"imdi/pages/nokkeltall-bosetting-2026.html": page_html(page_blocks_of(2026))}
    calls: list[int] = []
    with LocalUpstream(write_release(tmp_path / "upstream", page)) as server:
        server.faults.switch_on("unavailable", ".*app-simapi.*", None, "")
        for hours in range(0, 21 * 24, 12):
            now = NOON + timedelta(hours=hours)
            settings = Settings(data_dir=tmp_path / "data", source="live")
            workspace = Workspace(settings, clock=lambda now=now: now, only=("imdi_b*",))
            server.log.clear()
            upstream = Upstream(workspace, live_clients(http_for(server, PatientClock(now))))
            upstream.plan()
            calls.append(sum("app-simapi" in line for line in server.log))
            asked = {spec.dataset_id: upstream.memory(spec.dataset_id) for spec in upstream.specs}
            assert asked["imdi_bosettingstall"].state == "available"
    gone = [memory for name, memory in asked.items() if name != "imdi_bosettingstall"]
    assert len(gone) > 8
    assert all(memory.state == "failed" and memory.no_answer for memory in gone)
    assert {memory.failing_since for memory in gone} == {NOON}
    assert max(calls) <= 9, "three datasets with three tries each, then the publisher rests"
    assert sum(calls[2:]) / 20 <= 18, "calls a day, with two runs a day"


def test_the_board_tells_it_once_too(capsys: pytest.CaptureFixture[str]) -> None:
    told = ("failed", "503", NOON, NOON - timedelta(days=9), "ssb")
    silent = [Standing(f"ssb_{n}", "t", "education", "årlig", None, None, None, None, None, *told) for n in range(28)]
    other = Standing("imdi_x", "t", "education", "årlig", None, None, None, None, None, "failed", "annet skjema", NOON)
    print_board(Board(date(2026, 11, 20), "000001", None, False, "", datasets=[*silent, other]))
    text = capsys.readouterr().out
    assert text.count("503") == 1
    assert "ssb har ikke svart siden 20.11.2026 kl. 13.00: 28 datasett kunne ikke hentes." in text
    assert "Tallene som vises ble sist hentet 11.11.2026. 503" in text
    assert "imdi_x: kunne ikke hentes. annet skjema" in text
