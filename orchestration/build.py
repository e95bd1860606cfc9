"""Preparing a build and finishing it: what has changed, what dbt is given, what is published.

Here: the decisions around dbt, the same for the command line and for Dagster. Not here: dbt's models, or file formats.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from orchestration.build_inputs import build_inputs
from orchestration.dbt_project import last_mapped_year, project_fingerprint
from orchestration.refresh import reread_outdated
from orchestration.workspace import Workspace
from sources.compaction import compact
from sources.current import InUse, select_current, was_known
from warehouse.build import load_inputs
from warehouse.dictionary import write_dictionary
from warehouse.errors import VerificationFailed
from warehouse.interface import Table, load_interface
from warehouse.paths import DATABASE, DataFolder
from warehouse.publish import Manifest, Publication, TableDoc, publish, read_manifest
from warehouse.state import BuildState, Change, forget_state, read_state, what_changed, write_state

GEOGRAPHY = frozenset({"klass_municipalities", "klass_municipality_changes", "klass_counties"})
"""Datasets that every figure's place depends on: when one changes, everything is built anew."""

ENGINES = ("duckdb", "dbt-core", "dbt-duckdb")
"""What the build file is made by: another version of one may not read the file, so it is made anew, also after a downgrade."""

NOTHING = "-"
"""Stands in a list of changed names that is empty, since an empty list means "all of them" to the models."""


@dataclass(frozen=True)
class BuildPlan:
    """What dbt is asked to do."""

    full: bool
    datasets: tuple[str, ...]
    indicators: tuple[str, ...]
    last_year: int

    @property
    def variables(self) -> str:
        names: dict[str, Any] = {"last_year": self.last_year}
        if not self.full:
            names["changed_datasets"] = list(self.datasets) or [NOTHING]
            names["changed_indicators"] = list(self.indicators) or [NOTHING]
        return json.dumps(names)


def current_state(workspace: Workspace) -> tuple[BuildState, list[InUse]]:
    """What a build of this moment would be built from."""
    current = select_current(workspace.landing, workspace.specs, demo=workspace.is_demo, as_of=workspace.as_of)
    releases: dict[str, list[str]] = {}
    for use in current:
        releases.setdefault(use.dataset_id, []).append(f"{use.slice}:{use.release_id}")
    specs = hashlib.sha256("".join(f"{s.dataset_id}{s.version}" for s in workspace.specs.values()).encode()).hexdigest()
    indicators = "".join(indicator.model_dump_json() for indicator in workspace.indicators)
    code = hashlib.sha256(f"{project_fingerprint()} {specs} {indicators}".encode()).hexdigest()
    options = {
        "municipality": workspace.settings.municipality,
        "years": str(workspace.settings.years),
        "demo": str(workspace.is_demo),
        "last_year": str(last_mapped_year(workspace.clock())),
        "engines": " ".join(f"{name} {version(name)}" for name in ENGINES),
    }
    return BuildState(code, releases, _release_log(workspace), options), current


def _release_log(workspace: Workspace) -> str:
    """A hash of all releases that were decided on. One that is held changes nothing that is published."""
    landing, digest = workspace.landing, hashlib.sha256()
    for receipt in landing.receipts():
        decision = landing.decision(receipt.dataset_id, receipt.release_id)
        if decision and decision.state != "held" and was_known(receipt, workspace.as_of):
            digest.update(f"{receipt.dataset_id} {receipt.release_id} {decision.state}\n".encode())
    return digest.hexdigest()


def fingerprint(state: BuildState) -> str:
    """One hash of a state: equal where a published release needs no new build."""
    return hashlib.sha256(
        json.dumps([state.code, state.releases, state.log, state.options], sort_keys=True).encode()
    ).hexdigest()


def published_manifest(folder: DataFolder) -> Manifest | None:
    """The manifest of the published release, or None."""
    return read_manifest(folder.published) if (folder.published / "manifest.json").exists() else None


def is_up_to_date(workspace: Workspace) -> bool:
    """Whether the published release was built from exactly what is there now."""
    manifest = published_manifest(workspace.folder)
    return manifest is not None and manifest.fingerprint == fingerprint(current_state(workspace)[0])


def prepare_build(workspace: Workspace, *, full: bool = False) -> BuildPlan:
    """Lay out the build file for dbt and say what has to be rebuilt. Must be called under the writer's lock.

    A build file that a crash left half-changed has no state beside it and is thrown away.
    """
    folder = workspace.folder
    for outcome in reread_outdated(workspace.landing, workspace.specs):
        workspace.report(outcome)
    state, current = current_state(workspace)
    before = read_state(folder.build)
    change = what_changed(before, state, geography=GEOGRAPHY)
    is_whole = folder.build_file.exists() and not folder.build_file.with_suffix(".duckdb.wal").exists()
    if full or workspace.full or not is_whole:
        change = Change(full=True)
    forget_state(folder.build)
    if change.full:
        _throw_away(folder)
    folder.build.mkdir(parents=True, exist_ok=True)
    inputs = build_inputs(workspace.landing, workspace.specs, current, workspace.indicators, as_of=workspace.as_of)
    try:
        load_inputs(folder.build_file, inputs)
    except duckdb.Error:
        if change.full:
            raise
        # a damaged build file is not mended: landing is what is kept, and the file is made anew from it
        change = Change(full=True)
        _throw_away(folder)
        load_inputs(folder.build_file, inputs)
    indicators = tuple(i.indicator_id for i in workspace.indicators if i.datasets & set(change.datasets))
    return BuildPlan(change.full, change.datasets, indicators, last_mapped_year(workspace.clock()))


def _throw_away(folder: DataFolder) -> None:
    for path in folder.build.glob("build.duckdb*"):
        path.unlink()
    shutil.rmtree(folder.build / "spill", ignore_errors=True)


def publish_build(workspace: Workspace) -> Manifest:
    """Check that dbt's tests ran and passed, then publish. Must be called under the writer's lock."""
    state, current = current_state(workspace)
    require_passed(workspace.folder.dbt_target / "run_results.json")
    tables = load_interface()
    manifest = publish(
        Publication(
            folder=workspace.folder,
            tables=mart_documents(tables),
            fingerprint=fingerprint(state),
            municipality=workspace.settings.municipality,
            is_demo=workspace.is_demo,
            releases_in_use=state.releases,
            keep=workspace.settings.keep_releases,
            extras=lambda candidate: write_companions(workspace, candidate, tables),
            now=workspace.clock,
        )
    )
    write_state(workspace.folder.build, state)
    if workspace.as_of is None:
        compact(workspace.landing, workspace.specs, [(use.dataset_id, use.release_id) for use in current])
    return manifest


def write_companions(workspace: Workspace, candidate: Path, tables: Iterable[Table]) -> None:
    """The data dictionary and the home municipality's report, written from the candidate file before it is published."""
    from report.write import write_report

    write_dictionary(candidate / DATABASE, candidate, tables)
    write_report(
        candidate / DATABASE,
        candidate / "report",
        municipality=workspace.settings.municipality,
        years=workspace.settings.years,
        published_at=workspace.clock(),
    )


def require_passed(results_file: Path) -> None:
    """A green run does not prove that tests ran: read dbt's own results. Raises VerificationFailed."""
    results = json.loads(results_file.read_text(encoding="utf-8"))["results"]
    tests = [r for r in results if r["unique_id"].split(".")[0] in ("test", "unit_test")]
    bad = [r["unique_id"] for r in results if r["status"] not in ("success", "pass", "warn")]
    if not tests or bad:
        raise VerificationFailed(
            expected="tests that ran and passed",
            found=f"{len(tests)} tests, not passed: {', '.join(bad[:5]) or 'none'}",
            where="dbt's run results",
            next_step="see the checks of the run; the previous release is untouched",
        )


def mart_documents(tables: Iterable[Table]) -> list[TableDoc]:
    """What publication is told of each table: comments, key and the order its rows are stored in."""
    return [
        TableDoc(t.name, t.comment, {column.name: column.comment for column in t.columns}, t.key, t.order_by)
        for t in tables
    ]
