"""The unit tests beside the models, and generic tests on wrong rows, run by dbt on the small installation's relations."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml

from orchestration.build.dbt_project import dbt_environment
from orchestration.workspace import DBT_PROJECT
from tests.support import payments_build
from tests.support.pipeline import Installation, borrowed
from tests.support.published_build import regions
from warehouse.paths import DataFolder
from warehouse.settings import Settings


def dbt(folder: DataFolder, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """One call of dbt on an installation; ``more``: variables of its environment."""
    environment = {**os.environ, **dbt_environment(folder, Settings(data_dir=folder.root)), **more}
    return subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", *command, "--project-dir", str(DBT_PROJECT)],
        env=environment, cwd=folder.root, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def tried(small: Installation) -> Iterator[dict[str, dict[str, Any]]]:
    """What dbt says of unit tests and of codes, by name, where two codes of a mart are not declared. One call for both."""
    with borrowed(small) as installation:
        folder = DataFolder(installation.data)
        with duckdb.connect(str(folder.build_file)) as connection:
            connection.execute("update marts.cadence set scope = 'county' where scope = 'dataset'")
            connection.execute("update marts.cadence set supplement_frequency = null")
        answer = dbt(folder, "test", "--select", "test_type:unit", "test_name:accepted_codes")
        assert answer.returncode == 1, answer.stdout[-3000:]
        results = json.loads((folder.dbt_target / "run_results.json").read_text(encoding="utf-8"))["results"]
        for result in results:
            if result["failures"] and result["compiled_code"]:
                with duckdb.connect(str(folder.build_file), read_only=True) as connection:
                    shown = connection.execute(result["compiled_code"])
                    result["shown"] = [[name for name, *_ in shown.description], *shown.fetchall()]
        yield {result["unique_id"].split(".", 2)[-1]: result for result in results}


def test_the_unit_tests_of_the_models_pass(tried: dict[str, dict[str, Any]]) -> None:
    """A run leaves them out: they try models on made-up rows, not the data of a run."""
    results = [result for result in tried.values() if result["unique_id"].startswith("unit_test.")]
    assert {result["status"] for result in results} <= {"pass", "success"}
    assert len(results) >= 12


def test_a_code_that_is_not_declared_fails_and_is_shown_under_its_column(tried: dict[str, dict[str, Any]]) -> None:
    results = {name.split(".")[0]: result for name, result in tried.items() if result["unique_id"].startswith("test.")}
    assert len(results) >= 5
    assert [name for name, result in results.items() if result["status"] != "pass"] == ["accepted_codes_of_cadence"]
    failed = results["accepted_codes_of_cadence"]
    assert failed["failures"] == 1
    names, *rows = failed["shown"]
    assert names == ["scope", "recommended_frequency", "supplement_frequency"]
    assert rows == [("county", None, None)]


def test_declared_keys_of_large_intermediate_models_hold(small: Installation) -> None:
    """What a build does not count at each run, since it is millions of rows."""
    folder = DBT_PROJECT / "models" / "intermediate"
    listed = [
        model for path in folder.rglob("*.yml") for model in yaml.safe_load(path.read_text("utf-8")).get("models", [])
    ]
    keys = {model["name"]: model["config"]["meta"]["key"] for model in listed if "config" in model}
    assert len(keys) > 5
    with duckdb.connect(str(DataFolder(small.data).build_file), read_only=True) as connection:
        for name, key in keys.items():
            sql = f"select count(*), count(distinct ({', '.join(key)})) from intermediate.{name}"
            ((rows, distinct),) = connection.execute(sql).fetchall()
            assert rows == distinct, name


def test_a_stand_in_has_no_column_that_its_model_lacks(small: Installation) -> None:
    """Models that tests put in the place of others, which would go on passing when the others change."""
    files = sorted((Path(__file__).parents[1] / "support").glob("*_stand_ins/*.sql"))
    selects = [(path.stem, re.sub(r"\{\{.*?\}\}", "", path.read_text(encoding="utf-8"))) for path in files]
    selects += [(name.partition(".")[2], f"from ({rows})") for name, rows in payments_build.STAND_INS.items()]
    assert len(selects) > 10
    with duckdb.connect() as connection:
        connection.execute("create schema landing")
        connection.register("areas", pa.Table.from_pylist(regions()))
        connection.execute("create table landing.stand_in_region as from areas")
        connection.execute(f"attach '{DataFolder(small.data).build_file}' as build (read_only)")
        for name, select in selects:
            columns = [column for column, *_ in connection.execute(select).description]
            sql = "select column_name from duckdb_columns() where database_name = 'build' and table_name = ?"
            assert set(columns) <= {column for (column,) in connection.execute(sql, [name]).fetchall()}, name


def test_slices_are_not_built_into_a_table_that_is_not_there(small: Installation) -> None:
    """The branches of the model would give the changed datasets alone, and nobody would miss the others."""
    table = "int_region__today_apart"
    with borrowed(small) as installation:
        folder = DataFolder(installation.data)
        with duckdb.connect(str(folder.build_file)) as connection:
            connection.execute(f"drop table intermediate.{table}")
        answer = dbt(folder, "run", "--select", table, INTEGRERING_CHANGED_DATASETS="imdi_bosatt_anmodede")
        assert answer.returncode == 1
        assert "to add the changed slices to; found none" in answer.stdout
        with duckdb.connect(str(folder.build_file), read_only=True) as connection:
            assert not connection.execute("from duckdb_tables() where table_name = ?", [table]).fetchall()
