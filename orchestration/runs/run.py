"""One run from the command line: what is new is refreshed, what depends on it rebuilt, the result published.

Here: deciding whether there is anything to do before Dagster or dbt is started, and starting them. Not here: printing.
"""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

from orchestration.build.preparation import is_up_to_date, plan_build, published_manifest
from orchestration.loading import loading, seldom_collected
from orchestration.runs.objections import remember_unplaced
from orchestration.runs.refresh import RefreshPlan, plan_refresh
from orchestration.runs.settle import OBJECTIONS, Outcome
from orchestration.workspace import Workspace
from sources.files import write_whole
from warehouse.errors import WrongSetting
from warehouse.lock import writer_lock
from warehouse.paths import DataFolder
from warehouse.settings import Settings

DAGSTER_YAML = """# Written by integrering at every start; settings of Dagster itself on this machine.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
  start_timeout_seconds: 180
  cancel_timeout_seconds: 60
  poll_interval_seconds: 15
retention:
  schedule: {purge_after_days: 90}
  sensor:
    purge_after_days: {skipped: 3, failure: 30, success: 90}
"""
"""One run at a time (one writer), runs whose process died are closed, and ticks are not kept for ever."""

DAGSTER_SQLITE_YAML = """event_log_storage:
  module: orchestration.runs.event_log
  class: KeptEventLog
  config:
    base_dir: {base_dir}
"""
"""The same files as by default, asked in a way that costs less (event_log.py)."""

POSTGRES_VARIABLE = "DAGSTER_POSTGRES_URL"
DAGSTER_POSTGRES_YAML = f"""storage:
  postgres:
    postgres_url:
      env: {POSTGRES_VARIABLE}
"""
"""Added when the setting is there. The address is read from the environment, so that no secret lies in a file."""


@dataclass
class RunReport:
    """What a run did: an outcome per file, files nobody knows, and the release that is published now."""

    outcomes: list[Outcome] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    unplaced: list[tuple[str, str]] = field(default_factory=list)
    release_id: str | None = None
    was_built: bool = False
    failure: str | None = None

    @property
    def exit_code(self) -> int:
        """0 done, 1 something failed or was held."""
        return 1 if self.failure or self.unplaced or any(o.state in OBJECTIONS for o in self.outcomes) else 0


def run_once(workspace: Workspace, *, on_stage: Callable[[str], None] = lambda stage: None) -> RunReport:
    """Do one run. Raises WriterBusy when another is in progress, WrongSetting before a run that should not be; everything
    else ends in the report."""
    report = RunReport()
    workspace.check_only()
    workspace.require_kind()
    with writer_lock(workspace.folder.lock), seldom_collected():
        workspace.remember()
        on_stage("looking for new files")
        plan = plan_refresh(workspace.landing, workspace.specs, workspace.files())
        report.outcomes += [outcome for outcome in plan.unchanged if workspace.wants(outcome.dataset_id)]
        found = workspace.discovery()
        report.unplaced = found.unplaced
        report.unknown = [file for file in found.unknown if file not in found.unplaced]
        remember_unplaced(workspace)
        _ask_upstream(workspace, plan, report, on_stage)
        if plan.new or plan.live or workspace.full or not is_up_to_date(workspace):
            _execute(workspace, plan, report, on_stage)
    manifest = published_manifest(workspace.folder)
    report.release_id = manifest.release_id if manifest else None
    return report


def _ask_upstream(workspace: Workspace, plan: RefreshPlan, report: RunReport, on_stage: Callable[[str], None]) -> None:
    """Of a live run: ask the publishers, and add what has something new to the plan."""
    if workspace.settings.source != "live":
        return
    from orchestration.upstream.live import Upstream

    on_stage("asking upstream")
    new, others = Upstream(workspace).plan()
    plan.live = {fetch.dataset_id for fetch in new}
    report.outcomes += [outcome for outcome in others if outcome.dataset_id not in plan.dataset_ids]


def _execute(workspace: Workspace, plan: RefreshPlan, report: RunReport, on_stage: Callable[[str], None]) -> None:
    """Run the Dagster job: first on the datasets with something new, then, if that changed anything, on the rest.

    Two runs rather than one, so that a file that fails or is held costs no build and moves nothing that is published.
    """
    on_stage(f"{len(plan.new)} new files, {len(plan.live)} datasets new upstream; starting Dagster")
    prepare_dagster_home(workspace.folder, workspace.settings)
    with loading():
        import dagster as dg

        from orchestration.assets.datasets import dataset_key
        from orchestration.assets.models import unaffected_models
        from orchestration.definitions import REFRESH_JOB, refresh_job
        from orchestration.runs.history import held_open, show_on_timeline

    def collect(outcome: object) -> None:
        if isinstance(outcome, Outcome):
            report.outcomes.append(outcome)
        workspace.report(outcome)

    with loading():
        job = refresh_job(workspace.settings, {**_overrides(workspace), "report": collect})
    new = {dataset_key(workspace.specs[dataset_id]) for dataset_id in plan.dataset_ids}
    datasets = {dataset_key(spec) for spec in workspace.specs.values()}
    with _quiet(workspace.folder.build / "run.log"), held_open(), dg.DagsterInstance.get() as instance:

        def execute(keys: set[dg.AssetKey]) -> bool:
            result = job.execute_in_process(
                instance=instance,
                asset_selection=sorted(keys, key=lambda key: key.path),
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                raise_on_error=False,
                tags={"integrering/trigger": "command line"},
            )
            show_on_timeline(instance, result.run_id, REFRESH_JOB)
            report.failure = None if result.success else _failure_text(result)
            return result.success

        if new and not execute(new):
            return
        if workspace.full or not is_up_to_date(workspace):
            plan = plan_build(replace(workspace, report=collect))
            workspace.decide(plan)
            on_stage(f"{plan}, and publishing")
            built = set(job.asset_layer.executable_asset_keys) - datasets
            report.was_built = execute(built - unaffected_models(workspace, plan))


def _overrides(workspace: Workspace) -> dict[str, object]:
    names = ("clock", "only", "as_of", "full", "replaces_real", "_once")
    return {name: getattr(workspace, name) for name in names}


def _failure_text(result: object) -> str:
    """The innermost error of the first failed step, in its own words."""
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error and error.cause:
                error = error.cause
            return f"{event.step_key}: {error.message.strip() if error else 'failed'}"
    return "the job failed; see run.log in the build folder"


def prepare_dagster_home(folder: DataFolder, settings: Settings) -> Path:
    """Dagster's own folder with its settings, and the environment that points to it."""
    home = folder.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    wanted = DAGSTER_YAML
    if settings.dagster_postgres_url:
        _require_postgres()
        wanted += DAGSTER_POSTGRES_YAML
        # SQLAlchemy 2.1 takes another driver by default than the one dagster-postgres brings; a variable of its own, since
        # child processes load the setting anew and take it as a person writes it
        address = settings.dagster_postgres_url.replace("postgresql://", "postgresql+psycopg2://", 1)
        os.environ[POSTGRES_VARIABLE] = address
    else:
        wanted += DAGSTER_SQLITE_YAML.format(base_dir=json.dumps(str(home / "history" / "runs")))
    path = home / "dagster.yaml"
    if not path.exists() or path.read_text(encoding="utf-8") != wanted:
        write_whole(path, wanted)
    os.environ.setdefault("DAGSTER_HOME", str(home))
    os.environ.update(DAGSTER_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1", DBT_SEND_ANONYMOUS_USAGE_STATS="false")
    return home


def _require_postgres() -> None:
    if find_spec("dagster_postgres") is None:
        raise WrongSetting(
            expected="the extra `postgres` where dagster_postgres_url is set",
            found="dagster-postgres is not installed",
            where="the Python environment",
            next_step="pip install 'integrering[postgres]', or leave the setting out to use SQLite",
        )


@contextlib.contextmanager
def _quiet(log: Path) -> Iterator[None]:
    """Send what dbt and Dagster print to a log file, so that the command prints its own lines only."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w", encoding="utf-8") as handle, contextlib.redirect_stdout(handle):
        yield
