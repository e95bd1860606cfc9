"""When work runs: sensors that ask upstream or watch the drop folder, and the nightly net under them.

Here: choosing what to ask in a tick, and one run for all that changed. Not here: asking (upstream) or refreshing (assets.py).

What a tick asks for is named by upstream's own releases: the run key is made of the changed datasets and their stamps or
content hashes, never of the clock. Nothing depends on the cursor: it can be lost and the same request is made again from
what lies in landing, under the same key, which Dagster then does not run twice.
"""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from orchestration.assets.datasets import dataset_key
from orchestration.build.preparation import current_state, published_manifest
from orchestration.runs.refresh import plan_refresh
from orchestration.upstream.live import Upstream
from orchestration.upstream.memory import Memory
from orchestration.workspace import Workspace
from sources.dataset.discovery import Candidate
from warehouse.errors import WriterBusy
from warehouse.lock import writer_lock
from warehouse.settings import Settings

SLICE_SECONDS = 35.0
"""A tick may take 60 s; a slice stops asking long before that, since one answer may be slow."""

MOST_FAILED_RUNS = 3
"""So many failed runs for one set of changes, then it waits for a person or the nightly net."""

TRIGGER_TAG = "integrering/trigger"
TRIGGERS_NB = {
    "upstream": "nytt hos en utgiver",
    "drop folder": "ny fil i mappen",
    "nightly": "den nattlige",
    "command line": "fra kommandolinja",
}
"""What started a run, as a notice says it."""
CHANGES_TAG = "integrering/changes"
NAMES_TAG = "integrering/datasets"

_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_FAILED = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]

NO_NEWS = "ingen fil med nytt innhold"
_NEVER = datetime.min.replace(tzinfo=UTC)

NIGHTLY = "30 3 * * *"
"""03:30 Norwegian time: before SSB closes at 05:00, after everybody's midnight jobs."""


@dataclass(frozen=True)
class Target:
    """What a sensor starts: the job, and the assets that are built from any dataset."""

    job_name: str
    built: tuple[dg.AssetKey, ...]


@dataclass(frozen=True)
class Changes:
    """What one run is asked for: dataset -> upstream's name of the release that is new.

    ``build`` names a state of landing that waits to be built, when the run that landed it did not get so far.
    """

    releases: dict[str, str]
    build: str = ""

    @property
    def key(self) -> str:
        """Equal for equal changes, on any day and machine."""
        text = json.dumps([sorted(self.releases.items()), self.build])
        return hashlib.sha256(text.encode()).hexdigest()[:20]


Look = tuple[Changes | None, str, str]
"""What one look found: the changes (None = none yet), the cursor to keep, and the reason to skip."""


def ask_in_slice(
    upstream: Upstream,
    now: datetime,
    *,
    seconds: float = SLICE_SECONDS,
    monotonic: Callable[[], float] = time.monotonic,
) -> tuple[list[Memory], int]:
    """Ask the datasets whose turn it is, longest unasked first, until the slice is used up.

    Returns what waits to be fetched (of this and earlier slices) and how many are still to be asked in this round.
    """
    by_id = {spec.dataset_id: spec for spec in upstream.specs}
    upstream.hear()
    asks = [(upstream.next_ask(spec) or _NEVER, dataset_id) for dataset_id, spec in by_id.items()]
    turns = sorted(ask for ask in asks if ask[0] <= now)
    started, left = monotonic(), len(turns)
    for _, dataset_id in turns:
        if monotonic() - started >= seconds:
            break
        upstream.look(by_id[dataset_id])
        left -= 1
    return [m for m in map(upstream.memory, by_id) if m.is_due], left


def changes_upstream(waiting: Sequence[Memory]) -> Changes:
    """The changes that waiting datasets mean. A dataset that failed before gets another name: it may be tried again."""
    return Changes({m.dataset_id: m.release_name + (f" try {m.failures + 1}" if m.failures else "") for m in waiting})


def with_what_lies_ready(workspace: Workspace, changes: Changes) -> Changes | None:
    """The changes with bundled tables that are not landed yet; where there are none, a build that is still to be made.

    None = nothing to do: what is published was built from exactly what is in landing.
    """
    ours: dict[str, list[str]] = {}
    for dataset_id, file in plan_refresh(workspace.landing, workspace.specs, workspace.shipped()).new:
        ours.setdefault(dataset_id, []).append(file.digest[:16])
    releases = {**{dataset_id: "+".join(digests) for dataset_id, digests in ours.items()}, **changes.releases}
    if releases:
        return Changes(releases)
    state = current_state(workspace)[0].fingerprint
    manifest = published_manifest(workspace.folder)
    return None if manifest and manifest.fingerprint == state else Changes({}, state + _decided(workspace))


def _decided(workspace: Workspace) -> str:
    """What persons have decided of releases, with the moments: a release that is accepted, rejected and accepted again
    makes a state that was built before, and Dagster would not run its key a second time."""
    landing, found = workspace.landing, []
    for receipt in landing.receipts():
        decision = landing.decision(receipt.dataset_id, receipt.release_id)
        if decision and decision.decided_by == "person":
            found.append(
                f"{receipt.dataset_id} {receipt.release_id} {decision.state} {decision.decided_at.isoformat()}"
            )
    return f" decided {hashlib.sha256(json.dumps(found).encode()).hexdigest()[:12]}" if found else ""


def watch_folder(workspace: Workspace, cursor: str | None) -> Look:
    """One look into the drop folder.

    A file counts when its size and date were the same in two looks, so that a copy in progress is not read. Then the
    content decides: what landing has is no change. A lost cursor costs one look more.
    """
    folder = workspace.input_folder()
    if folder is None or not folder.exists():
        return None, cursor or "", "drop-mappen finnes ikke: se innstillingen extracts_dir"
    seen = _listing(folder)
    if cursor != seen:
        return None, seen, "filer er kommet til eller vokser: de ses på igjen neste gang"
    dropped = [file for file in workspace.files() if isinstance(file, Candidate)]
    plan = plan_refresh(workspace.landing, workspace.specs, dropped)
    if not plan.new:
        return None, seen, NO_NEWS
    contents: dict[str, list[str]] = {}
    for dataset_id, file in plan.new:
        contents.setdefault(dataset_id, []).append(_content_name(workspace, dataset_id, file.digest[:16]))
    return Changes({d: "+".join(sorted(hashes)) for d, hashes in contents.items()}), seen, ""


def _content_name(workspace: Workspace, dataset_id: str, release_id: str) -> str:
    """A content's name in a run key: one that landing knows is news again after another, and has to be called so."""
    landing = workspace.landing
    if landing.receipt(dataset_id, release_id) is None:
        return release_id
    newest = landing.receipts(dataset_id)[-1]
    return f"{release_id} after {newest.release_id} {newest.order[0]:%Y%m%d%H%M%S}"


def _listing(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        facts = path.stat()
        digest.update(f"{path.relative_to(folder)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def request_run(
    context: dg.SensorEvaluationContext, workspace: Workspace, target: Target, changes: Changes, trigger: str
) -> dg.RunRequest | dg.SkipReason:
    """One run for all changes, unless a run is in progress or these changes have failed too often."""
    runs = context.instance.get_runs(dg.RunsFilter(job_name=target.job_name, statuses=_UNFINISHED), limit=1)
    if runs:
        return dg.SkipReason(
            f"kjøring {runs[0].run_id[:8]} er ikke ferdig; {len(changes.releases)} datasett venter på den"
        )
    if _is_writer_busy(workspace):
        return dg.SkipReason("en kjøring fra kommandolinja er i gang")
    tried = context.instance.get_runs(dg.RunsFilter(tags={CHANGES_TAG: changes.key}, statuses=_FAILED))
    if len(tried) >= MOST_FAILED_RUNS:
        return dg.SkipReason(f"{len(tried)} kjøringer for dette har feilet: se den siste; den nattlige prøver igjen")
    return run_request(workspace, target, changes, trigger, f"{changes.key}-{len(tried)}")


def run_request(workspace: Workspace, target: Target, changes: Changes, trigger: str, run_key: str) -> dg.RunRequest:
    """The changed datasets and all that depends on them (the models rebuild only the slices that changed)."""
    names = sorted(changes.releases)
    shown = ", ".join(names[:10]) + (f" og {len(names) - 10} til" if len(names) > 10 else "")
    keys = [dataset_key(workspace.specs[name]) for name in names]
    return dg.RunRequest(
        run_key=run_key,
        asset_selection=[*keys, *target.built],
        tags={TRIGGER_TAG: trigger, CHANGES_TAG: changes.key, NAMES_TAG: shown or "ingen: en bygging som mangler"},
    )


def _is_writer_busy(workspace: Workspace) -> bool:
    try:
        with writer_lock(workspace.folder.lock):
            return False
    except WriterBusy:
        return True


def sensors(workspace: Workspace, target: Target) -> list[dg.SensorDefinition]:
    """The change sensors: one for upstream, one for the drop folder. One that has nothing to do here is there all the same, off,
    and says why: a sensor that is missing tells nobody anything."""
    return [
        _idle_sensor(name, why) if why else _sensor(name, workspace, target)
        for name, why in idle_reasons(workspace.settings).items()
    ]


def idle_reasons(settings: Settings) -> dict[str, str]:
    """Sensor -> why it has nothing to do in this installation, in Norwegian; '' for one that has."""
    return {
        "upstream_changes": ""
        if settings.source == "live"
        else f"kilden er {settings.source}: utgiverne spørres bare når den er live",
        "drop_folder": (
            "det er ikke satt noen mappe (extracts_dir)"
            if settings.extracts_dir is None
            else "kilden er demo, som bare leser sine egne oppdiktede filer"
            if settings.source == "demo"
            else ""
        ),
    }


def _idle_sensor(name: str, why: str) -> dg.SensorDefinition:
    @dg.sensor(name=name, default_status=dg.DefaultSensorStatus.STOPPED, description=f"Ikke i bruk her: {why}.")
    def idle(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        return dg.SkipReason(f"ikke i bruk her: {why}")

    return idle


def _look_upstream(workspace: Workspace, cursor: str | None) -> Look:
    waiting, left = ask_in_slice(Upstream(workspace), workspace.clock())
    if left:
        return None, cursor or "", f"{left} datasett gjenstår å spørre om i denne runden"
    changes = with_what_lies_ready(workspace, changes_upstream(waiting))
    told = json.dumps(changes.releases, sort_keys=True) if changes else cursor or ""
    return changes, told, "ingen nye tall hos utgiverne"


def _look_in_folder(workspace: Workspace, cursor: str | None) -> Look:
    changes, cursor, reason = watch_folder(workspace, cursor)
    if reason == NO_NEWS and workspace.settings.source == "extracts":
        changes = with_what_lies_ready(workspace, Changes({}))
    return changes, cursor, reason


_WATCHED: dict[str, tuple[Callable[[Workspace, str | None], Look], str, str]] = {
    "upstream_changes": (
        _look_upstream,
        "upstream",
        "Spør hver utgiver i takt med datasettet; alt som er nytt, blir én kjøring.",
    ),
    "drop_folder": (
        _look_in_folder,
        "drop folder",
        "Ser etter nye filer i mappen; en fil teller når den ikke lenger vokser.",
    ),
}
"""Sensor -> how it looks, what its runs are tagged as triggered by, and what it says of itself."""


def _sensor(name: str, workspace: Workspace, target: Target) -> dg.SensorDefinition:
    """A sensor that looks, and asks for one run of all that it found."""
    look, trigger, description = _WATCHED[name]

    @dg.sensor(
        name=name,
        job_name=target.job_name,
        minimum_interval_seconds=workspace.settings.sensor_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING if workspace.settings.sensors else dg.DefaultSensorStatus.STOPPED,
        description=description,
    )
    def watch(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        here = replace(
            workspace, _once={}
        )  # a sensor lives for weeks, while a look at the folder is remembered for a run
        changes, cursor, reason = look(here, context.cursor)
        if changes is None:
            return dg.SensorResult(skip_reason=reason, cursor=cursor)
        answer = request_run(context, here, target, changes, trigger)
        if isinstance(answer, dg.SkipReason):
            return dg.SensorResult(skip_reason=answer, cursor=cursor)
        return dg.SensorResult(run_requests=[answer], cursor=cursor)

    return watch


def nightly_schedule(workspace: Workspace, job_name: str) -> dg.ScheduleDefinition:
    """One run a night over everything: the net under the sensors. Where nothing is new it ends before dbt is called."""

    def evaluate(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        night = context.scheduled_execution_time.date().isoformat()
        return dg.RunRequest(run_key=f"night {night}", tags={TRIGGER_TAG: "nightly"})

    running = dg.DefaultScheduleStatus.RUNNING if workspace.settings.sensors else dg.DefaultScheduleStatus.STOPPED
    return dg.ScheduleDefinition(
        name="nightly",
        job_name=job_name,
        cron_schedule=NIGHTLY,
        execution_timezone="Europe/Oslo",
        execution_fn=evaluate,
        default_status=running,
        description="Går gjennom alt én gang i døgnet, kl. 03.30. En natt som gikk tapt, hentes inn med én kjøring.",
    )
