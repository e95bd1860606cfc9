"""The published warehouse as the last asset of the graph.

Here: the op that publishes and what the UI shows of it. Not here: how a release is written (warehouse/release/publish.py).
"""

import dagster as dg

from orchestration.build.preparation import publish_build
from orchestration.runs.history import forget_old_runs
from orchestration.workspace import Workspace
from warehouse.interface.declaration import load_interface
from warehouse.lock import writer_lock

PUBLISHED_KEY = dg.AssetKey(["published", "warehouse"])


def published_asset(workspace: Workspace, marts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """`published/warehouse`: the release readers open, made from the marts."""

    @dg.asset(
        key=PUBLISHED_KEY,
        deps=marts,
        group_name="5_publisert",
        kinds={"duckdb", "parquet"},
        description="Den publiserte utgaven: DuckDB-fil, Parquet, ordliste og rapport. Pekeren flyttes til slutt.",
        check_specs=[
            dg.AssetCheckSpec(
                "candidate_verified",
                asset=PUBLISHED_KEY,
                description="Selve filen er åpnet på nytt og kontrollert: rader, nøkler, ingen tomme celler, numre.",
            )
        ],
    )
    def warehouse(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with writer_lock(workspace.folder.lock):
            manifest = publish_build(workspace)
        try:
            forget_old_runs(context.instance, workspace.settings.keep_runs)
        except Exception as problem:
            # the release is out: a history that is locked or damaged makes no failed run of it, and is tried at the next
            context.log.warning(f"old runs are still in Dagster's history: {problem}")
        return dg.MaterializeResult(
            metadata={
                "utgave": manifest.release_id,
                "tabeller": len(manifest.tables),
                "rader": sum(table.rows for table in manifest.tables),
                "innhold": manifest.content,
                "demo": manifest.is_demo,
            },
            check_results=[
                dg.AssetCheckResult(
                    passed=True,
                    check_name="candidate_verified",
                    asset_key=PUBLISHED_KEY,
                    metadata={
                        "hver nøkkel én gang": dg.MetadataValue.json({t.name: list(t.key) for t in load_interface()})
                    },
                )
            ],
        )

    return warehouse
