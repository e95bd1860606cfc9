"""The marts as they were on a date: rebuilt from landing into a private corner of the build folder, and asked there.

Here: making (or finding) that small warehouse. Not here: which releases counted then (sources/landing/current.py). It is a cache:
what it was built from is in its manifest, so the same date is built once, and a date whose landing changed anew.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

from orchestration.build.dbt_project import ensure_manifest
from orchestration.build.models import build_models
from orchestration.build.preparation import is_up_to_date, prepare_build, publish_build, published_manifest
from orchestration.workspace import Workspace
from sources.http.limits import OSLO
from sources.landing.predecessor import BUNDLED, is_counted
from warehouse.errors import WarehouseError, WrongSetting
from warehouse.lock import writer_lock

KEPT = 3
"""Dates whose warehouse is kept; each takes as much room as a published release."""


def end_of(day: date) -> datetime:
    """The last moment of a Norwegian day: what came on that day counts."""
    return datetime.combine(day, time.max, tzinfo=OSLO)


def warehouse_as_of(workspace: Workspace, day: date, *, on_stage: Callable[[str], None] = lambda stage: None) -> Path:
    """The data folder of a warehouse as of a date; built when there is none of today's landing and models.

    Raises WrongSetting for a day that is not over, or on which nothing had come; WarehouseError with dbt's words when the models
    cannot be built from what there was then.
    """
    _require_past(workspace, day, on_stage)
    corner = workspace.folder.build / "as_of" / day.isoformat()
    corner.mkdir(parents=True, exist_ok=True)
    landing = corner / "landing"
    if not landing.is_symlink():
        landing.symlink_to(workspace.folder.landing, target_is_directory=True)
    published = published_manifest(workspace.folder)
    # demo figures or real ones: as in the published release, whatever this call's own settings say
    source = "demo" if published is None or published.is_demo else "extracts"
    settings = workspace.settings.model_copy(update={"data_dir": corner, "keep_releases": 2, "source": source})
    then = replace(workspace, settings=settings, as_of=end_of(day), full=True, _once={})
    with writer_lock(then.folder.lock):
        if not is_up_to_date(then):
            on_stage(f"building the warehouse as of {day.isoformat()}: about as long as a full run, once for each date")
            _build(then, on_stage)
    os.utime(corner)
    _forget_old(corner.parent)
    return corner


def _require_past(workspace: Workspace, day: date, on_stage: Callable[[str], None]) -> None:
    """Tell how much had come. Raises WrongSetting where there is nothing to build: a day to come, or one before anything came."""
    today = workspace.clock().astimezone(OSLO).date()
    published = published_manifest(workspace.folder)
    is_demo = published is None or published.is_demo
    first: dict[str, date] = {}
    for receipt in workspace.landing.receipts():
        # reference tables that ship count on any day
        if is_counted(receipt, is_demo) and not (
            receipt.date_basis == BUNDLED and _is_table(workspace, receipt.dataset_id)
        ):
            came = receipt.retrieved_at.astimezone(OSLO).date()
            first[receipt.dataset_id] = min(came, first.get(receipt.dataset_id, came))
    there = [came for came in first.values() if came <= day]
    if day > today:
        found, next_step = f"{day}, which is to come", "leave --as-of out for the newest release"
    elif first and not there:
        found, next_step = f"{day}: nothing had come then", f"the first release came on {min(first.values())}"
    else:
        if len(there) < len(first):
            on_stage(
                f"of {len(first)} datasets {len(there)} had come by {day.isoformat()}: tables of the others are empty"
            )
        return
    raise WrongSetting(expected="a day on which something had come", found=found, where="--as-of", next_step=next_step)


def _is_table(workspace: Workspace, dataset_id: str) -> bool:
    spec = workspace.specs.get(dataset_id)
    return spec is None or spec.shape == "table"


def _build(then: Workspace, on_stage: Callable[[str], None]) -> None:
    plan = prepare_build(then, full=True)
    on_stage("building the models")
    manifest = ensure_manifest(then.folder, then.settings, then.clock())
    called = build_models(then, plan, manifest, quiet=True)
    if called.problem:
        raise WarehouseError(
            expected="models that build from what there was then",
            found=called.problem,
            where=f"the warehouse as of {then.as_of:%Y-%m-%d}",
            next_step="see `integrering status` for the first release of each dataset",
        )
    on_stage("writing the tables")
    publish_build(then)
    for file in then.folder.build.glob("build.duckdb*"):
        file.unlink()


def _forget_old(folder: Path) -> None:
    """Keep the dates asked last."""
    corners = sorted((p for p in folder.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime, reverse=True)
    for corner in corners[KEPT:]:
        (corner / "landing").unlink(missing_ok=True)
        shutil.rmtree(corner)
