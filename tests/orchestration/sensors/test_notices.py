"""Notices as they arrive: a mail server and a web hook on this machine receive what a person on duty would.

Here: the bytes that come over the wire. Not here: when somebody is told (test_sensors_dagster.py).
"""

import json
import shutil
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.sensors import notifications
from orchestration.sensors.notifications import notify
from orchestration.workspace import Workspace
from warehouse.settings import Settings

SUBJECT = "Integrering: imdi_bosatt_anmodede 1a2b er ikke tatt i bruk"
TEXT = (
    "Årene 2024 og 2025 er borte; «Ålesund» mangler.\nTa i bruk: integrering releases accept imdi_bosatt_anmodede 1a2b"
)


class _MailServer(socketserver.ThreadingTCPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.received: list[bytes] = []


class _HookServer(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.received: list[tuple[str, str, bytes]] = []


class _Mail(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a client that sends one message needs."""

    server: _MailServer

    def handle(self) -> None:
        self._say(220)
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say(354)
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.received.append(body)
                self._say(250)
            elif verb == b"QUIT":
                self._say(221)
                return
            else:
                self._say(250)

    def _say(self, code: int) -> None:
        self.wfile.write(f"{code} here\r\n".encode())


class _Hook(BaseHTTPRequestHandler):
    server: _HookServer
    status = 204

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, self.headers["Content-Type"], body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *arguments: Any) -> None: ...


def _running(server: socketserver.BaseServer) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def mail() -> Iterator[Any]:
    yield from _running(_MailServer())


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A receiver with a certificate that this test alone trusts: the setting takes https and nothing else."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on the path to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    server = _HookServer()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    yield from _running(server)


def _settings(folder: Path, **ways: str) -> Settings:
    return Settings(data_dir=folder, **ways)


def test_a_mail_arrives_with_its_norwegian_letters(mail: Any, tmp_path: Path) -> None:
    host = f"127.0.0.1:{mail.server_address[1]}"
    settings = _settings(tmp_path, notify_email="vakt@example.org", notify_sender="varsel@example.org", smtp_host=host)
    assert notify(settings, SUBJECT, TEXT) == []
    (raw,) = mail.received
    message = message_from_bytes(raw, policy=default)
    assert (message["To"], message["From"], message["Subject"]) == ("vakt@example.org", "varsel@example.org", SUBJECT)
    assert message.get_content().splitlines() == TEXT.splitlines()


def test_a_web_hook_gets_json_over_tls(hook: Any, tmp_path: Path) -> None:
    address = f"https://127.0.0.1:{hook.server_address[1]}/hooks/vakt"
    assert notify(_settings(tmp_path, notify_webhook=address), SUBJECT, TEXT) == []
    ((path, kind, body),) = hook.received
    assert (path, kind) == ("/hooks/vakt", "application/json")
    assert json.loads(body) == {"subject": SUBJECT, "text": f"{SUBJECT}\n{TEXT}"}


def test_one_way_that_fails_does_not_stop_the_other_and_tells_no_address(
    hook: Any, mail: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Hook, "status", 500)
    address = f"https://127.0.0.1:{hook.server_address[1]}/hooks/secret"
    host = f"127.0.0.1:{mail.server_address[1]}"
    settings = _settings(tmp_path, notify_webhook=address, notify_email="vakt@example.org", smtp_host=host)
    assert notify(settings, SUBJECT, TEXT) == ["webhook: HTTPError"]
    assert len(mail.received) == 1


def test_a_web_hook_with_a_certificate_nobody_vouches_for_gets_nothing(
    hook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    address = f"https://127.0.0.1:{hook.server_address[1]}/hooks/vakt"
    assert notify(_settings(tmp_path, notify_webhook=address), SUBJECT, TEXT) == ["webhook: SSLError"]
    assert hook.received == []


def test_a_held_release_that_nobody_heard_of_is_told_again(
    mail: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first tick finds no mail server; the second one does; the third has nothing new."""
    monkeypatch.setattr(notifications, "held_releases", lambda workspace: {"imdi_bosatt_anmodede 1a2b": TEXT})
    cursor, sent = None, []
    for host in ("127.0.0.1:1", f"127.0.0.1:{mail.server_address[1]}", f"127.0.0.1:{mail.server_address[1]}"):
        settings = _settings(tmp_path, notify_email="vakt@example.org", smtp_host=host)
        (_, held) = notifications.notification_sensors(Workspace(settings))
        with dg.instance_for_test() as instance:
            context = dg.build_sensor_context(instance=instance, cursor=cursor)
            held(context)
        cursor = context.cursor
        sent.append(len(mail.received))
    assert sent == [0, 1, 1]
