"""The dbt models as Dagster assets, their tests as checks.

Here: how models are named, grouped and tied to the datasets, and the one op that builds them. Not here: SQL.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, DbtProject, dbt_assets

from orchestration.assets.datasets import dataset_key
from orchestration.build.dbt_project import dbt_environment, ensure_manifest
from orchestration.build.preparation import BuildPlan, is_up_to_date, pending_models, prepare_build
from orchestration.workspace import DBT_PROJECT, Workspace
from warehouse.build import connect
from warehouse.lock import writer_lock

_DBT_COMMAND = Path(__file__).with_name("dbt.sh")
"""dbt as dagster-dbt calls it: before each build for its version, which dbt's own command asks the package index about."""

_LAYERS = {"staging": "2_lest", "intermediate": "3_regnet", "marts": "4_tabell", "seeds": "2_lest"}
"""The steps of the way between the datasets (1) and what is published (5)."""

_TOPICS = {
    "areas": "omraader",
    "benefits": "ytelser",
    "cohorts": "kull",
    "costs": "kostnader",
    "dimensions": "oppslag",
    "figures": "tall",
    "freshness": "ferskhet",
    "grants": "tilskudd",
    "indicators": "indikatorer",
    "municipal": "egne_tall",
    "published": "dokumenter",
    "quality": "kvalitet",
    "regions": "regioner",
    "settlement": "bosetting",
    "seeds": "lister",
}
"""Folder of a model -> topic as the UI shows it; a publisher's folder keeps its name."""


class Translator(DagsterDbtTranslator):
    """Names a model by layer and ties the staging models to the datasets they read."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._keys_of_source: dict[str, list[dg.AssetKey]] = {}
        for spec in workspace.specs.values():
            self._keys_of_source.setdefault(spec.source, []).append(dataset_key(spec))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey(["landing", dbt_resource_props["source_name"], dbt_resource_props["name"]])
        layer = dbt_resource_props["fqn"][1] if len(dbt_resource_props["fqn"]) > 2 else "seeds"
        return dg.AssetKey([layer, dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        layer, topic = (
            (*dbt_resource_props["fqn"][1:3], "")[:2] if len(dbt_resource_props["fqn"]) > 3 else ("seeds", "seeds")
        )
        return f"{_LAYERS.get(layer, layer)}_{_TOPICS.get(topic, topic)}"

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Norwegian first, where a table is published; what is inside is the engineer's, in English."""
        norwegian = dbt_resource_props.get("config", {}).get("meta", {}).get("description_nb", "")
        return "\n\n".join(text for text in (norwegian, dbt_resource_props.get("description", "")) if text)

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        props = manifest.get("nodes", {}).get(unique_id, {})
        upstream = {
            key
            for parent in props.get("depends_on", {}).get("nodes", [])
            if parent.startswith("source.")
            for key in self._keys_of_source.get(manifest["sources"][parent]["source_name"], [])
        }
        kept = [dep for dep in spec.deps if dep.asset_key.path[0] != "landing"]
        return spec.replace_attributes(deps=[*kept, *sorted(upstream, key=lambda key: key.path)])


def model_assets(workspace: Workspace, manifest: Path) -> dg.AssetsDefinition:
    """All models as one op: a failed test anywhere stops everything after it, and so publication."""
    project = DbtProject(
        project_dir=DBT_PROJECT, profiles_dir=DBT_PROJECT, target_path=workspace.folder.dbt_target.resolve()
    )

    @dbt_assets(manifest=manifest, dagster_dbt_translator=Translator(workspace), project=project, name="build_models")
    def models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        with writer_lock(workspace.folder.lock):
            if not workspace.full and is_up_to_date(workspace):
                context.log.info("the published release was built from exactly what is in landing: dbt is not called")
                return
            plan = prepare_build(workspace)
            unaffected = _unaffected(workspace, manifest, plan.models)
            _require_selected(context.assets_def.keys - unaffected, context.selected_asset_keys)
            os.environ.update(dbt_environment(workspace.folder, workspace.settings) | plan.environment)
            # dbt.sh calls the dbt of this interpreter: the PATH may hold another one or none
            os.environ["INTEGRERING_PYTHON"] = sys.executable
            invocation = dbt.cli(
                build_arguments(plan), context=context, target_path=workspace.folder.dbt_target, raise_on_error=True
            )
            yield from with_row_counts(invocation.stream(), workspace.folder.build_file)

    return models


def with_row_counts(events: Iterator[Any], build_file: Path) -> Iterator[Any]:
    """dbt's events once it has ended, the marts among them with their row counts, which the UI shows over time.

    Only one process may have the build file open, so rows cannot be counted before; and Dagster wants the events in the order of
    the models, so none goes ahead. Meanwhile dbt's own lines are in the run's log. What came before a failure is told too.
    """
    seen: list[Any] = []
    try:
        seen.extend(iter(events))
    except BaseException:
        yield from seen
        raise
    counts = _row_counts(build_file)
    for event in seen:
        layer, _, name = event.output_name.partition("__") if isinstance(event, dg.Output) else ("", "", "")
        if layer == "marts" and name in counts:
            yield event.with_metadata({**event.metadata, "dagster/row_count": counts[name]})
        else:
            yield event


def _row_counts(build_file: Path) -> dict[str, int]:
    """Rows of each mart: of a table as the file has it, of a view over the star as counted."""
    with connect(build_file, read_only=True) as connection:
        counts = dict(
            connection.execute(
                "select table_name, estimated_size from duckdb_tables() where schema_name = 'marts'"
            ).fetchall()
        )
        views = connection.execute("select view_name from duckdb_views() where schema_name = 'marts'").fetchall()
        for (name,) in views:
            counts[name] = connection.execute(f'select count(*) from marts."{name}"').fetchone()[0]
    return counts


def unaffected_models(workspace: Workspace) -> set[dg.AssetKey]:
    """The models that a build of this moment need not build, since nothing they read has changed."""
    manifest = ensure_manifest(workspace.folder, workspace.settings, workspace.clock())
    return _unaffected(workspace, manifest, pending_models(workspace))


def _unaffected(workspace: Workspace, manifest: Path, pending: AbstractSet[str] | None) -> set[dg.AssetKey]:
    if pending is None:
        return set()
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    translator = Translator(workspace)
    return {
        translator.get_asset_key(node)
        for name, node in nodes.items()
        if node["resource_type"] in ("model", "seed") and name not in pending
    }


def _require_selected(needed: AbstractSet[dg.AssetKey], selected: AbstractSet[dg.AssetKey]) -> None:
    """Stop a run by hand on some models only, when others have to be built too: what is published would be of two states."""
    missing = needed - selected
    if missing:
        raise dg.Failure(
            f"{len(missing)} models have to be built as well, first {min(missing, key=lambda key: key.path).to_user_string()}: "
            "something they read has changed. Select all models and the published warehouse, or run `integrering run`."
        )


def build_arguments(plan: BuildPlan) -> list[str]:
    """The dbt call of a plan: everything anew, or only the slices of what changed.

    dbt's unit tests run models on made-up rows: they say nothing of the data of a run and belong in the test suite.
    """
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    return [*arguments, "--full-refresh"] if plan.full else arguments


def dbt_resource() -> DbtCliResource:
    """The dbt command line with this project's files: the dbt installed beside the interpreter that runs."""
    return DbtCliResource(project_dir=str(DBT_PROJECT), profiles_dir=str(DBT_PROJECT), dbt_executable=str(_DBT_COMMAND))
