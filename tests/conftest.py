"""Fixtures every test may use: where the real files lie, and no network beyond loopback."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.pipeline import Installation
from tests.small_tables import write_tables

SHARED = Path(__file__).parents[2] / "shared"
os.environ.update(DAGSTER_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1", DBT_SEND_ANONYMOUS_USAGE_STATS="false")


# CI judges a change, not the luck of a draw: there the property tests draw the same examples every time
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

LONGEST_FIRST = ("test_sensors_dev", "small", "real", "demo")
"""Groups of tests that take minutes: the daemon, and the installations that tests share."""

_SHARED = (r"\b(real|demo|small): Installation", r"\b(shared_build)\(\)", r"\b(Build)\(\)")
"""What is made once a process and shared by files: an installation, the published build, the compiled models."""


def group_of(stem: str) -> str:
    """The group of a test file: what its tests share with those of other files, or the file itself."""
    path = Path(__file__).parent / f"{stem}.py"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    asked = (re.search(pattern, text) for pattern in _SHARED)
    return next((found.group(1) for found in asked if found), stem)


class GroupScheduling(LoadScopeScheduling):
    """Tests of one installation, or of one file, stay on one worker, so that an installation is made once."""

    def _split_scope(self, nodeid: str) -> str:
        stem = Path(nodeid.split("::", 1)[0]).stem
        return self._groups.setdefault(stem, group_of(stem))

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        self._groups: dict[str, str] = {}


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    return GroupScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest groups first, so that the two workers end together."""
    place = {group: number for number, group in enumerate(LONGEST_FIRST)}
    stems = {item.path.stem for item in items}
    order = {stem: place.get(group_of(stem), len(place)) for stem in stems}
    items.sort(key=lambda item: order[item.path.stem])


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
