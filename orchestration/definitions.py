"""The one place where the Dagster definitions are put together.

Here: build_defs(settings, overrides), the definitions Dagster loads, and the job of a run by command line. Not here: what any
asset does.
"""

from dataclasses import replace
from typing import Any

import dagster as dg

from orchestration.assets.datasets import dataset_assets, described_only
from orchestration.assets.freshness import freshness_job, freshness_schedule, published_on_time
from orchestration.assets.models import model_assets
from orchestration.assets.publication import PUBLISHED_KEY, published_asset
from orchestration.build.dbt_project import ensure_manifest
from orchestration.sensors.changes import Target, nightly_schedule, sensors
from orchestration.sensors.notifications import notification_sensors
from orchestration.workspace import Workspace
from warehouse.settings import Settings, load_settings

REFRESH_JOB = "refresh"


def build_defs(settings: Settings, overrides: dict[str, Any] | None = None) -> dg.Definitions:
    """All assets, checks, jobs and resources of an installation.

    ``overrides`` replace fields of the Workspace (clock, only, full, report …), so that tests swap a folder or a clock
    and never internals.
    """
    workspace = replace(Workspace(settings), **(overrides or {}))
    models, assets = _assets(workspace)
    on_time = published_on_time(workspace)
    target = Target(REFRESH_JOB, (*sorted(models.keys), PUBLISHED_KEY))
    return dg.Definitions(
        assets=assets,
        asset_checks=[on_time],
        jobs=[_job(dg.AssetSelection.all() - dg.AssetSelection.checks(on_time)), freshness_job(on_time)],
        sensors=[*sensors(workspace, target), *notification_sensors(workspace)],
        schedules=[nightly_schedule(workspace, REFRESH_JOB), freshness_schedule()],
        executor=dg.in_process_executor,
    )


def refresh_job(settings: Settings, overrides: dict[str, Any] | None = None) -> dg.JobDefinition:
    """The job of a run by command line. The check on the publishers' dates is not of it: chosen assets bring their checks along,
    and this one has a time of its own."""
    _, assets = _assets(replace(Workspace(settings), **(overrides or {})))
    job = _job(dg.AssetSelection.all())
    return dg.Definitions(assets=assets, jobs=[job], executor=dg.in_process_executor).resolve_job_def(REFRESH_JOB)


def _assets(workspace: Workspace) -> tuple[dg.AssetsDefinition, list[dg.AssetsDefinition | dg.AssetSpec]]:
    """The models, and all assets from the datasets to what is published."""
    models = model_assets(workspace, ensure_manifest(workspace.folder, workspace.settings, workspace.clock()))
    marts = sorted((key for key in models.keys if key.path[0] == "marts"), key=lambda key: key.path)
    datasets = [*dataset_assets(workspace), *described_only(workspace)]
    return models, [*datasets, models, published_asset(workspace, marts)]


def _job(selection: dg.AssetSelection) -> Any:
    return dg.define_asset_job(
        REFRESH_JOB,
        selection=selection,
        description="Henter det som er nytt, bygger tabellene og publiserer.",
        executor_def=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What `dagster dev` loads: the definitions of this machine's settings."""
    return build_defs(load_settings())
