"""The server itself: one port on loopback, a path prefix for each official host, and a control address.

Here: sockets, routing, the control address. Not here: what a publisher answers, or faults.

`http://127.0.0.1:PORT/data.ssb.no/api/...` stands for `https://data.ssb.no/api/...`. Control (POST, loopback only):
`/_control/advance?key=ssb/09817`, `/_control/withdraw?key=...`, `/_control/fault?name=too_many&pattern=...&times=2`,
`/_control/clear`, `/_control/reload`; GET `/_control/log` gives the requests so far.
"""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from trials.local_upstream import faults as fault_kinds
from trials.local_upstream import fhi, imdi, klass, nav, ssb
from trials.local_upstream.answers import Answer, Question, json_answer
from trials.local_upstream.faults import Faults
from trials.local_upstream.releases import Releases

HOSTS = (ssb.HOST, imdi.HOST, imdi.PAGE_HOST, nav.HOST, fhi.HOST)


class LocalUpstream:
    """A running local upstream; use as a context manager. ``base_urls`` is what `HttpSettings` takes."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.releases = Releases(folder)
        self.faults = Faults()
        self.imdi = imdi.Imdi(self.releases)
        self.ssb = ssb.Ssb(self.releases)
        self._klass, self._nav = klass.Klass(self.releases), nav.Nav(self.releases)
        self._fhi = fhi.Fhi(self.releases)
        self.log: list[str] = []
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.upstream = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_urls(self) -> dict[str, str]:
        return {host: f"{self.address}/{host}" for host in HOSTS}

    def start(self) -> LocalUpstream:
        self._thread.start()
        return self

    def stop(self) -> None:
        self.faults.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> LocalUpstream:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def answer(self, host: str, question: Question) -> Answer:
        """What the publisher behind a host answers when nothing is wrong."""
        if host == ssb.HOST:
            part = self._klass if question.path.startswith(klass.PREFIX) else self.ssb
            return part.answer(question)
        if host == imdi.HOST:
            return self.imdi.answer(question)
        if host == fhi.HOST:
            return self._fhi.answer(question)
        if host == nav.HOST:
            return self._nav.answer(question)
        if host == imdi.PAGE_HOST:
            return imdi.settlement_page(self.releases, question)
        return Answer(404)

    def control(self, command: str, query: dict[str, list[str]]) -> Answer:
        one = {name: values[0] for name, values in query.items()}
        try:
            if command == "advance":
                return json_answer({"release": self.releases.advance(one["key"])})
            if command == "withdraw":
                self.releases.withdraw(one["key"])
            elif command == "fault":
                times = int(one["times"]) if "times" in one else None
                self.faults.switch_on(one["name"], one.get("pattern", ".*"), times, one.get("value", ""))
            elif command == "clear":
                self.faults.clear()
            elif command == "reload":
                self.releases.reload()
            elif command == "log":
                return json_answer(self.log)
            else:
                return json_answer({"error": f"unknown command {command}"}, 404)
        except (KeyError, ValueError) as problem:
            return json_answer({"error": str(problem)}, 400)
        return json_answer({"done": command})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    upstream: LocalUpstream

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up in the middle is what many faults are for; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body go out in two writes, which would wait 40 ms for each other
    server: _Server

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_HEAD(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:
        """The log is kept in memory and read over the control address, not printed."""

    def _handle(self) -> None:
        upstream = self.server.upstream
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = parse_qs(parts.query, keep_blank_values=True)
        host, _, path = parts.path.lstrip("/").partition("/")
        if host == "_control":
            fault_kinds.send(self, upstream.control(path, query))
            return
        upstream.log.append(f"{self.command} /{host}/{path}")
        question = Question(
            self.command, "/" + path, query, {name.lower(): value for name, value in self.headers.items()}, body
        )
        try:
            answer = upstream.answer(host, question)
        except (ValueError, KeyError, TypeError, json.JSONDecodeError) as problem:
            answer = json_answer({"error": f"bad request: {type(problem).__name__}"}, 400)
        fault = upstream.faults.take(parts.path)
        if fault is not None:
            fault_kinds.show(self, answer, fault, upstream.faults)
        else:
            fault_kinds.send(self, answer)
