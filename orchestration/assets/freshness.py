"""The check on the upstream date: has the publisher published in time, which is another question than whether we ran.

Here: the check, the job and the schedule that ask it once a day. Not here: how lateness is worked out (status.py).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg

from orchestration.assets.datasets import dataset_key
from orchestration.runs.status import LATE_STATES, Standing, dataset_standings
from orchestration.workspace import Workspace

FRESHNESS_JOB = "freshness"
CHECK = "published_on_time"
_DAILY = "45 8 * * *"
"""08:45 Norwegian time: SSB has opened and its figures of the day are out."""


def published_on_time(workspace: Workspace) -> dg.AssetChecksDefinition:
    """One check per dataset that has a rhythm: the date of its last upstream release against the next expected one."""
    with_rhythm = {
        dataset_key(spec): spec.dataset_id
        for spec in workspace.specs.values()
        if spec.declared_cadence not in ("once", "irregular", "discontinued")
    }

    @dg.multi_asset_check(
        name="upstream_dates",
        specs=[
            dg.AssetCheckSpec(CHECK, asset=key, description="Kilden har publisert når det var ventet.")
            for key in with_rhythm
        ],
        can_subset=True,
    )
    def upstream_dates(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        standings = {s.dataset_id: s for s in dataset_standings(workspace)}
        # asked while the first figures land: what is expected stands in the release that is made of them
        unknown = _UNKNOWN if standings else _NOT_YET
        for check in sorted(context.selected_asset_check_keys, key=lambda key: key.asset_key.path):
            yield _result(check.asset_key, standings.get(with_rhythm[check.asset_key]), unknown)

    return upstream_dates


_UNKNOWN = "ingen utgave med kjent dato: om kilden er i rute, vet ingen"
_NOT_YET = "ikke sett på ennå: gjøres kl. 08.45 når noe er publisert, eller trykk «Execute»"


def _result(key: dg.AssetKey, standing: Standing | None, unknown: str) -> dg.AssetCheckResult:
    if standing is None or standing.last_release is None:
        return dg.AssetCheckResult(
            asset_key=key,
            check_name=CHECK,
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            description=unknown,
        )
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=CHECK,
        passed=standing.state not in LATE_STATES,
        severity=dg.AssetCheckSeverity.WARN,
        description=_in_words(standing, standing.last_release),
        # as text: a year as a number would be plotted
        metadata={"siste år": dg.MetadataValue.text(str(standing.last_year or ""))},
    )


def _in_words(standing: Standing, last: date) -> str:
    """«forsinket: siste utgave 04.08.2026, den neste var ventet 02.09.2026-28.09.2026»."""
    said = f"{standing.state_nb}: siste utgave {last:%d.%m.%Y}"
    if standing.next_from and standing.next_to:
        verb = "var ventet" if standing.state in LATE_STATES else "ventes"
        said += f", den neste {verb} {standing.next_from:%d.%m.%Y}-{standing.next_to:%d.%m.%Y}"
    return said


def freshness_job(check: dg.AssetChecksDefinition) -> Any:
    """Asks only the check: it reads the published release and the clock, fetches nothing and builds nothing."""
    return dg.define_asset_job(
        FRESHNESS_JOB,
        selection=dg.AssetSelection.checks(check),
        executor_def=dg.in_process_executor,
        description="Sammenlikner kildenes siste utgave med ventet dato.",
    )


def freshness_schedule() -> dg.ScheduleDefinition:
    """Once a day, always on: it asks nobody and builds nothing, and a date that nobody looks at again grows old in green."""
    return dg.ScheduleDefinition(
        name="upstream_dates_daily",
        job_name=FRESHNESS_JOB,
        cron_schedule=_DAILY,
        execution_timezone="Europe/Oslo",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Ser hver dag kl. 08.45 etter om kildene har publisert når det var ventet. Spør ingen og bygger ingenting.",
    )
