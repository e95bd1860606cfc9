"""dbt as Dagster calls it: the one that is installed here, asked for its version without a network."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from dagster_dbt import DbtCliResource

from orchestration.assets.models import dbt_resource


def test_nothing_of_dagster_dbt_is_replaced() -> None:
    assert type(dbt_resource()) is DbtCliResource


def test_the_version_is_told_without_importing_dbt(tmp_path: Path) -> None:
    # a dbt package that cannot be imported, in front of the real one
    (tmp_path / "dbt").mkdir()
    (tmp_path / "dbt" / "__init__.py").write_text("raise SystemExit('dbt was imported')", encoding="utf-8")
    environment = {
        **os.environ,
        "INTEGRERING_PYTHON": sys.executable,
        "PYTHONPATH": str(tmp_path),
        "PATH": "/usr/bin:/bin",
    }
    command = dbt_resource().dbt_executable
    told = subprocess.run([command, "--version"], env=environment, capture_output=True, text=True, check=True).stdout
    assert told.strip() == version("dbt-core")
    called = subprocess.run([command, "parse"], env=environment, capture_output=True, text=True, check=False)
    assert called.returncode != 0
    assert "dbt was imported" in called.stderr
