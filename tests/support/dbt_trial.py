"""dbt on a part of the project, in a DuckDB file of a test's own.

Here: a project of chosen folders with stand-ins for the models of other topics, and the call. Not here: what is in landing.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "dbt_project"


def copy_project(project: Path, folders: Iterable[str], stand_ins: Path, *, apart: Iterable[str] = ()) -> None:
    """``folders`` of the models and tests that are tried, without the models ``apart``; ``stand_ins`` are small models with the
    names and columns of others."""
    left_out = shutil.ignore_patterns("_unit_tests.yml", *(f"{name}.sql" for name in apart))
    project.mkdir(parents=True)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT / name, project / name)
    for name in ("macros", "tests/generic", *folders):
        shutil.copytree(PROJECT / name, project / name, ignore=left_out)
    shutil.copytree(stand_ins, project / "models" / "stand_ins")
    (project / "models" / "staging").mkdir()
    shutil.copy(PROJECT / "models" / "staging" / "_tables.yml", project / "models" / "staging")


def run_dbt(folder: Path, project: Path, *command: str) -> None:
    """Run dbt on ``build.duckdb`` of the folder. Fails the test with dbt's own output when a model or a dbt test fails."""
    environment = os.environ | {
        "INTEGRERING_BUILD_FILE": str(folder / "build.duckdb"),
        "INTEGRERING_TEMP_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_PROJECT_DIR": str(project),
        "DBT_PROFILES_DIR": str(project),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    run = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--quiet", *command],
        env=environment, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
