"""Preparing a build and finishing it: what has changed, what dbt is given, what is published.

Here: the decisions around dbt, the same for the command line and for Dagster. Not here: dbt's models, or file formats.
"""

import contextlib
import ctypes
import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.build.affected import changed_sources, input_hashes, models_below
from orchestration.build.dbt_project import ensure_manifest, last_mapped_year, project_fingerprint
from orchestration.build.dbt_results import require_passed, results_file
from orchestration.build.inputs import build_inputs
from orchestration.runs.refresh import reread_outdated
from orchestration.workspace import Workspace
from sources.landing.compaction import compact
from sources.landing.current import InUse, select_current
from sources.landing.predecessor import is_counted
from warehouse.build import BuildInputs, load_inputs
from warehouse.errors import VerificationFailed
from warehouse.interface.declaration import PublishedTable, load_interface
from warehouse.interface.dictionary import write_dictionary
from warehouse.paths import DATABASE, DataFolder
from warehouse.release.candidate import TableDoc
from warehouse.release.publish import Manifest, Publication, publish, read_manifest
from warehouse.release.state import (
    BuildState,
    Rebuild,
    forget_state,
    last_published,
    read_state,
    what_changed,
    write_state,
)

GEOGRAPHY = frozenset({"klass_municipalities", "klass_municipality_changes", "klass_counties", "klass_kostra_groups"})
"""Datasets that every figure's place depends on: when one changes, everything is built anew."""

ENGINES = ("duckdb", "dbt-core", "dbt-duckdb")
"""What the build file is made by: another version of one may not read the file, so it is made anew, also after a downgrade."""

NOTHING = "-"
"""Stands in a list of changed names that is empty, since an empty list means "all of them" to the models."""


@dataclass(frozen=True)
class BuildPlan:
    """What a build redoes and why: decided once in a run, and passed on to what prepares, builds and tells of it.

    ``models``: dbt's ids of the models that have to be built; None for all. ``because``: what they read that has changed.
    """

    change: Rebuild
    indicators: tuple[str, ...]
    last_year: int
    models: frozenset[str] | None
    because: tuple[str, ...]
    state: BuildState
    inputs: BuildInputs

    @property
    def full(self) -> bool:
        return self.change.full

    @property
    def environment(self) -> dict[str, str]:
        """What the models read of the plan (macros/slices.sql)."""
        datasets, indicators = (",".join(names) or NOTHING for names in (self.change.datasets, self.indicators))
        return {
            "INTEGRERING_LAST_YEAR": str(self.last_year),
            "INTEGRERING_CHANGED_DATASETS": "" if self.full else datasets,
            "INTEGRERING_CHANGED_INDICATORS": "" if self.full else indicators,
        }

    def __str__(self) -> str:
        if self.models is None:
            return "rebuilding all models"
        named = ", ".join(self.because[:3]) + (f" and {len(self.because) - 3} more" if len(self.because) > 3 else "")
        return f"rebuilding {len(self.models)} models because {named or 'the build file'} changed"


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
        if decision and decision.state != "held" and is_counted(receipt, workspace.is_demo, workspace.as_of):
            digest.update(f"{receipt.dataset_id} {receipt.release_id} {decision.state}\n".encode())
    return digest.hexdigest()


def published_manifest(folder: DataFolder) -> Manifest | None:
    """The manifest of the published release, or None."""
    return read_manifest(folder.published) if (folder.published / "manifest.json").exists() else None


def is_up_to_date(workspace: Workspace) -> bool:
    """Whether the published release was built from exactly what is there now."""
    manifest = published_manifest(workspace.folder)
    return manifest is not None and manifest.fingerprint == current_state(workspace)[0].fingerprint


def plan_build(workspace: Workspace, *, full: bool = False) -> BuildPlan:
    """Decide what a build of this moment has to redo. Must be called under the writer's lock; changes no file of the build.

    Rows that an older reader read are read anew first: they are part of what is compared.
    """
    for outcome in reread_outdated(workspace.landing, workspace.specs):
        workspace.report(outcome)
    state, current = current_state(workspace)
    before = last_published(workspace.folder.build)
    inputs = build_inputs(
        workspace.landing, workspace.specs, current, workspace.indicators, demo=workspace.is_demo, as_of=workspace.as_of
    )
    plan = BuildPlan(
        change=Rebuild(full=True),
        indicators=(),
        last_year=last_mapped_year(workspace.clock()),
        models=None,
        because=(),
        state=replace(state, inputs=input_hashes(inputs)),
        inputs=inputs,
    )
    is_full = full or workspace.full or not _is_whole(workspace.folder.build_file)
    change = Rebuild(full=True) if is_full else what_changed(before, state, geography=GEOGRAPHY)
    if change.full or before is None:
        return plan
    sources = changed_sources(workspace.specs, change.datasets, before.inputs, plan.state.inputs)
    manifest = ensure_manifest(workspace.folder, workspace.settings, workspace.clock())
    reached = {
        *change.datasets,
        *(o for d in change.datasets if d in workspace.specs for o in workspace.specs[d].serves_before),
    }
    return replace(
        plan,
        change=change,
        indicators=tuple(i.indicator_id for i in workspace.indicators if i.datasets & reached),
        models=frozenset(models_below(manifest, sources)),
        because=change.datasets or tuple(sorted(sources)),
    )


def prepare_build(workspace: Workspace, plan: BuildPlan | None = None, *, full: bool = False) -> BuildPlan:
    """Lay out the build file for dbt, by the plan or one made now; returns what is to be built. Must be called under the
    writer's lock.

    A build file that a crash left half-changed has no state beside it and is thrown away. Raises WrongSetting before
    invented figures take the place of real ones that nobody gave up.
    """
    workspace.require_kind()
    workspace.remember()
    folder = workspace.folder
    plan = plan or plan_build(workspace, full=full)
    _give_back_memory()
    forget_state(folder.build)
    # what dbt said of an earlier build must not vouch for this one, should it be ended half-way
    results_file(folder).unlink(missing_ok=True)
    if plan.full:
        _throw_away(folder)
    folder.build.mkdir(parents=True, exist_ok=True)
    try:
        load_inputs(folder.build_file, plan.inputs)
    except duckdb.Error:
        if plan.full:
            raise
        # a damaged build file is not mended: landing is what is kept, and the file is made anew from it
        plan = replace(plan, change=Rebuild(full=True), models=None)
        _throw_away(folder)
        load_inputs(folder.build_file, plan.inputs)
    write_state(folder.build, plan.state)
    return plan


def _give_back_memory() -> None:
    """Hand what reading and comparing releases left with Arrow and with C to the machine, before DuckDB takes its share of it.

    glibc keeps freed blocks of up to 32 MB for itself until it is asked (mallopt(3), M_MMAP_THRESHOLD); other C libraries have
    no such call.
    """
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _is_whole(build_file: Path) -> bool:
    """Whether there is a build file that was closed in order and can be opened."""
    if not build_file.exists() or build_file.with_suffix(".duckdb.wal").exists():
        return False
    try:
        duckdb.connect(str(build_file), read_only=True).close()
    except duckdb.Error:
        return False
    return True


def _throw_away(folder: DataFolder) -> None:
    for path in folder.build.glob("build.duckdb*"):
        path.unlink()
    shutil.rmtree(folder.build / "spill", ignore_errors=True)


def publish_build(workspace: Workspace) -> Manifest:
    """Check that the build is of what there is now and that dbt's tests ran and passed, then publish.

    Must be called under the writer's lock.
    """
    state, current = current_state(workspace)
    prepared = read_state(workspace.folder.build)
    if prepared is None or prepared.fingerprint != state.fingerprint:
        raise VerificationFailed(
            expected="models built from what has landed",
            found="something landed, or a setting changed, after the models were built",
            where="the build file",
            next_step="run the models too; the previous release is untouched",
        )
    require_passed(results_file(workspace.folder))
    _give_back_memory()
    tables = load_interface()
    manifest = publish(
        Publication(
            folder=workspace.folder,
            tables=mart_documents(tables),
            fingerprint=state.fingerprint,
            municipality=workspace.settings.municipality,
            is_demo=workspace.is_demo,
            releases_in_use=state.releases,
            keep=workspace.settings.keep_releases,
            extras=lambda candidate: write_companions(workspace, candidate, tables),
            now=workspace.clock,
        )
    )
    write_state(workspace.folder.build, replace(prepared, is_published=True))
    if workspace.as_of is None:
        compact(workspace.landing, workspace.specs, [(use.dataset_id, use.release_id) for use in current])
    return manifest


def write_companions(workspace: Workspace, candidate: Path, tables: Iterable[PublishedTable]) -> None:
    """The data dictionary and the home municipality's report, written from the candidate file before it is published."""
    from report.explore.write import PAGE, write_explore
    from report.write import write_report
    from warehouse.opendata.companions import write_opendata

    write_dictionary(candidate / DATABASE, candidate, tables)
    write_opendata(candidate / DATABASE, candidate, workspace.settings.municipality)
    home, published_at, reading = workspace.settings.municipality, workspace.clock(), candidate / "report"
    page = write_explore(candidate / DATABASE, reading, municipality=home, published_at=published_at)
    write_report(
        candidate / DATABASE,
        reading,
        municipality=home,
        years=workspace.settings.years,
        published_at=published_at,
        explore=PAGE if page else None,
    )


def mart_documents(tables: Iterable[PublishedTable]) -> list[TableDoc]:
    """What publication is told of each table: comments, key, what may not be empty, and how its rows are stored."""
    return [
        TableDoc(
            name=t.name,
            description=t.comment,
            columns={column.name: column.comment for column in t.columns},
            key=t.key,
            order_by=t.order_by,
            by_county=t.by_county,
            is_view=t.is_view,
            not_null=tuple(column.name for column in t.columns if column.is_required),
            references=tuple((c.name, *c.references) for c in t.columns if c.references and c.unit == "number"),
            alike=t.alike,
            usually=tuple((c.name, c.usually) for c in t.columns if c.usually),
            computed=next(((c.name, c.computed) for c in t.columns if c.computed), None),
            plain=tuple(c.name for c in t.columns if c.computed),
        )
        for t in tables
    ]
