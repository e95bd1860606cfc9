"""SSB lists what it has updated: a dataset on the list is asked at once, the others at their own pace.

Here: the list over HTTP, and what a tick makes of it. Not here: fetching (test_ssb_client.py).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from orchestration.sensors.changes import ask_in_slice
from orchestration.upstream.live import Upstream
from orchestration.workspace import Workspace
from sources.dataset.spec import DatasetSpec
from sources.errors import ClosedError, TransferError
from sources.ports import Probe
from sources.ssb.client import SsbClient
from tests.support.live_upstream import NOON, dataset_12272, http_for, write_release
from trials.local_upstream.server import LocalUpstream
from warehouse.settings import Settings


class _Ssb:
    """SSB as a test sets it: the stamp of each table, and what the list says."""

    def __init__(self) -> None:
        self.stamps: dict[str, str] = {}
        self.listed: dict[str, str] | Exception = {}
        self.asked: list[str] = []
        self.lists = 0

    def probe(self, spec: DatasetSpec) -> Probe:
        self.asked.append(spec.upstream_id)
        return Probe("available", stamp=self.stamps.get(spec.upstream_id, "2026-01-01"))

    def announced(self, days: int) -> Mapping[str, str]:
        self.lists += 1
        if isinstance(self.listed, Exception):
            raise self.listed
        return self.listed


def _tick(folder: Path, ssb: _Ssb, now: datetime) -> list[str]:
    """What a tick asked about, tables of yearly cadence only."""
    ssb.asked.clear()
    workspace = Workspace(Settings(data_dir=folder, source="live"), clock=lambda: now, only=("ssb_12*",))
    ask_in_slice(Upstream(workspace, {"ssb": ssb}), now)
    return sorted(ssb.asked)


def test_a_listed_table_is_asked_at_once_and_the_others_wait(tmp_path: Path) -> None:
    ssb = _Ssb()
    everything = _tick(tmp_path, ssb, NOON)
    assert len(everything) > 3
    ssb.stamps["12272"] = ssb.listed["12272"] = "2026-11-20T07:00:00Z"
    assert _tick(tmp_path, ssb, NOON + timedelta(minutes=30)) == [], "the list is asked for once an hour"
    assert _tick(tmp_path, ssb, NOON + timedelta(minutes=61)) == ["12272"]
    assert _tick(tmp_path, ssb, NOON + timedelta(minutes=66)) == [], "and what it lists is asked once"
    assert ssb.lists == 2


def test_a_list_that_never_agrees_with_the_table_costs_one_question_an_hour(tmp_path: Path) -> None:
    ssb = _Ssb()
    _tick(tmp_path, ssb, NOON)
    ssb.listed["12272"] = "another way of writing it"
    asked = [_tick(tmp_path, ssb, NOON + timedelta(minutes=5 * tick)) for tick in range(1, 37)]
    assert sum(map(len, asked)) <= 3


def test_without_a_list_everything_goes_on_at_its_own_pace(tmp_path: Path) -> None:
    ssb = _Ssb()
    everything = _tick(tmp_path, ssb, NOON)
    told = {"expected": "a list", "found": "503", "where": "ssb", "next_step": "wait"}
    for number, problem in enumerate((TransferError(**told), ClosedError(**told)), start=1):
        ssb.listed = problem
        assert _tick(tmp_path, ssb, NOON + timedelta(days=2 * number)) == everything


def test_the_list_is_read_as_ssb_gives_it(tmp_path: Path) -> None:
    folder = write_release(tmp_path, {"ssb/12272.json": dataset_12272("2026-06-15T06:00:00Z")})
    with LocalUpstream(folder) as upstream:
        assert SsbClient(http_for(upstream)).announced(2) == {"12272": "2026-06-15T06:00:00Z"}
        assert len(upstream.log) == 1, "one call, however many tables"
