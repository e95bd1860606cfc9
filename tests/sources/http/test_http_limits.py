"""How often and when a publisher may be called, with a clock that costs no time.

Here: bucket, breaker, closed hours, waits. Not here: calls over a socket (test_http_faults.py).
"""

import json
import multiprocessing
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.http.client import PUBLISHERS, HttpSettings
from sources.http.limits import Breaker, Clock, RetryRule, TokenBucket, retry_after_seconds
from tests.support.live_upstream import NOON


class _SteppedClock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def as_clock(self) -> Clock:
        return Clock(lambda: NOON + timedelta(seconds=self.seconds), lambda: self.seconds, self._sleep, lambda: 0.5)

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 20), min_size=31, max_size=120), st.integers(4, 40))
def test_never_more_calls_in_a_minute_than_the_limit(pauses: list[float], limit: int) -> None:
    clock = _SteppedClock()
    bucket = TokenBucket(limit, clock.as_clock())
    calls = []
    for pause in pauses:
        clock.seconds += pause
        bucket.take()
        calls.append(clock.seconds)
    for first in calls:
        assert sum(first <= at < first + 60 for at in calls) <= limit


def test_hundred_calls_in_a_row_take_at_least_three_minutes_at_thirty_a_minute() -> None:
    clock = _SteppedClock()
    bucket = TokenBucket(30, clock.as_clock())
    for _ in range(100):
        bucket.take()
    assert 180 < clock.seconds < 260


def test_two_clients_with_one_state_file_share_the_limit(tmp_path: Path) -> None:
    clock = _SteppedClock()
    first = TokenBucket(30, clock.as_clock(), tmp_path / "calls.json")
    second = TokenBucket(30, clock.as_clock(), tmp_path / "calls.json")
    for _ in range(50):
        first.take()
        second.take()
    assert clock.seconds > 180


def _take_five(state_file: Path, done: multiprocessing.Queue) -> None:
    bucket = TokenBucket(600, Clock(), state_file)
    for _ in range(5):
        bucket.take()
    done.put(time.time())


def test_processes_share_the_state_file(tmp_path: Path) -> None:
    """Fifteen calls of three processes at 600 a minute: burst 5, then 9.9 a second for ten of them."""
    context = multiprocessing.get_context("fork")
    done: multiprocessing.Queue = context.Queue()
    began = time.time()
    workers = [context.Process(target=_take_five, args=(tmp_path / "calls.json", done)) for _ in range(3)]
    for worker in workers:
        worker.start()
    last = max(done.get(timeout=300) for _ in workers)
    for worker in workers:
        worker.join()
    assert last - began > 0.95


def test_a_publishers_not_before_holds_for_every_sharer(tmp_path: Path) -> None:
    clock = _SteppedClock()
    TokenBucket(30, clock.as_clock(), tmp_path / "calls.json").hold_back(90)
    other = TokenBucket(30, clock.as_clock(), tmp_path / "calls.json")
    assert other.held_for() == pytest.approx(90, abs=0.01)
    assert other.take() == pytest.approx(90, abs=0.01)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"tokens": "x", "at": 0, "not_before": 0}', b"\x00" * 50])
def test_a_damaged_state_file_costs_a_short_wait_and_no_more(tmp_path: Path, damage: bytes) -> None:
    state = tmp_path / "calls.json"
    state.write_bytes(damage)
    bucket = TokenBucket(30, _SteppedClock().as_clock(), state)
    assert bucket.take() <= 3
    assert set(json.loads(state.read_text())) == {"tokens", "at", "not_before"}


def test_a_clock_set_back_does_not_stop_or_flood(tmp_path: Path) -> None:
    clock = _SteppedClock()
    bucket = TokenBucket(30, clock.as_clock(), tmp_path / "calls.json")
    clock.seconds = 86_400.0
    for _ in range(10):
        bucket.take()
    bucket.hold_back(100)
    clock.seconds = 0.0
    assert bucket.take() <= 3
    began = clock.seconds
    for _ in range(30):
        bucket.take()
    assert clock.seconds - began >= 60


def test_a_clock_that_stands_still_is_waited_for_and_not_for_ever() -> None:
    """A run with a fixed date (a test, a rebuild as of a day) still keeps the pace."""
    slept: list[float] = []
    bucket = TokenBucket(30, Clock(now=lambda: NOON, sleep=slept.append))
    for _ in range(35):
        bucket.take()
    assert len(slept) == 30
    assert sum(slept) > 60


def test_breaker_opens_after_three_failures_and_lets_one_call_through_later() -> None:
    clock = _SteppedClock()
    breaker = Breaker(clock.as_clock(), limit=3, pause=900)
    breaker.failed()
    breaker.failed()
    assert breaker.seconds_left() == 0
    breaker.failed()
    assert breaker.seconds_left() == 900
    clock.seconds += 901
    assert breaker.seconds_left() == 0
    breaker.failed()
    assert breaker.seconds_left() > 0
    clock.seconds += 901
    breaker.succeeded()
    breaker.failed()
    assert breaker.seconds_left() == 0


@pytest.mark.parametrize(
    ("utc", "reopens"),
    [
        (datetime(2026, 1, 15, 3, 59, 59, tzinfo=UTC), None),
        (datetime(2026, 1, 15, 4, 0, tzinfo=UTC), datetime(2026, 1, 15, 7, 15, tzinfo=UTC)),
        (datetime(2026, 1, 15, 7, 14, 59, tzinfo=UTC), datetime(2026, 1, 15, 7, 15, tzinfo=UTC)),
        (datetime(2026, 1, 15, 7, 15, tzinfo=UTC), None),
        (datetime(2026, 7, 1, 2, 59, tzinfo=UTC), None),
        (datetime(2026, 7, 1, 3, 0, tzinfo=UTC), datetime(2026, 7, 1, 6, 15, tzinfo=UTC)),
        (datetime(2026, 7, 1, 6, 15, tzinfo=UTC), None),
        (datetime(2026, 3, 29, 3, 30, tzinfo=UTC), datetime(2026, 3, 29, 6, 15, tzinfo=UTC)),
    ],
)
def test_ssb_is_closed_from_five_to_quarter_past_eight_norwegian_time(utc: datetime, reopens: datetime | None) -> None:
    (hours,) = PUBLISHERS["ssb"].closed
    assert hours.reopens_at(utc) == reopens


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("17", 17.0),
        (" 0 ", 0.0),
        ("Fri, 20 Nov 2026 12:01:30 GMT", 90.0),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, NOON) == seconds


@given(st.integers(1, 12), st.floats(0, 0.999))
def test_waits_double_with_half_by_chance_and_have_a_ceiling(attempt: int, chance: float) -> None:
    rule = RetryRule(first_wait=2, longest_wait=60)
    whole = min(2 * 2 ** (attempt - 1), 60)
    assert whole / 2 <= rule.wait(attempt, chance) <= whole


def test_only_this_machine_may_stand_in_for_a_publisher() -> None:
    HttpSettings(base_urls={"data.ssb.no": "http://127.0.0.1:8099/data.ssb.no"})
    HttpSettings(base_urls={"data.ssb.no": "http://[::1]:8099"})
    for elsewhere in ("http://10.0.0.1", "http://127.0.0.1.example.org", "http://example.org", "file:///tmp"):
        with pytest.raises(ValueError, match="this machine"):
            HttpSettings(base_urls={"data.ssb.no": elsewhere})


def test_the_contact_cannot_smuggle_a_header() -> None:
    with pytest.raises(ValueError, match="contact"):
        HttpSettings(contact="post@example.org\r\nX-Evil: 1")
