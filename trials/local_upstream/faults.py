"""Faults that the local upstream can be told to show, at the level of sockets and bytes.

Here: each fault by name and how it answers. Not here: what publishers answer when nothing is wrong.
"""

import contextlib
import gzip
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from trials.local_upstream.answers import Answer

_BACKEND_FAILED = b"<html><head><title>503 Backend fetch failed</title></head><body>Guru Meditation</body></html>"
_PAGE = b"<!DOCTYPE html><html><head><title>Vi jobber med nettsiden</title></head><body></body></html>"


@dataclass
class Fault:
    """A fault for requests whose path matches; ``times`` requests long (None = until cleared).

    ``value`` is the fault's own setting: seconds for ``too_many`` (Retry-After), a target for ``redirect``, seconds a
    byte for ``slow``.
    """

    name: str
    pattern: str = ".*"
    times: int | None = None
    value: str = ""


@dataclass
class Faults:
    """The faults that are switched on, in order; the first that matches a path is shown."""

    stopping: threading.Event = field(default_factory=threading.Event)
    _on: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def switch_on(self, name: str, pattern: str = ".*", times: int | None = None, value: str = "") -> None:
        if name not in KINDS:
            raise ValueError(f"unknown fault {name!r}; known: {', '.join(sorted(KINDS))}")
        with self._lock:
            self._on.append(Fault(name, pattern, times, value))

    def clear(self) -> None:
        with self._lock:
            self._on.clear()

    def take(self, path: str) -> Fault | None:
        """The fault to show for this request, counted down."""
        with self._lock:
            for fault in self._on:
                if re.search(fault.pattern, path):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._on.remove(fault)
                    return fault
        return None


def send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    """The answer as a server without faults sends it: gzip when asked for, exact length."""
    body, headers = answer.body, dict(answer.headers)
    if body and "gzip" in handler.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
    _start(handler, answer.status, answer.content_type, {**headers, "Content-Length": str(len(body))})
    handler.wfile.write(body)


def _start(handler: BaseHTTPRequestHandler, status: int, content_type: str, headers: dict[str, str]) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    for name, value in headers.items():
        handler.send_header(name, value)
    if handler.close_connection:
        # said, or a client that keeps connections may ask its next question on this one just before it closes
        handler.send_header("Connection", "close")
    handler.end_headers()


def _status(status: int, body: bytes, content_type: str = "text/html") -> Callable[..., None]:
    def show(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
        headers = {"Retry-After": fault.value} if fault.value else {}
        send(handler, Answer(status, body, content_type, headers))

    return show


def _redirect(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    _start(handler, 302, "text/html", {"Location": fault.value, "Content-Length": "0"})


def _html(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    send(handler, Answer(200, _PAGE, answer.content_type))


def _json_error(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    send(handler, Answer(200, b'{"Message":"An error has occurred."}', answer.content_type))


def _empty(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    send(handler, Answer(200, b"", answer.content_type))


def _slow(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    """One byte at a time, for ever under any read time-out."""
    _start(handler, 200, answer.content_type, {"Content-Length": str(len(answer.body))})
    for place in range(len(answer.body)):
        handler.wfile.write(answer.body[place : place + 1])
        handler.wfile.flush()
        if faults.stopping.wait(float(fault.value or 1.0)):
            return


def _slow_headers(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not faults.stopping.wait(float(fault.value or 1.0)):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def _hang(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    """Accepts and says nothing."""
    faults.stopping.wait(float(fault.value or 30.0))


def _endless(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    """A chunked body without an end."""
    _start(handler, 200, answer.content_type, {"Transfer-Encoding": "chunked"})
    block = (answer.body or b"x")[:4096] * 16
    piece = f"{len(block):x}\r\n".encode() + block + b"\r\n"
    while not faults.stopping.is_set():
        handler.wfile.write(piece)


def _truncated(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    """The full length announced, half of it sent."""
    _start(handler, 200, answer.content_type, {"Content-Length": str(len(answer.body))})
    handler.wfile.write(answer.body[: len(answer.body) // 2])


def _truncated_chunks(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    _start(handler, 200, answer.content_type, {"Transfer-Encoding": "chunked"})
    half = answer.body[: len(answer.body) // 2]
    handler.wfile.write(f"{len(half):x}\r\n".encode() + half + b"\r\n")


def _truncated_close(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    """No length at all: only the content can show that it stops early."""
    _start(handler, 200, answer.content_type, {"Connection": "close"})
    handler.wfile.write(answer.body[: len(answer.body) // 2])


def _short_length(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    """A length smaller than the body: what follows is cut off by the protocol."""
    _start(handler, 200, answer.content_type, {"Content-Length": str(len(answer.body) - 7)})
    handler.wfile.write(answer.body)


def _broken_gzip(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    packed = bytearray(gzip.compress(answer.body))
    for place in range(20, len(packed), 40):
        packed[place] ^= 0xFF
    _start(handler, 200, answer.content_type, {"Content-Encoding": "gzip", "Content-Length": str(len(packed))})
    handler.wfile.write(bytes(packed))


def _cut_gzip(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    """The length fits, the compressed stream inside ends early."""
    packed = gzip.compress(answer.body)
    packed = packed[: len(packed) // 2]
    _start(handler, 200, answer.content_type, {"Content-Encoding": "gzip", "Content-Length": str(len(packed))})
    handler.wfile.write(packed)


def _gzip_bomb(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    """A megabyte or so that unpacks to hundreds."""
    packed = gzip.compress(answer.body[:200] + b"\n" + b"0" * (int(fault.value or 300) * 1_000_000), 1)
    _start(handler, 200, answer.content_type, {"Content-Encoding": "gzip", "Content-Length": str(len(packed))})
    handler.wfile.write(packed)


def _reset(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def _same_etag(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    """The validator never changes, whatever the bytes do."""
    send(handler, Answer(answer.status, answer.body, answer.content_type, {**answer.headers, "ETag": '"always"'}))


def _not_modified(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    _start(handler, 304, answer.content_type, {"ETag": '"always"', "Content-Length": "0"})


def _late(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    time.sleep(float(fault.value or 0.2))
    send(handler, answer)


KINDS: dict[str, Callable[[BaseHTTPRequestHandler, Answer, Fault, Faults], None]] = {
    "too_many": _status(429, b""),
    "unavailable": _status(503, _BACKEND_FAILED),
    "server_error": _status(500, b'{"Message":"An error has occurred."}', "application/json"),
    "empty_error": _status(500, b""),
    "gone": _status(404, b"<html><title>404</title></html>"),
    "forbidden": _status(403, b"<html><title>Forbidden</title></html>"),
    "redirect": _redirect,
    "html": _html,
    "json_error": _json_error,
    "empty": _empty,
    "slow": _slow,
    "slow_headers": _slow_headers,
    "hang": _hang,
    "late": _late,
    "endless": _endless,
    "truncated": _truncated,
    "truncated_chunks": _truncated_chunks,
    "truncated_close": _truncated_close,
    "short_length": _short_length,
    "broken_gzip": _broken_gzip,
    "cut_gzip": _cut_gzip,
    "gzip_bomb": _gzip_bomb,
    "reset": _reset,
    "same_etag": _same_etag,
    "not_modified": _not_modified,
}
"""Every fault by name."""


def show(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault, faults: Faults) -> None:
    """Answer with the fault and end the connection, so that no half body is read as the next answer."""
    handler.close_connection = True
    with contextlib.suppress(BrokenPipeError, ConnectionResetError, OSError):
        KINDS[fault.name](handler, answer, fault, faults)
        handler.wfile.flush()
