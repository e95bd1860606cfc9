"""How often, how long and when we may call a publisher: clock, token bucket, breaker, closed hours, retry waits.

Here: the limits as small objects that know nothing of HTTP libraries. Not here: making a call.
"""

import contextlib
import fcntl
import json
import os
import random
import re
import time as _time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sources.errors import TransferError

OSLO = ZoneInfo("Europe/Oslo")
_SHORTEST_WAIT = 0.001
"""A shorter wait may be lost in the resolution of a clock, and would be asked for again and again."""

_LONGEST_HOLD = 3_600.0
"""A publisher's "not before" further away than an hour is a damaged state file or a clock that was set back."""


@dataclass(frozen=True)
class Clock:
    """Time, waiting and chance as parameters, so that a test of an hour's waiting takes no time.

    ``jitter`` gives a number in [0, 1); ``monotonic`` is for durations, ``now`` (zone-aware) for stamps.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = _time.monotonic
    sleep: Callable[[float], None] = _time.sleep
    jitter: Callable[[], float] = random.random


@dataclass(frozen=True)
class TimeLimits:
    """How long one attempt may take, in seconds, and how slow it may be.

    The minimum rate counts from ``grace`` seconds after the headers came: a body that trickles below it is cut.
    ``total`` also covers the headers; it bounds a publisher that sends one byte at a time.
    """

    connect: float = 10.0
    read: float = 60.0
    total: float = 900.0
    grace: float = 30.0
    minimum_bytes_per_second: float = 1_000.0


@dataclass(frozen=True)
class RetryRule:
    """How often a call is tried again, and how long it may wait in all.

    ``after_429`` is the wait when a publisher says "too many" without saying how long (SSB's window is a minute).
    """

    attempts: int = 4
    first_wait: float = 2.0
    longest_wait: float = 60.0
    total_wait: float = 300.0
    after_429: float = 60.0

    def wait(self, attempt: int, jitter: float) -> float:
        """Seconds before attempt ``attempt + 1`` (1-based): doubling, with half of it by chance."""
        whole = min(self.first_wait * 2 ** (attempt - 1), self.longest_wait)
        return whole * (0.5 + 0.5 * jitter)


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """A ``Retry-After`` header as seconds from now: a number, or an HTTP date. None when absent or unreadable."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def allowed_per_minute(header: str | None) -> float | None:
    """Calls a minute that an ``x-ratelimit-policy`` header allows (``40;w=60s``, a name before it or not).

    None when the header is absent, unreadable or outside 1 to 600 a minute: then the written limit holds.
    """
    match = re.search(
        r"(?:^|[\s;,])(?:q=)?(\d{1,6})\s*;\s*(?:[a-z]+=[^;]*;\s*)*w=(\d{1,6})\s*s?", header or "", re.IGNORECASE
    )
    if match is None or int(match[2]) == 0:
        return None
    rate = int(match[1]) * 60.0 / int(match[2])
    return rate if 1 <= rate <= 600 else None


@dataclass(frozen=True)
class ClosedHours:
    """A daily window, in Norwegian time, in which a publisher is not to be called (opening time is open again)."""

    start: time
    end: time
    reason: str

    def reopens_at(self, now: datetime) -> datetime | None:
        """When the window that ``now`` lies in ends, or None when it is open."""
        local = now.astimezone(OSLO)
        if not self.start <= local.time().replace(tzinfo=None) < self.end:
            return None
        return datetime.combine(local.date(), self.end, tzinfo=OSLO).astimezone(UTC)


class TokenBucket:
    """At most ``per_minute`` calls in any 60 seconds, over all processes that share the state file.

    The bucket starts with ``burst`` calls and is refilled so slowly that both together stay under the limit.
    Without a file the bucket holds for this process only. A wait that a publisher asked for (`hold_back`) holds for all
    sharers too, since its limit counts the office address and not the process.
    """

    def __init__(self, per_minute: float, clock: Clock, state_file: Path | None = None, burst: int = 5) -> None:
        self._most_at_once = burst
        self.follow(per_minute)
        self.clock = clock
        self.state_file = state_file
        self._state = {"tokens": float(self.burst), "at": 0.0, "not_before": 0.0}

    def follow(self, per_minute: float) -> None:
        """Take another limit from now on: the one the publisher's own answers name."""
        self.burst = min(self._most_at_once, max(1, int(per_minute // 2)))
        self.per_second = (per_minute - self.burst) / 60.0

    def take(self) -> float:
        """Wait until a call is allowed and return the seconds waited."""
        waited = 0.0
        while (wait := self._try_take()) > 0:
            wait, before = max(wait, _SHORTEST_WAIT), self.clock.now()
            self.clock.sleep(wait)
            waited += wait
            if self.clock.now() <= before:
                return waited  # a clock that stands still or was set back shows no time; the wait itself was kept
        return waited

    def hold_back(self, seconds: float) -> None:
        """No call for so many seconds: the publisher said so."""
        with self._locked() as state:
            now = self.clock.now().timestamp()
            state["not_before"] = max(state["not_before"], now + min(seconds, _LONGEST_HOLD))

    def held_for(self) -> float:
        """Seconds until the publisher's own "not before", 0 when there is none."""
        with self._locked() as state:
            left = state["not_before"] - self.clock.now().timestamp()
            return left if 0 < left <= _LONGEST_HOLD else 0.0

    def _try_take(self) -> float:
        with self._locked() as state:
            now = self.clock.now().timestamp()
            elapsed = now - state["at"]
            if elapsed < 0 or state["at"] == 0.0:
                elapsed = 0.0
            state["tokens"] = min(float(self.burst), state["tokens"] + elapsed * self.per_second)
            state["at"] = now
            if 0 < state["not_before"] - now <= _LONGEST_HOLD:
                return state["not_before"] - now
            if state["tokens"] < 1.0:
                return (1.0 - state["tokens"]) / self.per_second
            state["tokens"] -= 1.0
            return 0.0

    @contextlib.contextmanager
    def _locked(self) -> Iterator[dict[str, float]]:
        if self.state_file is None:
            yield self._state
            return
        self.state_file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.state_file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(handle, self.state_file)
            state = self._read(os.pread(handle, 4096, 0))
            yield state
            body = json.dumps(state).encode()
            os.pwrite(handle, body, 0)
            os.ftruncate(handle, len(body))
        finally:
            os.close(handle)

    def _read(self, body: bytes) -> dict[str, float]:
        """The state in the file; a damaged or empty file starts with an empty bucket, which only costs a short wait."""
        fresh = {"tokens": 0.0 if body else float(self.burst), "at": self.clock.now().timestamp(), "not_before": 0.0}
        try:
            raw = json.loads(body)
            return {name: float(raw[name]) for name in fresh}
        except (ValueError, KeyError, TypeError):
            return fresh


def _lock(handle: int, file: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError as problem:
        raise TransferError(
            expected="a disk that can lock a file, so that all runs together stay under the publisher's limit",
            found=f"a share that cannot ({problem.strerror})",
            where=file.name,
            next_step="put the data folder (INTEGRERING_DATA_DIR) on a local disk",
        ) from problem


@dataclass
class Breaker:
    """Stops calling a publisher that failed several times in a row, so that others are not kept waiting.

    Open for ``pause`` seconds after ``limit`` failed calls; then one call is let through, and it decides.
    """

    clock: Clock
    limit: int = 3
    pause: float = 900.0
    failures: int = 0
    opened_at: float | None = field(default=None)

    def seconds_left(self) -> float:
        """How long no call is let through; 0 = calls may go."""
        if self.opened_at is None:
            return 0.0
        return max(0.0, self.pause - (self.clock.monotonic() - self.opened_at))

    def succeeded(self) -> None:
        self.failures, self.opened_at = 0, None

    def failed(self) -> None:
        self.failures += 1
        if self.failures >= self.limit:
            self.opened_at = self.clock.monotonic()


def local_time_of(moment: datetime) -> str:
    """A moment as a person in Norway reads it."""
    return moment.astimezone(OSLO).strftime("%Y-%m-%d %H:%M")
