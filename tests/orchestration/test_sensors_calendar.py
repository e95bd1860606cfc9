"""A year of release calendars with the clock as a parameter: what was asked when, what ran when, and nothing twice.

IMDi's settlement table is revised on some day 2-11 of each month; KOSTRA tables of SSB come on 15 March and 15 June, and
SSB is closed 05:00-08:15 Norwegian time, also on the days on which summer time begins and ends.
"""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orchestration.sensors.changes import Changes, ask_in_slice, changes_upstream
from orchestration.upstream.live import ASK_EVERY, Upstream
from orchestration.workspace import Workspace
from sources.dataset.spec import DatasetSpec
from sources.errors import ClosedError, TransferError
from sources.http.client import PUBLISHERS
from sources.http.limits import OSLO
from sources.landing.current import select_current
from sources.landing.store import Blob, Landing
from sources.ports import Fetched, Probe
from tests.support.small_upstream import imdi_long, ssb_12272
from warehouse.settings import Settings

IMDI, SSB = "imdi_bosatt_anmodede", "ssb_12272"
START = datetime(2026, 1, 1, tzinfo=UTC)
STEP = timedelta(hours=2, minutes=10)
"""Between two imagined looks of the daemon: no divisor of a day, so that every hour of the day is met."""


class Calendar:
    """A publisher with a calendar: the release of a moment is the last one before it. ``stamps``: does it name them?"""

    def __init__(self, moments: list[datetime], now: list[datetime], source: str, *, stamps: bool) -> None:
        self.moments, self.now, self.source, self.stamps = moments, now, source, stamps
        self.asked: list[datetime] = []
        self.fetched: list[datetime] = []
        self.broken_until: datetime | None = None

    @property
    def number(self) -> int:
        return sum(moment <= self.now[0] for moment in self.moments)

    def _answerable(self) -> None:
        for hours in PUBLISHERS[self.source].closed:
            if hours.reopens_at(self.now[0]):
                raise ClosedError(expected="open hours", found="closed", where=self.source, next_step="later")
        if self.broken_until and self.now[0] < self.broken_until:
            raise TransferError(expected="an answer", found="503", where=self.source, next_step="later")

    def probe(self, spec: DatasetSpec) -> Probe:
        self._answerable()
        self.asked.append(self.now[0])
        updated = self.moments[self.number - 1] if self.number else START - timedelta(days=200)
        return Probe("available", stamp=updated.isoformat() if self.stamps else None, updated_at=updated)

    def fetch(self, spec: DatasetSpec, landing: Landing) -> list[Fetched]:
        self._answerable()
        self.fetched.append(self.now[0])
        number = self.number
        if spec.source == "imdi":
            body = imdi_long({("3909", 2024): 42, ("3909", 2025): 37 + number}).encode("latin-1")
            form, name = "imdi_long", "k_bosatt_anmodede.csv"
        else:
            table = ssb_12272((START + timedelta(days=number)).isoformat(), 370 + number)
            body, form, name = json.dumps(table).encode(), "ssb_jsonstat2", "12272.json"
        updated = self.moments[number - 1] if number else START - timedelta(days=200)
        stamp = updated.isoformat() if self.stamps else None
        blob = Blob(sha256=landing.put_bytes(body), bytes=len(body), name=name)
        return [Fetched([blob], form, self.now[0], stamp=stamp, updated_at=updated if self.stamps else None)]


class Year:
    """An installation whose daemon ticks through an imagined year."""

    def __init__(self, folder: Path) -> None:
        self.now = [START]
        self.monthly = [_oslo(2026, month, day, 14) for month, day in zip(range(1, 13), _DAYS, strict=True)]
        self.kostra = [_oslo(2026, 3, 15, 8), _oslo(2026, 6, 15, 8)]
        self.clients = {
            "imdi": Calendar(self.monthly, self.now, "imdi", stamps=False),
            "ssb": Calendar(self.kostra, self.now, "ssb", stamps=True),
        }
        self.folder = folder
        self.runs: list[tuple[datetime, Changes]] = []
        self.keys: set[str] = set()

    def workspace(self) -> Workspace:
        settings = Settings(data_dir=self.folder, source="live")
        return Workspace(settings, clock=lambda: self.now[0], only=(IMDI, SSB))

    def tick(self) -> Changes | None:
        """One tick, and the run it asks for (a key that was used is not run again, as in Dagster)."""
        upstream = Upstream(self.workspace(), self.clients)
        waiting, left = ask_in_slice(upstream, self.now[0])
        if left or not waiting:
            return None
        changes = changes_upstream(waiting)
        if changes.key not in self.keys:
            self.keys.add(changes.key)
            self.runs.append((self.now[0], changes))
            run = Upstream(self.workspace(), self.clients)
            for dataset_id in changes.releases:
                list(run.refresh(run.specs[[s.dataset_id for s in run.specs].index(dataset_id)]))
        return changes

    def live_until(self, end: datetime, step: timedelta = timedelta(minutes=30)) -> None:
        while self.now[0] < end:
            self.tick()
            self.now[0] += step


def _oslo(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=OSLO).astimezone(UTC)


_DAYS = [6, 3, 4, 9, 5, 2, 7, 4, 11, 10, 4, 3]


@pytest.fixture
def year(tmp_path: Path) -> Year:
    return Year(tmp_path)


def test_a_year_of_calendars(year: Year) -> None:
    year.live_until(_oslo(2027, 1, 3, 0), STEP)
    ran: dict[str, list[datetime]] = defaultdict(list)
    for moment, changes in year.runs:
        for dataset_id in changes.releases:
            ran[dataset_id].append(moment)

    assert len(ran[IMDI]) == 13, "the first fetch and twelve months"
    for upstream, ours in zip(year.monthly, ran[IMDI][1:], strict=True):
        assert timedelta(0) <= ours - upstream <= ASK_EVERY["monthly"] + STEP
    assert len(ran[SSB]) == 3, "the first fetch, March and June"
    for upstream, ours in zip(year.kostra, ran[SSB][1:], strict=True):
        assert timedelta(0) <= ours - upstream <= ASK_EVERY["yearly"] + STEP

    for moment in year.clients["ssb"].asked + year.clients["ssb"].fetched:
        minutes = moment.astimezone(OSLO).hour * 60 + moment.astimezone(OSLO).minute
        assert not 5 * 60 <= minutes < 8 * 60 + 15, moment.astimezone(OSLO)
    assert len(year.clients["ssb"].asked) <= 370, "about one question a day"
    assert len(year.clients["ssb"].fetched) <= 3 + 12, "stamps decide; a whole fetch once a month for safety"
    assert len(year.clients["imdi"].fetched) <= 4 * 367, "no validators: each question is a fetch, four a day"
    landing = year.workspace().landing
    assert len(landing.receipts(IMDI)) == 13 and len(landing.receipts(SSB)) == 3


@pytest.mark.parametrize("day", [(2026, 3, 29), (2026, 10, 25)], ids=["summer-time-begins", "summer-time-ends"])
def test_closed_hours_follow_the_norwegian_clock(year: Year, day: tuple[int, int, int]) -> None:
    year.now[0] = _oslo(*day, 0)
    memory = None
    while year.now[0] < _oslo(*day, 12):
        upstream = Upstream(year.workspace(), year.clients)
        spec = next(s for s in upstream.specs if s.dataset_id == SSB)
        memory, _ = upstream.look(spec)
        local = year.now[0].astimezone(OSLO)
        closed = (5, 0) <= (local.hour, local.minute) < (8, 15)
        assert (memory.state == "closed") == closed, local
        assert memory.failures == 0, "closed is a state, not a failure"
        year.now[0] += timedelta(minutes=15)


def test_changes_that_come_together_become_one_run(year: Year) -> None:
    year.live_until(_oslo(2026, 3, 14, 12), timedelta(hours=3))
    year.clients["imdi"].moments.append(_oslo(2026, 3, 15, 8))
    runs = len(year.runs)
    year.now[0] = _oslo(2026, 3, 16, 12)
    year.tick()
    assert len(year.runs) == runs + 1
    assert set(year.runs[-1][1].releases) == {IMDI, SSB}


def test_a_missed_week_is_caught_up_by_one_run(year: Year) -> None:
    """Fault 40: the machine was off over two releases of one table; what counts is what upstream has now."""
    year.live_until(_oslo(2026, 1, 2, 0))
    runs = len(year.runs)
    year.now[0] = _oslo(2026, 3, 20, 12)
    year.live_until(_oslo(2026, 3, 20, 23))
    assert len(year.runs) == runs + 1


def test_a_lost_memory_is_made_again_from_the_release_log(year: Year) -> None:
    """Fault 39: nothing depends on the cursor, and what is remembered of upstream can be thrown away."""
    year.live_until(_oslo(2026, 1, 9, 0), timedelta(hours=2))
    runs = len(year.runs)
    for path in (year.folder / "upstream").iterdir():
        path.unlink()
    (year.folder / "upstream" / f"{IMDI}.json").write_text("{damaged", encoding="utf-8")
    upstream = Upstream(year.workspace(), year.clients)
    assert upstream.memory(SSB).stamp_in_use == (START - timedelta(days=200)).isoformat()
    year.keys.clear()
    year.live_until(_oslo(2026, 1, 11, 0), timedelta(hours=2))
    assert len(year.runs) == runs, "no release ran twice"


def test_the_same_tick_again_asks_for_the_same_run(year: Year) -> None:
    """The daemon dies between tick and run: the next one makes the same request under the same key, and it runs once."""
    upstream = Upstream(year.workspace(), year.clients)
    first, _ = ask_in_slice(upstream, year.now[0])
    second, _ = ask_in_slice(Upstream(year.workspace(), year.clients), year.now[0])
    assert changes_upstream(first).key == changes_upstream(second).key
    assert len(year.clients["imdi"].fetched) == 1, "the bytes wait in landing: nothing is downloaded twice"
    list(upstream.refresh(next(s for s in upstream.specs if s.dataset_id == IMDI)))
    assert len(year.clients["imdi"].fetched) == 1


def test_a_clock_that_is_set_back_loses_and_repeats_nothing(year: Year) -> None:
    """Fault 29: skew of a day, and a stamp of upstream's in the future."""
    year.live_until(_oslo(2026, 1, 8, 0), timedelta(hours=2))
    runs = len(year.runs)
    year.now[0] -= timedelta(days=1)
    year.live_until(_oslo(2026, 1, 8, 0), timedelta(hours=2))
    assert len(year.runs) == runs
    year.kostra.insert(0, year.now[0])
    year.clients["ssb"].moments[0] = year.now[0]
    year.now[0] += timedelta(days=2)
    year.tick()
    assert len(year.runs) == runs + 1


def test_a_failing_publisher_is_asked_with_growing_pauses_and_others_go_on(year: Year) -> None:
    year.clients["ssb"].broken_until = _oslo(2026, 1, 5, 0)
    asked: list[datetime] = []
    answerable = year.clients["ssb"]._answerable
    year.clients["ssb"]._answerable = lambda: (asked.append(year.now[0]), answerable())[1]
    year.live_until(_oslo(2026, 1, 5, 0))
    assert {d for _, changes in year.runs for d in changes.releases} == {IMDI}
    assert 5 <= len(asked) <= 20, "four days at half-hour ticks would be 192 questions without pauses"
    year.live_until(_oslo(2026, 1, 7, 0))
    assert SSB in {d for _, changes in year.runs for d in changes.releases}
    assert Upstream(year.workspace(), year.clients).memory(SSB).failures == 0


def test_a_slice_ends_in_time_and_the_next_tick_goes_on(year: Year) -> None:
    """A tick may take 60 s: with slow answers it stops early, and no run is asked for before the round is done."""
    seconds = iter([0.0, 1.0, 50.0])
    waiting, left = ask_in_slice(Upstream(year.workspace(), year.clients), year.now[0], monotonic=lambda: next(seconds))
    assert (len(waiting), left) == (1, 1)
    assert year.tick() is not None
    assert set(year.runs[-1][1].releases) == {IMDI, SSB}


def test_a_content_that_upstream_goes_back_to_is_in_use_again(year: Year) -> None:
    """A wrong release that passed the gates is taken back: the old bytes count again, as of that day and not before."""
    first, second = _oslo(2026, 1, 6, 14), _oslo(2026, 1, 8, 14)
    imdi = year.clients["imdi"]
    imdi.moments = [first]
    year.live_until(_oslo(2026, 1, 7, 12), timedelta(hours=2))
    imdi.moments = []
    year.live_until(second, timedelta(hours=2))
    workspace = year.workspace()
    assert len(workspace.landing.receipts(IMDI)) == 2

    def settled(moment: datetime | None) -> str:
        spec = {IMDI: workspace.specs[IMDI]}
        return select_current(workspace.landing, spec, demo=False, as_of=moment)[0].release_id

    old, new = (r.release_id for r in sorted(workspace.landing.receipts(IMDI), key=lambda r: r.retrieved_at))
    assert settled(_oslo(2026, 1, 6, 12)) == old
    assert settled(_oslo(2026, 1, 7, 8)) == new
    assert settled(None) == old
    runs = [changes for _, changes in year.runs if IMDI in changes.releases]
    assert len(runs) == 3
    year.live_until(_oslo(2026, 1, 9, 14), timedelta(hours=2))
    assert len([changes for _, changes in year.runs if IMDI in changes.releases]) == 3, "and then it is quiet again"
