"""The one polite HTTP client of all publishers: who may be called, how often, and what a failed call is.

Here: allow-list, retries, breaker, closed hours, redirects, whole bodies. Not here: any publisher's protocol.
"""

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

from sources.errors import ClosedError, NotOfKindError, TransferError
from sources.http.content import BodyCheck, describe, quarantine
from sources.http.limits import (
    Breaker,
    Clock,
    ClosedHours,
    RetryRule,
    TimeLimits,
    TokenBucket,
    allowed_per_minute,
    local_time_of,
    retry_after_seconds,
)
from sources.http.transport import Failure, Reply, Transport, is_loopback

PROJECT = "integrering/1.0"
HARD_CEILING_BYTES = 2_000_000_000
"""No single body may be larger, whatever the last one was."""

SMALL_ANSWER_BYTES = 64_000_000
"""The largest answer that is held in memory: metadata, lists, pages."""

_RETRY_STATUSES = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3


@dataclass(frozen=True)
class Publisher:
    """The hosts a publisher answers on and the hours in which it is not asked."""

    hosts: frozenset[str]
    closed: tuple[ClosedHours, ...] = ()


PUBLISHERS: dict[str, Publisher] = {
    "ssb": Publisher(
        frozenset({"data.ssb.no"}),
        (ClosedHours(time(5, 0), time(8, 15), "SSB loads new figures between 05:00 and 08:15"),),
    ),
    "klass": Publisher(frozenset({"data.ssb.no"})),
    "imdi": Publisher(frozenset({"app-simapi-prod.azurewebsites.net"})),
    "imdi_pages": Publisher(frozenset({"www.imdi.no"})),
    "nav": Publisher(frozenset({"www.nav.no"})),
    "fhi": Publisher(frozenset({"statistikk-data.fhi.no"})),
}
"""Who may be called at all. SSB's guide to the StatBank API says 30 calls a minute an address; its answers name 40."""

CALLS_PER_MINUTE: dict[str, float] = {"data.ssb.no": 30.0}
_OTHER_CALLS_PER_MINUTE = 30.0


@dataclass(frozen=True)
class HttpSettings:
    """What an installation sets.

    ``contact`` (an address or page of the municipality) goes into the User-Agent. ``state_folder`` holds the call
    counts that all processes of the machine share; without it each process counts by itself. ``base_urls`` maps an
    official host to a loopback address (the local upstream); only then may a call go over http.
    """

    contact: str = ""
    state_folder: Path | None = None
    quarantine_folder: Path | None = None
    base_urls: Mapping[str, str] = field(default_factory=dict)
    calls_per_minute: Mapping[str, float] = field(default_factory=dict)
    observe_closed_hours: bool = True
    time_limits: TimeLimits = field(default_factory=TimeLimits)
    retry: RetryRule = field(default_factory=RetryRule)
    breaker_limit: int = 3
    breaker_pause: float = 900.0

    def __post_init__(self) -> None:
        if re.search(r"[^\x20-\x7e]", self.contact) or len(self.contact) > 200:
            raise ValueError("contact: at most 200 plain characters, since it goes into a header")
        for host, base in self.base_urls.items():
            if not is_loopback(base) or urlsplit(base).scheme not in ("http", "https"):
                raise ValueError(f"base_urls: {host} may only be mapped to an address of this machine, not {base}")


@dataclass(frozen=True)
class Answer:
    """A whole answer. ``url`` is the official address after redirects; ``body`` is empty when it went to a file."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    body_bytes: int = 0

    @property
    def content_type(self) -> str | None:
        return self.headers.get("Content-Type")


@dataclass(frozen=True)
class _Call:
    """What one call asks for; POST when it has a body."""

    publisher: str
    url: str
    headers: dict[str, str]
    max_bytes: int
    statuses: frozenset[int]
    body: bytes | None = None
    check: BodyCheck | None = None
    file: Path | None = None
    headers_only: bool = False

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"


@dataclass(frozen=True)
class _Trouble:
    """Why an attempt brought nothing. ``wait`` is what the publisher asked for, in seconds."""

    reason: str
    may_retry: bool
    status: int | None = None
    wait: float | None = None
    is_local: bool = False

    @property
    def is_question(self) -> bool:
        """A wrong question rather than a publisher in trouble."""
        return self.status is not None and 400 <= self.status < 500 and self.status != 429


class HttpClient:
    """Calls publishers within all limits. One instance serves a whole run; it keeps bucket and breaker state."""

    def __init__(self, settings: HttpSettings | None = None, clock: Clock | None = None) -> None:
        self.settings = settings or HttpSettings()
        self.clock = clock or Clock()
        contact = f" (+{self.settings.contact})" if self.settings.contact else ""
        self._transport = Transport(self.settings.time_limits, self.clock, PROJECT + contact)
        self._buckets: dict[str, TokenBucket] = {}
        self._breakers: dict[str, Breaker] = {}
        self.calls: list[tuple[str, str]] = []

    def get(
        self,
        publisher: str,
        url: str,
        *,
        accept: str = "application/json",
        statuses: frozenset[int] = frozenset({200}),
        max_bytes: int = SMALL_ANSWER_BYTES,
    ) -> Answer:
        """GET into memory. Other statuses than ``statuses`` raise TransferError after the retries."""
        sink = BytesIO()
        reply, final = self._call(_Call(publisher, url, {"Accept": accept}, max_bytes, statuses), sink)
        return Answer(final, reply.status, reply.headers, sink.getvalue() or reply.excerpt, reply.body_bytes)

    def headers_of(self, publisher: str, url: str, *, accept: str, statuses: frozenset[int]) -> Answer:
        """GET whose connection is closed after the headers (IMDi answers HEAD with 405)."""
        call = _Call(publisher, url, {"Accept": accept}, 0, statuses, headers_only=True)
        reply, final = self._call(call, BytesIO())
        return Answer(final, reply.status, reply.headers)

    def download(
        self,
        publisher: str,
        url: str,
        file: Path,
        *,
        check: BodyCheck,
        accept: str,
        max_bytes: int = HARD_CEILING_BYTES,
        json_body: Any = None,
        statuses: frozenset[int] = frozenset({200}),
    ) -> Answer:
        """GET (POST when ``json_body`` is given) into ``file``, checked for its kind and for being whole.

        A body of another kind is put into quarantine and raises NotOfKindError; a cut one is tried again and then
        raises TransferError. ``file`` holds a whole body or must not be used.
        """
        headers = {"Accept": accept}
        body = None
        if json_body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(json_body, ensure_ascii=False).encode()
        limit = min(max_bytes, HARD_CEILING_BYTES)
        with open(file, "wb") as sink:
            reply, final = self._call(_Call(publisher, url, headers, limit, statuses, body, check, file), sink)
        return Answer(final, reply.status, reply.headers, reply.excerpt, reply.body_bytes)

    def _call(self, call: _Call, sink: BinaryIO) -> tuple[Reply, str]:
        """The retry loop around attempts. Returns the reply and the final official address."""
        rule, breaker = self.settings.retry, self._breaker(call.publisher)
        url, waited, attempt, redirects = call.url, 0.0, 0, 0
        while True:
            self._refuse_if_not_allowed(call.publisher, url)
            self._refuse_if_resting(call.publisher, url)
            self._bucket(url).take()
            outcome = self._attempt(call, url, sink)
            if isinstance(outcome, Reply) and outcome.status in _REDIRECTS:
                redirects += 1
                url = self._redirected(call, url, outcome, redirects)
                continue
            if isinstance(outcome, Reply):
                breaker.succeeded()
                return outcome, url
            attempt += 1
            wait = rule.wait(attempt, self.clock.jitter()) if outcome.wait is None else outcome.wait
            if outcome.status == 429:
                self._bucket(url).hold_back(wait)
            if not outcome.may_retry or attempt >= rule.attempts or waited + wait > rule.total_wait:
                if not outcome.is_question and not outcome.is_local:
                    breaker.failed()
                raise _given_up(url, outcome, attempt, waited, wait)
            self.clock.sleep(wait)
            waited += wait

    def _attempt(self, call: _Call, url: str, sink: BinaryIO) -> Reply | _Trouble:
        """One call: a reply (a redirect among them), or what went wrong. Raises NotOfKindError for another kind."""
        self.calls.append((call.method, url))
        sink.seek(0)
        sink.truncate()
        try:
            reply = self._transport.send(
                call.method,
                self._actual(url),
                headers=call.headers,
                body=call.body,
                sink=sink,
                max_bytes=call.max_bytes,
                headers_only=call.headers_only,
            )
            self._follow_limit(url, reply)
            if reply.status in call.statuses:
                if reply.status == 200:
                    self._check(call, url)
                return reply
        except Failure as failure:
            return _Trouble(failure.reason, failure.may_retry, is_local=failure.is_local)
        except TransferError as cut:
            return _Trouble(f"{cut.found} (expected {cut.expected})", may_retry=True)
        return reply if reply.status in _REDIRECTS else self._judge(reply)

    def _follow_limit(self, url: str, reply: Reply) -> None:
        """Keep the limit that the answer itself names (SSB: 40 a minute, its guide says 30), unless settings name another."""
        rate = allowed_per_minute(reply.headers.get("X-RateLimit-Policy"))
        if rate is not None and (urlsplit(url).hostname or "") not in self.settings.calls_per_minute:
            self._bucket(url).follow(rate)

    def _judge(self, reply: Reply) -> _Trouble:
        """Whether another attempt makes sense after this status, and the wait that the publisher asked for."""
        reason = f"HTTP {reply.status}" + (f", {describe(reply.excerpt)}" if reply.excerpt.strip() else "")
        if reply.status not in _RETRY_STATUSES:
            return _Trouble(reason, may_retry=False, status=reply.status)
        if reply.status == 500 and not reply.excerpt.strip():
            found = f"{reason} with an empty body (SSB answers so when a value code is asked for twice)"
            return _Trouble(found, may_retry=False, status=500)
        asked = retry_after_seconds(reply.headers.get("Retry-After"), self.clock.now())
        if asked is None and reply.status == 429:
            asked = self.settings.retry.after_429
        return _Trouble(reason, may_retry=True, status=reply.status, wait=asked)

    def _check(self, call: _Call, url: str) -> None:
        if call.check is None or call.file is None:
            return
        try:
            call.check(call.file, _public(url))
        except NotOfKindError as refused:
            if self.settings.quarantine_folder is not None:
                with contextlib.suppress(OSError):  # a full disk must not hide why the body was refused
                    quarantine(self.settings.quarantine_folder, call.file, _public(url), str(refused), self.clock.now())
            raise

    def _refuse_if_not_allowed(self, publisher: str, url: str) -> None:
        parts = urlsplit(url)
        allowed = PUBLISHERS[publisher].hosts
        if parts.scheme != "https" or parts.hostname not in allowed or parts.port not in (None, 443) or parts.username:
            raise TransferError(
                expected=f"an https address on {' or '.join(sorted(allowed))}",
                found=f"{parts.scheme}://{parts.hostname}",
                where=f"the {publisher} client",
                next_step="correct the address in the dataset spec; other hosts are never called",
            )

    def _refuse_if_resting(self, publisher: str, url: str) -> None:
        if self.settings.observe_closed_hours:
            for hours in PUBLISHERS[publisher].closed:
                if reopens := hours.reopens_at(self.clock.now()):
                    raise ClosedError(
                        expected="the publisher's open hours",
                        found=f"closed until {local_time_of(reopens)} ({hours.reason})",
                        where=_public(url),
                        next_step="nothing to do: the dataset is asked again after that",
                    )
        breaker, held = self._breaker(publisher), self._bucket(url).held_for()
        rests = [
            (f"{breaker.failures} failed calls in a row", breaker.seconds_left()),
            ("too many calls from this address", held if held > self.settings.retry.total_wait else 0.0),
        ]
        for reason, seconds in rests:
            if seconds > 0:
                raise TransferError(
                    expected=f"{publisher} to answer",
                    found=f"{reason}; no further call for {seconds:.0f} s",
                    where=_public(url),
                    next_step="other publishers go on; the next run asks again",
                )

    def _redirected(self, call: _Call, url: str, reply: Reply, count: int) -> str:
        """The address a redirect leads to, on the same host over https; anything else is refused."""
        target = urljoin(self._actual(url), reply.headers.get("Location", ""))
        base = self.settings.base_urls.get(urlsplit(url).hostname or "")
        if base is not None and target.startswith(base.rstrip("/") + "/"):
            target = f"https://{urlsplit(url).hostname}" + target[len(base.rstrip("/")) :]
        parts, origin = urlsplit(target), urlsplit(url)
        is_same = (parts.scheme, parts.hostname) == ("https", origin.hostname)
        if count > _MOST_REDIRECTS or call.body is not None or not is_same:
            raise TransferError(
                expected=f"an answer, or a redirect within https://{origin.hostname}",
                found=f"a redirect ({reply.status}) to {parts.scheme}://{parts.hostname}",
                where=_public(url),
                next_step="check in a browser whether the publisher has moved; a new host is added by hand",
            )
        return target

    def _actual(self, url: str) -> str:
        """The address that is really called: the official one, or its stand-in on this machine."""
        parts = urlsplit(url)
        base = self.settings.base_urls.get(parts.hostname or "")
        return url if base is None else base.rstrip("/") + url[len(f"https://{parts.netloc}") :]

    def _bucket(self, url: str) -> TokenBucket:
        host = urlsplit(url).hostname or ""
        if host not in self._buckets:
            rate = self.settings.calls_per_minute.get(host, CALLS_PER_MINUTE.get(host, _OTHER_CALLS_PER_MINUTE))
            folder = self.settings.state_folder
            state = folder / f"calls_{re.sub(r'[^a-z0-9]', '_', host)}.json" if folder else None
            self._buckets[host] = TokenBucket(rate, self.clock, state)
        return self._buckets[host]

    def _breaker(self, publisher: str) -> Breaker:
        if publisher not in PUBLISHERS:
            raise ValueError(f"unknown publisher {publisher!r}")
        return self._breakers.setdefault(
            publisher, Breaker(self.clock, self.settings.breaker_limit, self.settings.breaker_pause)
        )


def _given_up(url: str, trouble: _Trouble, attempts: int, waited: float, wait: float) -> TransferError:
    tries = f"after {attempts} attempt{'s' if attempts > 1 else ''} and {waited:.0f} s of waiting"
    more = f"; another would wait {wait:.0f} s" if trouble.may_retry else ""
    next_step = "the last good release stays in use and the next run asks again"
    if trouble.is_question:
        next_step = (
            "compare the dataset spec with the publisher's address: `integrering sources check --live` shows both"
        )
    elif trouble.is_local:
        next_step = "make room on the disk of the data folder, then run again; nothing was kept"
    return TransferError(
        expected="a whole answer",
        found=f"{trouble.reason} {tries}{more}",
        where=_public(url),
        next_step=next_step,
    )


def _public(url: str) -> str:
    """An address as messages show it: without the query, which may be long and says little."""
    return url.split("?", 1)[0]
