"""dbt as this project calls it: in the same process, with its problem as an answer and nothing left behind.

Here: one small project of a model and a test. Not here: the project's own models, or what Dagster shows of them.
"""

import os
from pathlib import Path

import duckdb
import pytest

from orchestration.build.dbt_command import call_dbt

PROFILE = """small:
  target: duckdb
  outputs: {duckdb: {type: duckdb, path: "{{ env_var('INTEGRERING_BUILD_FILE') }}"}}
"""
TEST_OF_ONE = "models: [{name: one, columns: [{name: number, data_tests: [not_null]}]}]\n"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "models").mkdir()
    text = "name: small\nprofile: small\nflags: {send_anonymous_usage_stats: false}\n"
    (tmp_path / "dbt_project.yml").write_text(text, encoding="utf-8")
    (tmp_path / "profiles.yml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "models" / "one.sql").write_text("select 1 as number", encoding="utf-8")
    (tmp_path / "models" / "one.yml").write_text(TEST_OF_ONE, encoding="utf-8")
    return {
        "INTEGRERING_BUILD_FILE": str(tmp_path / "build.duckdb"),
        "DBT_PROJECT_DIR": str(tmp_path),
        "DBT_PROFILES_DIR": str(tmp_path),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "target"),
    }


def test_a_build_leaves_the_file_closed_and_the_environment_as_it_was(environment: dict[str, str]) -> None:
    before = dict(os.environ)
    called = call_dbt(["build"], environment, quiet=True)
    assert called.problem == ""
    assert {one.unique_id.split(".")[0]: one.status for one in called.results} == {"model": "success", "test": "pass"}
    assert dict(os.environ) == before
    # with settings of its own: refused while another connection of this process holds the file
    with duckdb.connect(environment["INTEGRERING_BUILD_FILE"], config={"threads": 1}) as connection:
        assert connection.execute("select number from main.one").fetchall() == [(1,)]


def test_a_failed_test_and_a_broken_model_are_answers_in_dbts_words(environment: dict[str, str]) -> None:
    model = Path(environment["DBT_PROJECT_DIR"]) / "models" / "one.sql"
    model.write_text("select cast(null as integer) as number", encoding="utf-8")
    failed = call_dbt(["build"], environment, quiet=True)
    assert "test.small.not_null_one_number" in failed.problem
    assert [one.failures for one in failed.results if one.status == "fail"] == [1]
    model.write_text("select {{ nothing( }} as number", encoding="utf-8")
    broken = call_dbt(["build"], environment, quiet=True)
    assert broken.results == ()
    assert "one.sql" in broken.problem


def test_a_model_that_wants_more_memory_says_which_setting_gives_it(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Seen at 44 million figures: DuckDB advises its own settings, which nobody sets by hand here."""
    config = "{{ config(materialized='table', pre_hook=\"set memory_limit = '20MB'\") }}"
    sql = f"{config} select list(i) as number from range(9000000) as t(i)"
    (tmp_path / "models" / "one.sql").write_text(sql, encoding="utf-8")
    called = call_dbt(["run"], environment, quiet=True)
    assert "Out of Memory" in called.problem and "INTEGRERING_MEMORY_LIMIT" in called.problem
