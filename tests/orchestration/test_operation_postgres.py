"""Dagster's own storage in a real Postgres, when one is on the machine: the setting of an installation on a server."""

import glob
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.runs.run import prepare_dagster_home
from tests.support.listening import quiet_port
from warehouse.paths import DataFolder
from warehouse.settings import Settings

pytest.importorskip("dagster_postgres", reason="the extra `postgres` is not installed")


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A Postgres server of this test alone, on a free port of loopback; it does not run as root."""
    # Debian keeps the server's commands out of PATH
    places = os.pathsep.join([os.environ["PATH"], *sorted(glob.glob("/usr/lib/postgresql/*/bin"))])
    initdb, pg_ctl = shutil.which("initdb", path=places), shutil.which("pg_ctl", path=places)
    if initdb is None or pg_ctl is None:
        pytest.skip("no Postgres server on this machine")
    user = {"user": "postgres"} if os.getuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="integrering-postgres-"))
    if user:
        shutil.chown(folder, "postgres")
    port = quiet_port()
    data = folder / "data"
    try:
        subprocess.run(
            [initdb, "-D", data, "-A", "trust", "-U", "dagster"], check=True, capture_output=True, cwd=folder, **user
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
        start = [pg_ctl, "-D", data, "-w", "-t", "600", "-l", folder / "log", "-o", options, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **user)
        yield f"postgresql://dagster@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [pg_ctl, "-D", data, "-m", "immediate", "stop"], check=False, capture_output=True, cwd=folder, **user
        )
        shutil.rmtree(folder, ignore_errors=True)


def test_runs_and_cursors_lie_in_postgres(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", "set by the product")
    monkeypatch.setenv("INTEGRERING_DAGSTER_POSTGRES_URL", postgres_url)
    settings = Settings(data_dir=tmp_path)
    assert settings.dagster_postgres_url == postgres_url
    home = prepare_dagster_home(DataFolder(tmp_path), settings)
    written = (home / "dagster.yaml").read_text()
    assert postgres_url not in written, "the address may hold a password: only the name of the variable is written"

    assert Settings(data_dir=tmp_path) == settings, "a child process loads the same settings from the environment"

    @dg.asset
    def figure() -> None: ...

    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert type(instance.run_storage).__name__ == "PostgresRunStorage"
        result = dg.materialize([figure], instance=instance, tags={"integrering/trigger": "test"})
        assert result.success
    with dg.DagsterInstance.from_config(str(home)) as instance:
        runs = instance.get_runs(dg.RunsFilter(tags={"integrering/trigger": "test"}))
        assert [run.status for run in runs] == [dg.DagsterRunStatus.SUCCESS]
        assert instance.get_latest_materialization_event(figure.key) is not None
    monkeypatch.delenv("INTEGRERING_DAGSTER_POSTGRES_URL")
    prepare_dagster_home(DataFolder(tmp_path), Settings(data_dir=tmp_path))
    assert "postgres" not in (home / "dagster.yaml").read_text(), "without the setting it is SQLite again"
