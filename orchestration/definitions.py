"""The one place where the Dagster definitions are put together.

Here: build_defs(settings, overrides) and the definitions Dagster loads. Not here: what any asset does.
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
    manifest = ensure_manifest(workspace.folder, settings, workspace.clock())
    datasets = dataset_assets(workspace)
    models = model_assets(workspace, manifest)
    marts = sorted((key for key in models.keys if key.path[0] == "marts"), key=lambda key: key.path)
    on_time = published_on_time(workspace)
    job = dg.define_asset_job(
        REFRESH_JOB,
        selection=dg.AssetSelection.all() - dg.AssetSelection.checks(on_time),
        description="Henter det som er nytt, bygger tabellene og publiserer.",
        executor_def=dg.in_process_executor,
    )
    target = Target(REFRESH_JOB, (*sorted(models.keys), PUBLISHED_KEY))
    return dg.Definitions(
        assets=[*datasets, *described_only(workspace), models, published_asset(workspace, marts)],
        asset_checks=[on_time],
        jobs=[job, freshness_job(on_time)],
        sensors=[*sensors(workspace, target), *notification_sensors(workspace)],
        schedules=[nightly_schedule(workspace, REFRESH_JOB), freshness_schedule()],
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What `dagster dev` loads: the definitions of this machine's settings."""
    return build_defs(load_settings())
