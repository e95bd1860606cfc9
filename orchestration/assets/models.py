"""The dbt models as Dagster assets, their tests as checks.

Here: how models are named, grouped and tied to the datasets, and the one op that builds them. Not here: SQL.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

from orchestration.assets.datasets import dataset_key
from orchestration.build.dbt_command import NodeResult
from orchestration.build.dbt_project import ensure_manifest
from orchestration.build.models import build_models
from orchestration.build.preparation import BuildPlan, is_up_to_date, prepare_build
from orchestration.workspace import DBT_PROJECT, Workspace
from warehouse.build import connect
from warehouse.interface.declaration import load_interface
from warehouse.lock import writer_lock

UNIQUE_ID = "dagster_dbt/unique_id"
"""Where dagster-dbt notes dbt's own id, on assets and on checks."""

_LAYERS = {"staging": "2_lest", "intermediate": "3_regnet", "marts": "4_tabell", "seeds": "2_lest"}
"""The steps of the way between the datasets (1) and what is published (5)."""

TOPICS = {
    "areas": "omraader",
    "benefits": "ytelser",
    "cohorts": "kull",
    "costs": "kostnad",
    "dimensions": "oppslag",
    "figures": "tall",
    "freshness": "ferskhet",
    "grants": "tilskudd",
    "indicators": "maaltall",
    "municipal": "egne_tall",
    "payments": "utbetalt",
    "published": "dokumenter",
    "quality": "kvalitet",
    "regions": "regioner",
    "settlement": "bosatte",
    "seeds": "lister",
}
"""Folder of a model -> topic as the UI shows it; a publisher's folder keeps its name. The graph's boxes cut what is longer."""


class Translator(DagsterDbtTranslator):
    """Names a model by layer and ties it to the datasets it reads: a reference table, or all observations."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._comments = {table.name: {c.name: c.comment for c in table.columns} for table in load_interface()}
        self._keys: dict[str, list[dg.AssetKey]] = {}
        for spec in workspace.specs.values():
            table = spec.dataset_id if spec.shape == "table" else "observation"
            self._keys.setdefault(table, []).append(dataset_key(spec))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey(["landing", dbt_resource_props["source_name"], dbt_resource_props["name"]])
        layer = dbt_resource_props["fqn"][1] if len(dbt_resource_props["fqn"]) > 2 else "seeds"
        return dg.AssetKey([layer, dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        layer, topic = (
            (*dbt_resource_props["fqn"][1:3], "")[:2] if len(dbt_resource_props["fqn"]) > 3 else ("seeds", "seeds")
        )
        return f"{_LAYERS.get(layer, layer)}_{TOPICS.get(topic, topic)}"

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Norwegian first, where a table is published; what is inside is the engineer's, in English."""
        norwegian = dbt_resource_props.get("config", {}).get("meta", {}).get("description_nb", "")
        return "\n\n".join(text for text in (norwegian, dbt_resource_props.get("description", "")) if text)

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """dbt's own, with what a column of a mart means in both languages."""
        comments = self._comments.get(dbt_resource_props["name"], {})
        described = {
            name: column | {"description": comments.get(name) or column["description"]}
            for name, column in dbt_resource_props.get("columns", {}).items()
        }
        return super().get_metadata({**dbt_resource_props, "columns": described})

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        props = manifest.get("nodes", {}).get(unique_id, {})
        upstream = {
            key
            for parent in props.get("depends_on", {}).get("nodes", [])
            if parent.startswith("source.")
            for key in self._keys.get(manifest["sources"][parent]["name"], [])
        }
        kept = [dep for dep in spec.deps if dep.asset_key.path[0] != "landing"]
        return spec.replace_attributes(deps=[*kept, *sorted(upstream, key=lambda key: key.path)])


def model_assets(workspace: Workspace, manifest: Path) -> dg.AssetsDefinition:
    """All models as one op: a failed test anywhere stops everything after it, and so publication."""
    project = DbtProject(
        project_dir=DBT_PROJECT, profiles_dir=DBT_PROJECT, target_path=workspace.folder.dbt_target.resolve()
    )

    @dbt_assets(manifest=manifest, dagster_dbt_translator=Translator(workspace), project=project, name="build_models")
    def models(context: dg.AssetExecutionContext) -> Iterator[Any]:
        with writer_lock(workspace.folder.lock):
            if workspace.plan is None and not workspace.full and is_up_to_date(workspace):
                context.log.info("the published release was built from exactly what is in landing: dbt is not called")
                return
            plan = prepare_build(workspace, workspace.plan)
            context.log.info(str(plan))
            unaffected = unaffected_models(workspace, plan)
            _require_selected(context.assets_def.keys - unaffected, context.selected_asset_keys)
            called = build_models(workspace, plan, manifest, _selected(models, context.selected_asset_keys))
            counts = {} if called.problem else row_counts(workspace.folder.build_file)
            yield from told(models, context.selected_asset_check_keys, called.results, counts)
            if called.problem:
                raise dg.Failure(called.problem)

    return models


def row_counts(build_file: Path) -> dict[str, int]:
    """Rows of each mart that is a table, as the file has them: the UI shows them over time. A view is not run to be counted."""
    with connect(build_file, read_only=True) as connection:
        found = "select table_name, estimated_size from duckdb_tables() where schema_name = 'marts'"
        return dict(connection.execute(found).fetchall())


def unaffected_models(workspace: Workspace, plan: BuildPlan) -> set[dg.AssetKey]:
    """The models that a plan leaves as they are, since nothing they read has changed."""
    if plan.models is None:
        return set()
    manifest = ensure_manifest(workspace.folder, workspace.settings, workspace.clock())
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    translator = Translator(workspace)
    return {
        translator.get_asset_key(node)
        for name, node in nodes.items()
        if node["resource_type"] in ("model", "seed") and name not in plan.models
    }


def _require_selected(needed: AbstractSet[dg.AssetKey], selected: AbstractSet[dg.AssetKey]) -> None:
    """Stop a run by hand on some models only, when others have to be built too: what is published would be of two states."""
    missing = needed - selected
    if missing:
        raise dg.Failure(
            f"{len(missing)} models have to be built as well, first {min(missing, key=lambda key: key.path).to_user_string()}: "
            "something they read has changed. Select all models and the published warehouse, or run `integrering run`."
        )


def _selected(models: dg.AssetsDefinition, wanted: AbstractSet[dg.AssetKey]) -> list[str]:
    """The names of the models to build; none where it is all of them, which dbt is told by naming none."""
    specs = models.specs_by_key
    return [] if wanted == set(specs) else sorted(specs[key].metadata[UNIQUE_ID].split(".")[-1] for key in wanted)


def told(
    models: dg.AssetsDefinition,
    wanted: AbstractSet[dg.AssetCheckKey],
    results: Iterable[NodeResult],
    counts: Mapping[str, int],
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """What dbt said of each model and test, as Dagster shows it: assets that were built, checks that passed or did not."""
    assets = {spec.metadata[UNIQUE_ID]: spec.key for spec in models.specs}
    checks = {spec.metadata[UNIQUE_ID]: spec.key for spec in models.check_specs if spec.key in wanted}
    for one in results:
        said = {"Execution Duration": one.seconds}
        if one.unique_id in assets and one.is_good:
            layer, name = assets[one.unique_id].path
            rows = {"dagster/row_count": counts[name]} if layer == "marts" and name in counts else {}
            yield dg.MaterializeResult(asset_key=assets[one.unique_id], metadata=said | rows)
        elif one.unique_id in checks and one.status != "skipped":
            key = checks[one.unique_id]
            yield dg.AssetCheckResult(
                passed=one.status == "pass",
                asset_key=key.asset_key,
                check_name=key.name,
                severity=dg.AssetCheckSeverity.WARN if one.status == "warn" else dg.AssetCheckSeverity.ERROR,
                metadata=said if one.failures is None else {**said, "dagster_dbt/failed_row_count": one.failures},
            )
