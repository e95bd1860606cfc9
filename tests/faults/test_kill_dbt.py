"""kill -9 while dbt writes its own files: half a manifest or half of its parse cache blocks no later run.

Here: a small dbt project, parsed by the product's own code. Not here: kills of whole runs (test_whole_runs.py) or at our own
steps to the disk (test_kill_boundaries.py).
"""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.build import dbt_project
from orchestration.build.dbt_command import Called, call_dbt
from orchestration.build.dbt_project import dbt_environment, ensure_manifest, parsed_project
from orchestration.build.dbt_results import require_passed
from orchestration.build.preparation import prepare_build
from orchestration.workspace import Workspace
from warehouse.errors import VerificationFailed, WarehouseError
from warehouse.paths import DataFolder
from warehouse.settings import Settings

NOW = datetime(2026, 11, 29, tzinfo=UTC)

KILLED_WRITING = """
import builtins, os, signal, sys
from dbt.cli.main import dbtRunner
real, (name, project) = builtins.open, sys.argv[1:]

class Half:
    def __init__(self, handle): self.handle = handle
    def __enter__(self): return self
    def __exit__(self, *_): self.handle.close()
    def write(self, content):
        self.handle.write(content[: len(content) // 2])
        self.handle.flush()
        os.kill(os.getpid(), signal.SIGKILL)

def opened(path, mode="r", *given, **named):
    handle = real(path, mode, *given, **named)
    return Half(handle) if "w" in mode and str(path).endswith(name) else handle

builtins.open = opened
dbtRunner().invoke(["--quiet", "parse", "--project-dir", project])
"""
"""dbt itself, ended in the middle of writing the file of a name."""

PROFILE = """integrering:
  target: duckdb
  outputs: {duckdb: {type: duckdb, path: "{{ env_var('INTEGRERING_BUILD_FILE') }}"}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    text = "name: small\nversion: 1.0.0\nprofile: integrering\nflags: {send_anonymous_usage_stats: false}\n"
    (folder / "dbt_project.yml").write_text(text, encoding="utf-8")
    (folder / "profiles.yml").write_text(PROFILE, encoding="utf-8")
    (folder / "models" / "one.sql").write_text("select 1 as number", encoding="utf-8")
    monkeypatch.setattr(dbt_project, "DBT_PROJECT", folder)
    return folder


def _kill_in(name: str, folder: DataFolder, project: Path) -> Path:
    """dbt, killed while it writes a file of this name; the torn file."""
    call = subprocess.run(
        [sys.executable, "-c", KILLED_WRITING, name, str(project)],
        env={**os.environ, **dbt_environment(folder, Settings(data_dir=folder.root))},
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert call.returncode == -signal.SIGKILL, call.stdout + call.stderr
    return folder.dbt_target / name


def test_a_kill_while_dbt_writes_blocks_no_later_run(project: Path, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    assert _kill_in("partial_parse.msgpack", folder, project).stat().st_size > 0
    torn = _kill_in("manifest.json", folder, project)
    with pytest.raises(json.JSONDecodeError):
        json.loads(torn.read_bytes())
    whole = ensure_manifest(folder, Settings(data_dir=folder.root), NOW).read_bytes()
    assert "model.small.one" in json.loads(whole)["nodes"]


def test_a_parsed_project_that_is_torn_is_parsed_again_by_dbt(project: Path, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    settings = Settings(data_dir=folder.root)
    manifest = ensure_manifest(folder, settings, NOW)
    assert "model.small.one" in parsed_project(manifest).nodes
    kept = manifest.with_suffix(".msgpack")
    kept.write_bytes(kept.read_bytes()[:100])
    folder.build.mkdir(exist_ok=True)
    called = call_dbt(["build"], dbt_environment(folder, settings), parsed_project(manifest), quiet=True)
    assert [(one.unique_id, one.status) for one in called.results] == [("model.small.one", "success")]


def test_half_a_manifest_is_not_taken(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.dbt_target.mkdir(parents=True)
    (folder.dbt_target / "manifest.json").write_text('{"nodes": {', encoding="utf-8")
    monkeypatch.setattr(dbt_project, "call_dbt", lambda *_, **__: Called((), ""))
    with pytest.raises(WarehouseError, match="not whole"):
        ensure_manifest(folder, Settings(data_dir=folder.root), NOW)
    assert not list(project.rglob("parsed/*.json"))


def test_results_that_cannot_be_read_vouch_for_nothing(tmp_path: Path) -> None:
    results = tmp_path / "run_results.json"
    for content in (None, '{"results": [{"unique_id": "test.integ', "{}"):
        if content is not None:
            results.write_text(content, encoding="utf-8")
        with pytest.raises(VerificationFailed, match="run the models too"):
            require_passed(results)


def test_a_declared_reader_is_no_part_of_a_build_that_could_fail(tmp_path: Path) -> None:
    """dbt lists exposures among its results as `no-op`; a test that did nothing does not pass by that word."""
    results = tmp_path / "run_results.json"
    passed = {"unique_id": "test.integrering.x", "status": "pass"}
    reader = {"unique_id": "exposure.integrering.bi_tools", "status": "no-op"}
    results.write_text(json.dumps({"results": [passed, reader]}), encoding="utf-8")
    require_passed(results)
    idle = {"unique_id": "test.integrering.y", "status": "no-op"}
    results.write_text(json.dumps({"results": [passed, idle]}), encoding="utf-8")
    with pytest.raises(VerificationFailed, match=r"not passed: test\.integrering\.y"):
        require_passed(results)


def test_the_results_of_an_earlier_build_do_not_vouch_for_one_that_was_ended_half_way(tmp_path: Path) -> None:
    workspace = Workspace(Settings(data_dir=tmp_path))
    results = workspace.folder.dbt_target / "run_results.json"
    results.parent.mkdir(parents=True)
    passed = {"unique_id": "test.integrering.x", "status": "pass"}
    results.write_text(json.dumps({"results": [passed]}), encoding="utf-8")
    require_passed(results)
    prepare_build(workspace)
    with pytest.raises(VerificationFailed, match="run the models too"):
        require_passed(results)
