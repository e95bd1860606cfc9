"""The unit tests that stand beside the models, run by dbt itself on the small installation's relations."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from orchestration.dbt_project import dbt_environment
from orchestration.workspace import DBT_PROJECT
from tests.pipeline import Installation
from warehouse.paths import DataFolder
from warehouse.settings import Settings


def test_the_unit_tests_of_the_models_pass(small: Installation, tmp_path: Path) -> None:
    """A run leaves them out: they try models on made-up rows, not the data of a run."""
    folder = DataFolder(tmp_path)
    folder.build.mkdir(parents=True)
    shutil.copy(DataFolder(small.data).build_file, folder.build_file)
    command = [
        sys.executable,
        "-m",
        "dbt.cli.main",
        "test",
        "--select",
        "test_type:unit",
        "--project-dir",
        str(DBT_PROJECT),
    ]
    environment = {**os.environ, **dbt_environment(folder, Settings(data_dir=tmp_path))}
    answer = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout[-3000:]
    results = json.loads((folder.dbt_target / "run_results.json").read_text(encoding="utf-8"))["results"]
    assert {result["status"] for result in results} <= {"pass", "success"}
    assert len(results) >= 4
