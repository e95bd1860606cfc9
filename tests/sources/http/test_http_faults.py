"""Network faults 1-10 caused over real HTTP against the local upstream, and what the HTTP client makes of each.

Here: one client, one file, one fault at a time. Not here: what a publisher's client does (test_*_client.py).
"""

import errno
import json
import os
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from sources.errors import ClosedError, NotOfKindError, SourceError, TransferError
from sources.http.client import HttpClient, HttpSettings
from sources.http.content import quarantine
from sources.http.limits import RetryRule
from sources.landing.store import Landing
from tests.support.live_upstream import (
    IMDI,
    NOON,
    ROOMY,
    SETTLED,
    SSB,
    TRICKLE,
    PatientClock,
    download,
    http_for,
)
from trials.local_upstream.server import LocalUpstream


def test_a_whole_body_arrives_unpacked_and_unchanged(upstream: LocalUpstream, tmp_path: Path) -> None:
    answer, body = download(http_for(upstream), tmp_path)
    assert body == SETTLED.encode("latin-1")
    assert answer.url == IMDI
    assert answer.headers["Content-Encoding"] == "gzip"


def test_no_cookie_is_kept_and_the_user_agent_names_us(upstream: LocalUpstream, tmp_path: Path) -> None:
    http = http_for(upstream, contact="statistikk@kommune.example")
    seen: list[dict[str, str]] = []
    original = upstream.imdi.answer
    upstream.imdi.answer = lambda question: (seen.append(question.headers), original(question))[1]
    for _ in range(2):
        answer, _ = download(http, tmp_path)
    assert "Set-Cookie" in answer.headers
    assert all("cookie" not in headers for headers in seen)
    assert seen[0]["user-agent"] == "integrering/1.0 (+statistikk@kommune.example)"


# Fault 1


@pytest.mark.parametrize(("asked", "waited"), [("17", 17), ("", 60)])
def test_429_waits_as_long_as_asked_or_a_minute_and_then_succeeds(
    upstream: LocalUpstream, tmp_path: Path, asked: str, waited: float
) -> None:
    clock = PatientClock()
    upstream.faults.switch_on("too_many", times=1, value=asked)
    _, body = download(http_for(upstream, clock), tmp_path)
    assert body == SETTLED.encode("latin-1")
    assert sum(clock.slept) == waited


def test_429_that_asks_for_an_hour_is_given_up_at_once_and_holds_back_every_process(
    upstream: LocalUpstream, tmp_path: Path
) -> None:
    clock = PatientClock()
    upstream.faults.switch_on("too_many", value="3600")
    http = http_for(upstream, clock, state_folder=tmp_path / "state")
    with pytest.raises(TransferError, match=r"HTTP 429.*another would wait 3600 s"):
        download(http, tmp_path)
    assert clock.slept == []
    asked = len(upstream.log)
    upstream.faults.clear()
    with pytest.raises(TransferError, match="too many calls from this address"):
        download(http_for(upstream, clock, state_folder=tmp_path / "state"), tmp_path)
    assert len(upstream.log) == asked


def test_total_wait_has_a_cap(upstream: LocalUpstream, tmp_path: Path) -> None:
    clock = PatientClock()
    upstream.faults.switch_on("too_many", value="40")
    with pytest.raises(TransferError, match="HTTP 429"):
        download(http_for(upstream, clock, retry=RetryRule(attempts=50, total_wait=100)), tmp_path)
    assert sum(clock.slept) <= 100


# Fault 2


def test_503_is_tried_again_and_succeeds(upstream: LocalUpstream, tmp_path: Path) -> None:
    clock = PatientClock()
    upstream.faults.switch_on("unavailable", times=2)
    _, body = download(http_for(upstream, clock), tmp_path)
    assert len(upstream.log) == 3
    assert len(clock.slept) == 2
    assert body.endswith(b"168\n")


def test_503_that_lasts_opens_the_breaker_of_that_publisher_only(upstream: LocalUpstream, tmp_path: Path) -> None:
    clock = PatientClock()
    upstream.faults.switch_on("unavailable", pattern="azurewebsites")
    http = http_for(upstream, clock)
    for _ in range(3):
        with pytest.raises(TransferError, match="503, an HTML page titled '503 Backend fetch failed' after 3 attempts"):
            download(http, tmp_path)
    asked = len(upstream.log)
    with pytest.raises(TransferError, match="3 failed calls in a row; no further call for"):
        download(http, tmp_path)
    assert len(upstream.log) == asked
    assert http.get("ssb", SSB).status == 200
    upstream.faults.clear()
    clock.sleep(901)
    assert download(http, tmp_path)[0].status == 200


def test_closed_hours_are_a_state_of_their_own_and_no_call_is_made(upstream: LocalUpstream, tmp_path: Path) -> None:
    """06:00 Norwegian time: SSB's StatBank is not asked, Klass on the same host and other publishers are."""
    clock = PatientClock(datetime(2026, 6, 15, 4, 0, tzinfo=UTC))
    http = http_for(upstream, clock)
    with pytest.raises(ClosedError, match="closed until 2026-06-15 08:15"):
        http.get("ssb", SSB)
    assert upstream.log == []
    assert download(http, tmp_path)[0].status == 200
    assert http.get("klass", "https://data.ssb.no/api/klass/v1/versions/1", statuses=frozenset({404})).status == 404
    clock.skipped += 3 * 3600
    assert http.get("ssb", SSB).status == 200


def test_closing_time_that_comes_between_two_attempts_ends_as_closed(upstream: LocalUpstream) -> None:
    clock = PatientClock(datetime(2026, 6, 15, 2, 59, 59, tzinfo=UTC))
    upstream.faults.switch_on("unavailable")
    with pytest.raises(ClosedError):
        http_for(upstream, clock).get("ssb", SSB)
    assert len(upstream.log) == 1


# Fault 3


def test_nobody_listening_is_tried_again_and_named(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{free.getsockname()[1]}"
    clock = PatientClock()
    hosts = {"app-simapi-prod.azurewebsites.net": base}
    http = HttpClient(HttpSettings(base_urls=hosts, retry=RetryRule(attempts=3)), clock.as_clock())
    with pytest.raises(TransferError, match="the connection was refused or reset after 3 attempts"):
        download(http, tmp_path)


def test_a_host_name_that_does_not_resolve_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(TransferError, match="the host name was not resolved after 4 attempts"):
        download(HttpClient(clock=PatientClock().as_clock()), tmp_path)


# Faults 3, 4, 8 and 9


@pytest.mark.parametrize(
    ("fault", "value", "limits", "said"),
    [
        ("hang", "", {"read": 0.3}, "no bytes in time after 3 attempts"),
        # each byte comes well within the read limit; the rate is what gives it away, and it is not tried again
        ("slow", TRICKLE, {}, r"only \d+ bytes in \d+ s after 1 attempt"),
        ("slow", TRICKLE, {"total": 0.7, "grace": 600}, r"no whole answer within 0\.7 s after 1 attempt"),
        ("slow_headers", TRICKLE, {"total": 0.7}, r"no whole answer within 0\.7 s after 1 attempt"),
        ("endless", "", {}, "the body is over the limit of 1000000 bytes after 1 attempt"),
        # a bomb, counted after unpacking
        ("gzip_bomb", "30", {}, "the body is over the limit of 1000000 bytes after 1 attempt"),
        # no answer to a question without condition
        ("not_modified", "", {}, "HTTP 304"),
    ],
)
def test_what_never_becomes_a_whole_answer_is_cut_and_named(
    upstream: LocalUpstream, tmp_path: Path, fault: str, value: str, limits: dict[str, float], said: str
) -> None:
    upstream.faults.switch_on(fault, value=value)
    with pytest.raises(TransferError, match=said):
        download(http_for(upstream, time_limits=replace(ROOMY, **limits)), tmp_path)
    assert (tmp_path / "body.csv").stat().st_size <= 1_000_000


# Fault 5


@pytest.mark.parametrize(
    "fault", ["truncated", "truncated_chunks", "truncated_close", "short_length", "broken_gzip", "cut_gzip", "reset"]
)
def test_a_cut_or_damaged_body_is_tried_again_and_never_taken(
    upstream: LocalUpstream, tmp_path: Path, fault: str
) -> None:
    upstream.faults.switch_on(fault, times=1)
    _, body = download(http_for(upstream), tmp_path)
    assert body == SETTLED.encode("latin-1")
    assert len(upstream.log) == 2
    upstream.faults.switch_on(fault)
    with pytest.raises(TransferError, match="after 3 attempts"):
        download(http_for(upstream), tmp_path)


# Fault 6


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("html", "an HTML page titled 'Vi jobber med nettsiden'"),
        ("json_error", "An error has occurred"),
        ("empty", "an empty body"),
    ],
)
def test_another_kind_of_body_with_status_200_goes_to_quarantine(
    upstream: LocalUpstream, tmp_path: Path, fault: str, found: str
) -> None:
    upstream.faults.switch_on(fault)
    http = http_for(upstream, quarantine_folder=tmp_path / "quarantine")
    with pytest.raises(NotOfKindError, match=found):
        download(http, tmp_path)
    assert len(upstream.log) == 1
    (note,) = (tmp_path / "quarantine").glob("*.json")
    assert json.loads(note.read_text())["url"] == IMDI
    assert note.with_suffix(".bin").exists()


def test_quarantine_keeps_a_bounded_number_of_bodies(tmp_path: Path) -> None:
    for number in range(55):
        body = tmp_path / "body"
        body.write_bytes(b"%d" % number)
        quarantine(tmp_path / "quarantine", body, IMDI, "test", NOON + timedelta(seconds=number))
    assert len(list((tmp_path / "quarantine").glob("*.bin"))) == 50
    assert len(list((tmp_path / "quarantine").glob("*.json"))) == 50


def test_404_and_403_are_final_and_do_not_open_the_breaker(upstream: LocalUpstream, tmp_path: Path) -> None:
    http = http_for(upstream)
    for fault, status in (("gone", 404), ("forbidden", 403)):
        upstream.faults.clear()
        upstream.faults.switch_on(fault)
        for _ in range(3):
            with pytest.raises(TransferError, match=f"HTTP {status}.*after 1 attempt "):
                download(http, tmp_path)
    upstream.faults.clear()
    assert download(http, tmp_path)[0].status == 200


def test_500_with_an_empty_body_is_not_repeated_but_one_with_a_message_is(
    upstream: LocalUpstream, tmp_path: Path
) -> None:
    upstream.faults.switch_on("empty_error")
    with pytest.raises(TransferError, match="empty body"):
        download(http_for(upstream), tmp_path)
    assert len(upstream.log) == 1
    upstream.faults.clear()
    upstream.faults.switch_on("server_error", times=1)
    assert download(http_for(upstream), tmp_path)[0].status == 200


def test_every_error_is_a_source_error_without_local_paths(upstream: LocalUpstream, tmp_path: Path) -> None:
    for fault in ("truncated", "html", "gone", "reset", "broken_gzip", "unavailable"):
        upstream.faults.clear()
        upstream.faults.switch_on(fault)
        with pytest.raises(SourceError) as caught:
            download(http_for(upstream), tmp_path)
        assert str(tmp_path) not in str(caught.value)
        assert "127.0.0.1" not in str(caught.value)
        assert caught.value.where == IMDI


def test_bodies_on_their_way_in_leave_nothing_behind(tmp_path: Path) -> None:
    stale = tmp_path / "incoming" / "1_killed"
    stale.mkdir(parents=True)
    (stale / "half.csv").write_bytes(b"half")
    os.utime(stale, (0, 0))
    with Landing(tmp_path).incoming() as folder:
        (folder / "body").write_bytes(b"x")
        assert not stale.exists()
    assert list((tmp_path / "incoming").iterdir()) == []


# This machine


class _FullDisk(BytesIO):
    def write(self, piece: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_named_and_not_held_against_the_publisher(
    upstream: LocalUpstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    http = http_for(upstream)
    with monkeypatch.context() as patched:
        patched.setattr("sources.http.client.open", lambda *_: _FullDisk(), raising=False)
        for _ in range(4):
            with pytest.raises(
                TransferError, match=r"No space left on device\) after 1 attempt .*make room on the disk"
            ):
                download(http, tmp_path)
    assert download(http, tmp_path)[0].status == 200
