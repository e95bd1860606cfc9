"""One run from the command line: what is new is refreshed, what depends on it rebuilt, the result published.

Here: deciding whether there is anything to do before Dagster or dbt is started, and starting them. Not here: printing.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.build import is_up_to_date, published_manifest
from orchestration.refresh import Outcome, RefreshPlan, plan_refresh
from orchestration.workspace import Workspace
from warehouse.lock import writer_lock
from warehouse.paths import DataFolder

DAGSTER_YAML = """# Written by integrering; settings of Dagster's own storage on this machine.
telemetry:
  enabled: false
nux:
  enabled: false
"""


@dataclass
class RunReport:
    """What a run did: an outcome per file, files nobody knows, and the release that is published now."""

    outcomes: list[Outcome] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    release_id: str | None = None
    was_built: bool = False
    failure: str | None = None

    @property
    def exit_code(self) -> int:
        """0 done, 1 something failed or was held."""
        return 1 if self.failure or any(o.state in ("failed", "held") for o in self.outcomes) else 0


def run_once(workspace: Workspace, *, on_stage: Callable[[str], None] = lambda stage: None) -> RunReport:
    """Do one run. Raises WriterBusy when another is in progress; everything else ends in the report."""
    report = RunReport()
    with writer_lock(workspace.folder.lock):
        on_stage("looking for new files")
        plan = plan_refresh(workspace.landing, workspace.specs, workspace.files())
        report.outcomes += plan.unchanged
        report.unknown = workspace.discovery().unknown
        if plan.new or workspace.full or not is_up_to_date(workspace):
            _execute(workspace, plan, report, on_stage)
    manifest = published_manifest(workspace.folder)
    report.release_id = manifest.release_id if manifest else None
    return report


def _execute(workspace: Workspace, plan: RefreshPlan, report: RunReport, on_stage: Callable[[str], None]) -> None:
    """Run the Dagster job on what is new and all that depends on it."""
    on_stage(f"{len(plan.new)} new files; starting the job")
    prepare_dagster_home(workspace.folder)
    import dagster as dg

    from orchestration.assets import dataset_key
    from orchestration.definitions import REFRESH_JOB, build_defs

    def collect(outcome: object) -> None:
        if isinstance(outcome, Outcome):
            report.outcomes.append(outcome)
        workspace.report(outcome)

    definitions = build_defs(workspace.settings, {**_overrides(workspace), "report": collect})
    job = definitions.resolve_job_def(REFRESH_JOB)
    new = {dataset_key(workspace.specs[dataset_id]) for dataset_id in plan.dataset_ids}
    datasets = {dataset_key(spec) for spec in workspace.specs.values()}
    built = set(job.asset_layer.executable_asset_keys) - datasets
    with _quiet(workspace.folder.build / "run.log"), dg.DagsterInstance.get() as instance:
        result = job.execute_in_process(
            instance=instance,
            asset_selection=sorted(new | built, key=lambda key: key.path),
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
            tags={"integrering/trigger": "command line"},
        )
    report.was_built = result.success
    if not result.success:
        report.failure = _failure_text(result)


def _overrides(workspace: Workspace) -> dict[str, object]:
    names = ("clock", "only", "as_of", "full", "write_extras")
    return {name: getattr(workspace, name) for name in names}


def _failure_text(result: object) -> str:
    """The innermost error of the first failed step, in its own words."""
    for event in result.all_events:  # type: ignore[attr-defined] # ExecuteInProcessResult is untyped here
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error and error.cause:
                error = error.cause
            return f"{event.step_key}: {error.message.strip() if error else 'failed'}"
    return "the job failed; see run.log in the build folder"


def prepare_dagster_home(folder: DataFolder) -> Path:
    """Dagster's own folder with telemetry off, and the environment that points to it."""
    home = folder.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        (home / "dagster.yaml").write_text(DAGSTER_YAML, encoding="utf-8")
    os.environ.setdefault("DAGSTER_HOME", str(home))
    os.environ.update(DAGSTER_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1", DBT_SEND_ANONYMOUS_USAGE_STATS="false")
    return home


@contextlib.contextmanager
def _quiet(log: Path) -> Iterator[None]:
    """Send what dbt and Dagster print to a log file, so that the command prints its own lines only."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w", encoding="utf-8") as handle, contextlib.redirect_stdout(handle):
        yield


