"""The generic tests, asked by ourselves: the answers are dbt's own.

Here: one small project beside dbt's own `test`, and that no test of the real project says something else from run to run. Not
here: what the real tests look for (tests/models).
"""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from orchestration.build import models
from orchestration.build.dbt_command import Called, NodeResult, call_dbt, failures_of
from orchestration.build.dbt_project import ensure_manifest
from orchestration.build.dbt_results import require_passed, results_file
from orchestration.build.generic_tests import ask_generic_tests
from orchestration.workspace import Workspace, present
from warehouse.errors import VerificationFailed
from warehouse.paths import DataFolder
from warehouse.settings import Settings

PROFILE = """small:
  target: duckdb
  outputs: {duckdb: {type: duckdb, path: "{{ env_var('INTEGRERING_BUILD_FILE') }}"}}
"""
TESTS = """models:
  - name: one
    columns:
      - name: number
        data_tests: [unique, not_null, {accepted_values: {arguments: {values: [1, 2], quote: false}, config: {severity: warn}}}]
      - {name: absent, data_tests: [not_null]}
      - {name: other, data_tests: [not_null: {config: {error_if: '>2', warn_if: '>1'}}]}
      - {name: last, data_tests: [not_null: {config: {error_if: '>2'}}]}
  - name: two
    columns: [{name: number, data_tests: [{relationships: {arguments: {to: ref('one'), field: number}}}]}]
"""
MODEL = """select * from (values (1, null, null), (1, null, null), (3, 1, 1)) as t(number, other, last)"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "models").mkdir()
    text = "name: small\nprofile: small\nflags: {send_anonymous_usage_stats: false}\nmodels: {+materialized: table}\n"
    (tmp_path / "dbt_project.yml").write_text(text, encoding="utf-8")
    (tmp_path / "profiles.yml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "models" / "one.sql").write_text(MODEL, encoding="utf-8")
    (tmp_path / "models" / "two.sql").write_text("select 4 as number from {{ ref('one') }} limit 1", encoding="utf-8")
    (tmp_path / "models" / "all.yml").write_text(TESTS, encoding="utf-8")
    paths = {name: str(tmp_path) for name in ("DBT_PROJECT_DIR", "DBT_PROFILES_DIR")}
    target = str(tmp_path / "target")
    file = str(tmp_path / "build.duckdb")
    return {"INTEGRERING_BUILD_FILE": file, "DBT_TARGET_PATH": target, "DBT_LOG_PATH": target, **paths}


def test_the_answers_are_those_of_dbt(environment: dict[str, str], tmp_path: Path) -> None:
    """Passed, failed, warned, and one whose column is not there: with the same number of rows found."""
    compiled = call_dbt(["compile", "--select", "test_type:generic", "--no-populate-cache"], environment, quiet=True)
    assert compiled.problem == "" and not Path(environment["INTEGRERING_BUILD_FILE"]).exists()
    manifest = tmp_path / "kept.json"
    manifest.write_bytes((tmp_path / "target" / "manifest.json").read_bytes())
    built = call_dbt(["run"], environment, quiet=True).results
    asked = ask_generic_tests(manifest, tmp_path / "build.duckdb", Settings(), built)
    by_dbt = call_dbt(["test"], environment, quiet=True)
    assert {(one.unique_id, one.status, one.failures) for one in asked} == {
        (one.unique_id, one.status, one.failures) for one in by_dbt.results
    }
    assert sorted(one.status for one in asked) == ["error", "fail", "fail", "pass", "warn", "warn", "warn"]
    said = failures_of(asked)
    assert "absent" in said and "unique_one_number" in said and "Got 1 rows" in said


def test_what_was_not_built_is_not_asked(environment: dict[str, str], tmp_path: Path) -> None:
    call_dbt(["compile", "--select", "test_type:generic", "--no-populate-cache"], environment, quiet=True)
    manifest, file = tmp_path / "target" / "manifest.json", tmp_path / "build.duckdb"
    one, two = (NodeResult(f"model.small.{name}", "success", 0.1, None, "") for name in ("one", "two"))
    assert ask_generic_tests(manifest, file, Settings(), [replace(one, status="error")]) == ()
    assert ask_generic_tests(manifest, file, Settings(), [replace(one, status="error"), two]) == ()
    assert ask_generic_tests(manifest, file, Settings(), []) == ()


def test_one_that_fails_is_a_problem_of_the_build_and_stops_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = NodeResult("model.small.one", "success", 0.1, None, "")
    failed = NodeResult("test.small.unique", "fail", 0.1, 3, "Got 3 rows, wanted none")
    workspace = Workspace(Settings(data_dir=tmp_path))
    workspace.folder.dbt_target.mkdir(parents=True)
    monkeypatch.setattr(models, "parsed_project", lambda manifest: None)
    monkeypatch.setattr(models, "call_dbt", lambda *_, **__: Called((built,), ""))
    monkeypatch.setattr(models, "ask_generic_tests", lambda *_: (failed,))
    called = models.build_models(workspace, SimpleNamespace(full=True, environment={}), tmp_path, quiet=True)
    assert called.results == (built, failed)
    assert called.problem == "test.small.unique: Got 3 rows, wanted none"
    with pytest.raises(VerificationFailed, match=r"not passed: test\.small\.unique"):
        require_passed(results_file(workspace.folder))


def test_no_generic_test_of_the_project_depends_on_the_run(tmp_path: Path) -> None:
    """They are compiled once on a machine: a macro that asks the run (its environment, the engine) would be asked only then."""
    kept = ensure_manifest(DataFolder(tmp_path), Settings(data_dir=tmp_path), present())
    manifest = json.loads(kept.read_text(encoding="utf-8"))
    generic = [n for n in manifest["nodes"].values() if n["resource_type"] == "test" and n.get("test_metadata")]
    assert len(generic) > 100
    for node in generic:
        assert node["compiled_code"].strip()
        assert any(name.startswith(("model.", "seed.")) for name in node["depends_on"]["nodes"])
        assert (node["config"]["limit"], node["config"]["store_failures"]) == (None, None)
        waiting, seen = list(node["depends_on"]["macros"]), set()
        while waiting:
            if (name := waiting.pop()) not in seen:
                seen.add(name)
                waiting += manifest["macros"][name]["depends_on"]["macros"]
        ours = [manifest["macros"][name]["macro_sql"] for name in seen if name.startswith("macro.integrering.")]
        assert not [sql for sql in ours if "env_var(" in sql or "run_query(" in sql or "statement(" in sql]
