"""One attempt at one HTTP call: time limits, minimum rate, size cap after decompression, whole bodies only.

Here: everything between the socket and the bytes. Not here: whether to call, or to try again (http.py).
"""

from __future__ import annotations

import ipaddress
import os
import socket
import threading
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError

from sources.http.limits import Clock, TimeLimits

ERROR_BODY_BYTES = 8_192
"""How much of an error answer is read: enough for its message, too little to matter."""

_CHUNK = 65_536
_NETWORK_PROBLEMS = (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError)


class Failure(Exception):
    """One attempt failed for a named reason; ``may_retry`` says whether another attempt makes sense.

    ``is_local``: this machine failed, not the publisher.
    """

    def __init__(self, reason: str, *, may_retry: bool, is_local: bool = False) -> None:
        self.reason = reason
        self.may_retry = may_retry
        self.is_local = is_local
        super().__init__(reason)


@dataclass(frozen=True)
class Reply:
    """Status and headers of an answer; ``excerpt`` is the start of the body when the status is not 200."""

    status: int
    headers: Mapping[str, str]
    excerpt: bytes = b""
    body_bytes: int = 0


class _Watchdog:
    """Ends the connection when the whole attempt takes too long, even while a read is blocked byte by byte."""

    def __init__(self, seconds: float) -> None:
        self.fired = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._fire)
        self._timer.daemon = True

    def __enter__(self) -> _Watchdog:
        _current.watchdog = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        _current.watchdog = None

    def guard(self, connection_socket: socket.socket | None) -> None:
        self._socket = connection_socket
        if self.fired:
            self._fire()

    def _fire(self) -> None:
        self.fired = True
        if self._socket is not None:
            try:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                return


_current = threading.local()


class _Watched:
    """A connection that tells the watchdog of its thread which socket is waiting for an answer."""

    def getresponse(self) -> Any:
        watchdog = getattr(_current, "watchdog", None)
        if watchdog is not None:
            watchdog.guard(self.sock)
        return super().getresponse()


class _WatchedHttp(_Watched, HTTPConnection):
    pass


class _WatchedHttps(_Watched, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _WatchedHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHttps


_POOLS = {"http": _HttpPool, "https": _HttpsPool}


class _Adapter(HTTPAdapter):
    """requests' adapter with watched connections, directly and through a proxy; it never retries by itself."""

    def __init__(self) -> None:
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class Transport:
    """Sends one request and writes a whole body to a sink, or raises `Failure`.

    Cookies are never kept, redirects never followed, no credentials taken from a netrc file. Proxies and a CA bundle
    are taken from the environment (HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE), as municipal networks need them.
    """

    def __init__(self, limits: TimeLimits, clock: Clock, user_agent: str) -> None:
        self.limits = limits
        self.clock = clock
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.clear()
        self._session.headers.update({"User-Agent": user_agent, "Accept-Encoding": "gzip"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter())

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        sink: BinaryIO,
        max_bytes: int,
        headers_only: bool = False,
    ) -> Reply:
        """One attempt. A 200 body goes whole into ``sink`` (at most ``max_bytes`` after decompression).

        ``headers_only`` closes the connection once the headers are here. Raises Failure.
        """
        with _Watchdog(self.limits.total) as watchdog:
            try:
                response = self._session.request(
                    method,
                    url,
                    headers=dict(headers),
                    data=body,
                    stream=True,
                    allow_redirects=False,
                    timeout=(self.limits.connect, self.limits.read),
                    proxies=_proxies(url),
                    verify=os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True,
                )
                with response:
                    reply = self._receive(response, sink, max_bytes, headers_only)
                if watchdog.fired:
                    raise Failure(f"no whole answer within {self.limits.total:g} s", may_retry=False)
                return reply
            except Failure:
                raise
            except _NETWORK_PROBLEMS as problem:
                if watchdog.fired:
                    raise Failure(f"no whole answer within {self.limits.total:g} s", may_retry=False) from problem
                raise _named(problem) from problem

    def _receive(self, response: requests.Response, sink: BinaryIO, max_bytes: int, headers_only: bool) -> Reply:
        headers = CaseInsensitiveDict(response.headers)
        if headers_only:
            return Reply(response.status_code, headers)
        if response.status_code != 200:
            return Reply(response.status_code, headers, excerpt=self._excerpt(response))
        size = 0
        for piece in self._decoded(response, max_bytes):
            size += len(piece)
            if size > max_bytes:
                raise Failure(f"the body is over the limit of {max_bytes} bytes", may_retry=False)
            _keep(sink, piece)
        _keep(sink, b"")
        return Reply(200, headers, body_bytes=size)

    def _excerpt(self, response: requests.Response) -> bytes:
        """The start of an error body; a body that cannot be read changes nothing about the status."""
        parts: list[bytes] = []
        try:
            for piece in self._decoded(response, ERROR_BODY_BYTES):
                parts.append(piece)
                if sum(map(len, parts)) >= ERROR_BODY_BYTES:
                    break
        except (Failure, *_NETWORK_PROBLEMS):
            pass
        return b"".join(parts)[:ERROR_BODY_BYTES]

    def _decoded(self, response: requests.Response, max_bytes: int) -> Iterator[bytes]:
        """The body's bytes with the transfer compression undone in pieces of bounded size."""
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding in ("", "identity"):
            yield from self._raw(response)
        elif encoding in ("gzip", "x-gzip"):
            yield from _gunzip(self._raw(response), max_bytes)
        else:
            raise Failure(f"the body came in an encoding that was not asked for: {encoding[:20]}", may_retry=False)

    def _raw(self, response: requests.Response) -> Iterator[bytes]:
        """The bytes as they arrive, watched for deadline and minimum rate. `read1` never waits for a full chunk."""
        started, received = self.clock.monotonic(), 0
        while True:
            piece = response.raw.read1(_CHUNK, decode_content=False)
            if not piece:
                return
            received += len(piece)
            seconds = self.clock.monotonic() - started
            if seconds > self.limits.total:
                raise Failure(f"no whole answer within {self.limits.total:g} s", may_retry=False)
            if seconds > self.limits.grace and received / seconds < self.limits.minimum_bytes_per_second:
                raise Failure(f"only {received} bytes in {seconds:.0f} s", may_retry=False)
            yield piece


def _keep(sink: BinaryIO, piece: bytes) -> None:
    """Write to the file on its way in; an empty piece flushes. A full disk must not look like a broken connection."""
    try:
        if piece:
            sink.write(piece)
        else:
            sink.flush()
    except OSError as problem:
        reason = f"the body could not be written to disk ({problem.strerror or type(problem).__name__})"
        raise Failure(reason, may_retry=False, is_local=True) from problem


def _gunzip(pieces: Iterator[bytes], max_bytes: int) -> Iterator[bytes]:
    """Undo gzip in bounded memory. A stream that is damaged or ends early is an error, never a shorter body."""
    stream = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            while piece:
                if stream.eof:
                    stream = zlib.decompressobj(wbits=31)
                yield stream.decompress(piece, min(1 << 20, max_bytes + 1))
                piece = stream.unconsumed_tail or stream.unused_data
    except zlib.error as problem:
        raise Failure("the compressed body is damaged", may_retry=True) from problem
    if not stream.eof:
        raise Failure("the compressed body ends early", may_retry=True)


def _proxies(url: str) -> dict[str, str]:
    return {} if is_loopback(url) else get_environ_proxies(url)


def is_loopback(url: str) -> bool:
    """Whether an address names this machine itself."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _named(problem: Exception) -> Failure:
    """The reason in words that hold no local path, and whether it may pass by itself."""
    inner = problem.args[0] if problem.args else None
    if isinstance(problem, requests.exceptions.SSLError):
        return Failure("the certificate or the secure connection was refused", may_retry=False)
    if isinstance(problem, requests.exceptions.ProxyError):
        return Failure("the proxy did not pass the call on", may_retry=True)
    if isinstance(problem, requests.exceptions.ConnectTimeout):
        return Failure("no connection in time", may_retry=True)
    if isinstance(getattr(inner, "reason", None), NameResolutionError):
        return Failure("the host name was not resolved", may_retry=True)
    if isinstance(problem, requests.exceptions.ReadTimeout | urllib3.exceptions.ReadTimeoutError | TimeoutError):
        return Failure("no bytes in time", may_retry=True)
    if isinstance(problem, urllib3.exceptions.ProtocolError | HTTPException):
        return Failure("the body ended before its end or the connection was reset", may_retry=True)
    if isinstance(problem, requests.exceptions.ConnectionError | OSError):
        return Failure("the connection was refused or reset", may_retry=True)
    return Failure(f"the answer could not be read ({type(problem).__name__})", may_retry=False)
