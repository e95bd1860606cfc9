"""End to end: a real `dagster dev` with daemon and sensors against publishers on this machine, killed in the middle.

The daemon is killed with -9 after a tick has seen the news and before the run has ended; a new one does the work once.
"""

import ipaddress
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from tests.support.listening import listening, quiet_port
from tests.support.live_upstream import write_release
from tests.support.pipeline import PROJECT, Installation, borrowed
from tests.support.small_upstream import CHILDREN, CHILDREN_LATER, write_small_upstream
from trials.local_upstream.server import LocalUpstream

pytestmark = pytest.mark.xdist_group("daemon")

PATIENCE = 480.0
"""Seconds a single step may take on a loaded machine; on a quiet one the longest takes about a minute."""

TICK_SECONDS = 3

KOSTRA_GROUP = [
    {"sourceCode": code, "sourceName": name, "targetCode": "EKG13", "targetName": "Kostragruppe 13"}
    for code, name in (("3909", "Larvik"), ("3907", "Sandefjord"))
]
"""A group of two, so that its figure can be added up by hand: Klass 131 to 112 as the API words it."""
LARVIK_AND_SANDEFJORD = 168.0 + 220


class Dev:
    """`integrering dev` in a process group of its own."""

    def __init__(self, data: Path, upstream: LocalUpstream) -> None:
        self.data = data
        self.port = quiet_port()
        environment = {
            **Installation(data).environment,
            "INTEGRERING_SOURCE": "live",
            "INTEGRERING_LOCAL_UPSTREAM": upstream.address,
            "INTEGRERING_SENSORS": "true",
            "INTEGRERING_SENSOR_SECONDS": str(TICK_SECONDS),
            "INTEGRERING_ASK_SECONDS": "2",
        }
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                _LEADER,
                sys.executable,
                "-m",
                "orchestration.cli.main",
                "dev",
                "--port",
                str(self.port),
            ],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        """kill -9 of everything in the session: the command, Dagster's own group, daemon, UI and runs."""
        for pid in _session(self.process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(30)


_LEADER = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"


def _session(leader: int) -> list[int]:
    """The processes that descend from a process, itself first."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except (OSError, IndexError):
                continue
            parents[int(entry.name)] = int(fields[1])
    found, fresh = [leader], {leader}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh}
        found += sorted(fresh)
    return found


def wait_for(what: str, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.5)
    pytest.fail(f"waited {PATIENCE:.0f} s for {what}")


def runs_of(data: Path) -> list[dg.DagsterRun]:
    home = data / "dagster"
    if not (home / "dagster.yaml").exists():
        return []
    with dg.DagsterInstance.from_config(str(home)) as instance:
        return list(reversed(instance.get_runs(dg.RunsFilter(job_name="refresh"))))


def published(data: Path) -> str | None:
    return (data / "published").resolve().name if (data / "published").exists() else None


def landed_of(data: Path, dataset_id: str) -> list[Path]:
    """The releases of a dataset in landing: what ships with the product, and what upstream gave."""
    return list((data / "landing" / "datasets" / dataset_id).iterdir())


def is_due(data: Path, dataset_id: str) -> bool:
    path = data / "upstream" / f"{dataset_id}.json"
    return path.exists() and json.loads(path.read_text())["is_due"]


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[LocalUpstream]:
    folder = write_small_upstream(tmp_path / "releases")
    write_release(folder, {"001/klass/correspondence_131_112.json": {"correspondenceItems": KOSTRA_GROUP}})
    with LocalUpstream(folder) as running:
        yield running


@pytest.fixture
def data(shipped: Installation) -> Iterator[Path]:
    """A folder with the release that ships: what the daemon does first is built on it, and not from nothing."""
    with borrowed(shipped) as changed:
        yield changed.data


def test_a_refresh_survives_the_daemons_death_and_happens_once(data: Path, upstream: LocalUpstream) -> None:
    shipped = published(data)
    figures = (
        "select cast(sum(case when indicator_id = 'kindergarten_minority_language_children' then value end) as int) as children, "
        # what ships with the product covers more than this small table, which therefore is landed and told but does not serve
        "(select count(*) from marts.fct_dataset_release where dataset_id = 'imdi_bosatt_anmodede') as releases "
        "from marts.fct_indicator_value where region_code = '3909' and year = 2021"
    )
    # what ships has no KOSTRA groups: with the first answer of Klass every figure gets one more area beside it
    beside = (
        "select kostra_group_value as value from marts.comparison_total "
        "where municipality_code = '3909' and indicator_id = 'settled_persons' and year = 2022"
    )
    dev = Dev(data, upstream)
    try:
        wait_for("the first publication", lambda: published(data) not in (None, shipped))
        wait_for("the first run to end", lambda: all(run.is_finished for run in runs_of(data)))
        first, runs_before = published(data), len(runs_of(data))
        wait_for("the UI", lambda: ("127.0.0.1", dev.port) in listening(_session(dev.process.pid)))
        addresses = {address for address, _ in listening(_session(dev.process.pid))}
        assert all(ipaddress.ip_address(address).is_loopback for address in addresses), addresses
        row = Installation(data).rows(figures)[0]
        assert row["children"] == str(CHILDREN)
        assert float(Installation(data).rows(beside)[0]["value"]) == LARVIK_AND_SANDEFJORD
        releases, landed_first = int(row["releases"]), len(landed_of(data, "ssb_12272"))

        upstream.releases.advance("ssb/12272")
        upstream.releases.advance("imdi/k/bosatt_anmodede")
        wait_for("a tick that sees both", lambda: is_due(data, "ssb_12272") and is_due(data, "imdi_bosatt_anmodede"))
    finally:
        dev.kill()
    assert published(data) == first, "killed before the run had published: the last good release is still there"

    dev = Dev(data, upstream)
    try:
        wait_for("the new figures", lambda: published(data) not in (None, first))
        wait_for("the runs to end", lambda: all(run.is_finished for run in runs_of(data)))
        row = Installation(data).rows(figures)[0]
        assert (row["children"], int(row["releases"])) == (str(CHILDREN_LATER), releases + 1)

        later = runs_of(data)[runs_before:]
        done = [run for run in later if run.status == dg.DagsterRunStatus.SUCCESS]
        assert len(done) == 1, [(run.status, run.tags) for run in later]
        assert done[0].tags["integrering/trigger"] == "upstream"
        assert done[0].tags["integrering/datasets"] == "imdi_bosatt_anmodede, ssb_12272"
        landed = {key.path[0] for key in done[0].asset_selection} & {"imdi", "ssb", "nav", "klass"}
        assert landed == {"imdi", "ssb"} and len([k for k in done[0].asset_selection if k.path[0] in landed]) == 2

        asked = len(upstream.log)
        for table in ("12272", "bosatt_anmodede"):
            wait_for(
                f"two more questions about {table}",
                lambda table=table: sum(table in line for line in upstream.log[asked:]) >= 2,
            )
        assert len(runs_of(data)) == runs_before + len(later), "a tick without news starts nothing"
        assert len(landed_of(data, "ssb_12272")) == landed_first + 1
    finally:
        dev.kill()
