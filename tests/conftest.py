"""Fixtures every test may use: where the real files lie, and no network beyond loopback."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline import Installation
from tests.small_tables import write_tables

SHARED = Path(__file__).parents[2] / "shared"
os.environ.update(DAGSTER_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1", DBT_SEND_ANONYMOUS_USAGE_STATS="false")


LONGEST_FIRST = ("test_sensors_dev", "small", "real", "demo")
"""Groups of tests that take minutes: the installations that tests share, and the daemon."""


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Two workers share the tests: those of one installation, or of one file, stay on one of them, the longest first.

    A wrapper, since the workers read the groups in this very hook.
    """
    place = {group: number for number, group in enumerate(LONGEST_FIRST)}
    groups = {}
    for item in items:
        names = getattr(item, "fixturenames", ())
        groups[item] = next((name for name in LONGEST_FIRST if name in names), item.path.stem)
        item.add_marker(pytest.mark.xdist_group(groups[item]))
    items.sort(key=lambda item: place.get(groups[item], len(place)))
    return (yield)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real upstream files beside the checkout; tests that need it are skipped where it is absent."""
    if not (SHARED / "upstream").exists():
        pytest.skip("the real upstream files (../shared/upstream) are not on this machine")
    return SHARED


@pytest.fixture(scope="session")
def upstream(shared: Path) -> Path:
    """The real upstream files."""
    return shared / "upstream"


@pytest.fixture(scope="session")
def real(upstream: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation that has run once on the folder of real files. Read it; do not run it again."""
    installation = Installation(tmp_path_factory.mktemp("real"))
    answer = installation.call("run", "--extracts", str(upstream))
    (installation.data / "first_run.txt").write_text(
        f"{answer.returncode}\n{answer.stdout}\n{answer.stderr}", encoding="utf-8"
    )
    return installation


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation that has run once on the bundled input, as `make run` does."""
    installation = Installation(tmp_path_factory.mktemp("demo"))
    answer = installation.call("run")
    (installation.data / "first_run.txt").write_text(
        f"{answer.returncode}\n{answer.stdout}\n{answer.stderr}", encoding="utf-8"
    )
    return installation


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with one good release of five small tables. Copy it to change it."""
    folder = tmp_path_factory.mktemp("small")
    write_tables(folder / "extracts")
    installation = Installation(folder / "data")
    answer = installation.call("run", "--extracts", str(folder / "extracts"))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return installation


def _is_loopback(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = address[0]
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Any connection beyond loopback fails the test that makes it."""
    patch = pytest.MonkeyPatch()
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def refuse(self: socket.socket, address: Any) -> None:
        if not _is_loopback(address):
            raise AssertionError(f"a test tried to reach {address[0]}")

    def guarded(self: socket.socket, address: Any) -> Any:
        refuse(self, address)
        return connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> Any:
        refuse(self, address)
        return connect_ex(self, address)

    patch.setattr(socket.socket, "connect", guarded)
    patch.setattr(socket.socket, "connect_ex", guarded_ex)
    yield
    patch.undo()
