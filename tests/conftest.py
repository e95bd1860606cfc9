"""Fixtures every test may use: where the real files lie, and no network beyond loopback."""

import gc
import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import real_files
from tests.support.extracts import lay_out
from tests.support.pipeline import Installation
from tests.support.small_tables import write_tables

os.environ.update(DAGSTER_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1", DBT_SEND_ANONYMOUS_USAGE_STATS="false")


# how long an example takes says how loaded the machine is
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("patient", **PATIENT)
# CI judges a change, not the luck of a draw: there the property tests draw the same examples every time
settings.register_profile("ci", derandomize=True, **PATIENT)
settings.load_profile("ci" if os.environ.get("CI") or os.environ.get("INTEGRERING_SAME_EXAMPLES") else "patient")

LONGEST_FIRST = (
    *("daemon", "small", "real", "demo"),
    *("compiled_models", "published_build"),
    *(f"tests/sources/kostra/test_kostra_{name}.py" for name in ("attack", "privacy", "disclosure")),
)
"""Groups of tests that take minutes (the daemon, and the installations that tests share), then those that take half of one: what
is left for the end is short, so that the workers end together."""

INSTALLATIONS = ("real", "demo", "small")
"""Fixtures that run the product once a process; the tests that ask for one stay together."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A group for `--dist loadgroup`: what a test is marked with, the installation it asks for, or that of its file, or the file.

    The longest groups come first, so that the two workers end together.
    """
    files: dict[Path, str] = {}
    groups: dict[pytest.Item, str] = {}
    for item in items:
        mark = item.get_closest_marker("xdist_group")
        asked = [name for name in INSTALLATIONS if _is_shared(item, name)]
        if mark is not None:
            groups[item] = files[item.path] = str(mark.args[0])
        elif asked:
            groups[item] = asked[0]
            files.setdefault(item.path, asked[0])
    for item in items:
        file = str(item.path.relative_to(item.config.rootpath))
        group = groups.setdefault(item, files.get(item.path, file))
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group))
    place = {group: number for number, group in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(groups[item], len(place)))


def _is_shared(item: pytest.Item, name: str) -> bool:
    """Whether a test asks for the fixture of this file, and not for one of its own module that is called the same."""
    found = getattr(item, "_fixtureinfo", None)
    definitions = found.name2fixturedefs.get(name, ()) if found else ()
    return bool(definitions) and definitions[-1].baseid == Path(__file__).parent.name


def pytest_unconfigure() -> None:
    """What a build left out of collection (orchestration/loading.py) is let go, or DuckDB lists all of it as leaked."""
    gc.unfreeze()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What was not run is said last and loud, whatever the verbosity."""
    line = real_files.closing_line(terminalreporter.stats.get("skipped", []))
    if line:
        terminalreporter.write_sep("!", line, red=True, bold=True)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of whole real files beside the checkout; without it a test that asks is left out (support/real_files.py)."""
    if not real_files.are_at_hand():
        real_files.leave_out(os.environ)
    return real_files.SHARED


@pytest.fixture(scope="session")
def upstream(shared: Path) -> Path:
    """The real upstream files."""
    return shared / "upstream"


@pytest.fixture(scope="session")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cut-down real files, laid out as in `shared`: published figures are asserted on them in any clone."""
    folder = tmp_path_factory.mktemp("cut")
    lay_out(folder / "upstream")
    return folder


@pytest.fixture(scope="session")
def real_folder(extracts: Path) -> Path:
    """What `real` has run on: the whole real files, or the cut-down ones where those are not at hand."""
    return (real_files.SHARED if real_files.are_at_hand() else extracts) / "upstream"


def _ran(folder: Path, call: Callable[[Installation], CompletedProcess[str]]) -> Installation:
    """An installation after its first run, with what that printed."""
    installation = Installation(folder)
    said = call(installation)
    (folder / "first_run.txt").write_text(f"{said.returncode}\n{said.stdout}\n{said.stderr}", encoding="utf-8")
    return installation


@pytest.fixture(scope="session")
def real(real_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation that has run once on the real files. Read it; do not run it again."""
    return _ran(tmp_path_factory.mktemp("real"), lambda it: it.call("run", "--extracts", str(real_folder)))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation that has run once on invented figures, as `make demo` does."""
    return _ran(tmp_path_factory.mktemp("demo"), lambda it: it.call("run", "--source", "demo"))


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation that has run once on the real figures that ship, as `make run` does."""
    return _ran(tmp_path_factory.mktemp("shipped"), lambda it: it.call_cold("run"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with one good release of five small tables, made by `--only` in a new folder. Copy it to change it."""
    folder = tmp_path_factory.mktemp("small")
    write_tables(folder / "extracts")
    installation = Installation(folder / "data")
    answer = installation.call("run", "--extracts", str(folder / "extracts"), "--only", "imdi_*")
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
