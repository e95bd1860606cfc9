"""Where a call may go: redirects, hosts outside the allow-list, certificates and proxies (fault 7).

Here: addresses. Not here: what comes back from a right one (test_http_faults.py).
"""

import shutil
import socket
import ssl
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from sources.errors import TransferError
from sources.http.client import HttpClient, HttpSettings
from sources.http.content import expect_semicolon_csv
from sources.http.limits import RetryRule
from tests.support.live_upstream import (
    IMDI,
    ROOMY,
    SETTLED,
    SSB,
    TRICKLE,
    PatientClock,
    download,
    http_for,
)
from trials.local_upstream.server import LocalUpstream


@pytest.mark.parametrize(
    "target",
    [
        "https://login.example.org/",
        "http://app-simapi-prod.azurewebsites.net/download_csv/k/x",
        "https://app-simapi-prod.azurewebsites.net.example.org/x",
        "//example.org/x",
        "file:///etc/passwd",
        "ftp://app-simapi-prod.azurewebsites.net/x",
    ],
)
def test_a_redirect_to_another_host_or_scheme_is_refused(upstream: LocalUpstream, tmp_path: Path, target: str) -> None:
    upstream.faults.switch_on("redirect", value=target)
    with pytest.raises(TransferError, match="expected an answer, or a redirect within https://app-simapi"):
        download(http_for(upstream), tmp_path)
    assert len(upstream.log) == 1


def test_a_redirect_within_the_host_is_followed(upstream: LocalUpstream, tmp_path: Path) -> None:
    upstream.faults.switch_on("redirect", times=1, value=IMDI + "?moved=1")
    answer, body = download(http_for(upstream), tmp_path)
    assert answer.url == IMDI + "?moved=1"
    assert body.startswith(b"Enhet;")


def test_redirects_in_a_circle_end(upstream: LocalUpstream, tmp_path: Path) -> None:
    upstream.faults.switch_on("redirect", value=IMDI)
    with pytest.raises(TransferError, match="a redirect"):
        download(http_for(upstream), tmp_path)
    assert len(upstream.log) == 4


def test_a_question_is_never_sent_on_to_where_a_redirect_points(upstream: LocalUpstream, tmp_path: Path) -> None:
    upstream.faults.switch_on("redirect", value=IMDI)
    with pytest.raises(TransferError, match="a redirect"):
        http_for(upstream).download(
            "imdi", IMDI, tmp_path / "b", check=expect_semicolon_csv, accept="text/csv", json_body={"a": 1}
        )
    assert len(upstream.log) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://data.ssb.no/api",
        "https://example.org/",
        "https://data.ssb.no.example.org/",
        "https://user@data.ssb.no/",
        "https://data.ssb.no:8443/",
        "https://www.nav.no/",
        "file:///etc/passwd",
    ],
)
def test_hosts_outside_the_allow_list_are_never_called(url: str) -> None:
    with pytest.raises(TransferError, match=r"expected an https address on data\.ssb\.no"):
        HttpClient(clock=PatientClock().as_clock()).get("ssb", url)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1, made for this test."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not on this machine")
    made = tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(tmp_path / "key.pem"), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made


def test_over_tls_a_body_arrives_a_trickle_is_cut_and_an_unknown_certificate_refused(
    settled: Path, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    upstream = LocalUpstream(settled)
    upstream._server.socket = context.wrap_socket(upstream._server.socket, server_side=True)
    with upstream:
        secure = {host: base.replace("http://", "https://") for host, base in upstream.base_urls.items()}
        with pytest.raises(TransferError, match="the certificate or the secure connection was refused after 1 attempt"):
            download(http_for(upstream, base_urls=secure), tmp_path)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert download(http_for(upstream, base_urls=secure), tmp_path)[1] == SETTLED.encode("latin-1")
        limits = replace(ROOMY, total=0.7, grace=600)
        for fault in ("slow", "slow_headers"):
            upstream.faults.switch_on(fault, times=1, value=TRICKLE)
            with pytest.raises(TransferError, match="no whole answer within"):
                download(http_for(upstream, base_urls=secure, time_limits=limits), tmp_path)


def test_a_proxy_of_the_environment_is_used_and_not_for_this_machine(
    upstream: LocalUpstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
        for name in ("https_proxy", "http_proxy", "NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)

        def refuse() -> None:
            connection, _ = listener.accept()
            asked.append(connection.recv(1000))
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            connection.close()

        worker = threading.Thread(target=refuse)
        worker.start()
        http = HttpClient(HttpSettings(retry=RetryRule(attempts=1)), PatientClock().as_clock())
        with pytest.raises(TransferError, match="the proxy did not pass the call on"):
            http.get("ssb", SSB)
        worker.join(5)
        assert asked[0].startswith(b"CONNECT data.ssb.no:443 ")
        assert download(http_for(upstream), tmp_path)[0].status == 200
