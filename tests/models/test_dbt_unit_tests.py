"""The unit tests beside the models, and generic tests on wrong rows, run by dbt on the small installation's relations."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

from orchestration.build.dbt_project import dbt_environment
from orchestration.workspace import DBT_PROJECT
from tests.support.pipeline import Installation
from warehouse.paths import DataFolder
from warehouse.settings import Settings


def test_the_unit_tests_of_the_models_pass(small: Installation, tmp_path: Path) -> None:
    """A run leaves them out: they try models on made-up rows, not the data of a run."""
    folder = _copy(small, tmp_path)
    answer = _dbt_test(folder, "test_type:unit")
    assert answer.returncode == 0, answer.stdout[-3000:]
    results = _results(folder)
    assert {result["status"] for result in results} <= {"pass", "success"}
    assert len(results) >= 4


def test_a_code_that_is_not_declared_fails_and_is_shown_under_its_column(small: Installation, tmp_path: Path) -> None:
    folder = _copy(small, tmp_path)
    with duckdb.connect(str(folder.build_file)) as connection:
        connection.execute("update marts.cadence set scope = 'county' where scope = 'dataset'")
        connection.execute("update marts.cadence set supplement_frequency = null")
    assert _dbt_test(folder, "test_name:accepted_codes").returncode == 1
    results = {
        result["unique_id"].split(".")[2]: result
        for result in _results(folder)
        if result["unique_id"].startswith("test.")
    }
    assert len(results) >= 5
    assert [name for name, result in results.items() if result["status"] != "pass"] == ["accepted_codes_of_cadence"]
    failed = results["accepted_codes_of_cadence"]
    assert failed["failures"] == 1
    with duckdb.connect(str(folder.build_file)) as connection:
        shown = connection.execute(failed["compiled_code"])
        assert [name for name, *_ in shown.description] == ["scope", "recommended_frequency", "supplement_frequency"]
        assert shown.fetchall() == [("county", None, None)]


def _copy(installation: Installation, tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path)
    folder.build.mkdir(parents=True)
    shutil.copy(DataFolder(installation.data).build_file, folder.build_file)
    return folder


def _dbt_test(folder: DataFolder, selection: str) -> subprocess.CompletedProcess[str]:
    dbt = [sys.executable, "-m", "dbt.cli.main", "test", "--select", selection, "--project-dir", str(DBT_PROJECT)]
    environment = {**os.environ, **dbt_environment(folder, Settings(data_dir=folder.root))}
    return subprocess.run(dbt, env=environment, cwd=folder.root, capture_output=True, text=True, check=False)


def _results(folder: DataFolder) -> list[dict[str, Any]]:
    return json.loads((folder.dbt_target / "run_results.json").read_text(encoding="utf-8"))["results"]
