"""The dbt project as a run sees it: its files' fingerprint, the project as parsed, and the environment it is called with.

Here: parsing once on a machine. Not here: how dbt is called (dbt_command.py), SQL, or how Dagster shows the models.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.build.dbt_command import call_dbt
from orchestration.build.generic_tests import GENERIC
from orchestration.loading import loading
from orchestration.workspace import DBT_PROJECT
from sources.files import write_whole
from warehouse.errors import WarehouseError
from warehouse.lock import lock_file
from warehouse.paths import DataFolder
from warehouse.settings import Settings

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_SUFFIXES = {".sql", ".yml", ".csv", ".md"}
KEPT_MANIFESTS = 3
DBT_CACHE = "partial_parse.msgpack"

MADE_BY = ("compile", "--select", GENERIC, "--no-populate-cache")
"""What dbt is asked to do once for a project: parse it, and compile the tests whose SQL is the same in every run. It opens no
file for that."""


def project_fingerprint() -> str:
    """A hash of every file that decides what the models say (indicators included)."""
    digest = hashlib.sha256()
    for path in sorted(DBT_PROJECT.rglob("*")):
        relative = path.relative_to(DBT_PROJECT)
        if path.is_file() and path.suffix in _SUFFIXES and relative.parts[0] not in ("target", "logs", "dbt_packages"):
            digest.update(relative.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def dbt_environment(folder: DataFolder, settings: Settings) -> dict[str, str]:
    """Environment variables of a dbt call: which project, where to build, and that nothing is sent anywhere."""
    return {
        "INTEGRERING_BUILD_FILE": str(folder.build_file),
        "INTEGRERING_THREADS": str(settings.threads),
        "INTEGRERING_MEMORY_LIMIT": settings.memory_limit,
        "INTEGRERING_TEMP_DIR": str(folder.build / "spill"),
        "DBT_TARGET_PATH": str(folder.dbt_target),
        "DBT_LOG_PATH": str(folder.dbt_target / "logs"),
        "DBT_PROJECT_DIR": str(DBT_PROJECT),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def last_mapped_year(now: datetime) -> int:
    """The last year that regions are mapped for: upstream publishes requests for the next year in the autumn."""
    return now.year + 1


def ensure_manifest(folder: DataFolder, settings: Settings, now: datetime) -> Path:
    """The manifest of today's project files; parsed only when they have changed, by one process at a time.

    It lies beside the project where that can be written, for all data folders of the machine, else in the data folder; with
    it, dbt's own form of the same. Both are copies of our own: dbt writes those in its target folder at every call, piece by
    piece, so that a kill can leave half of one.

    Raises WarehouseError with dbt's own words when the project cannot be parsed.
    """
    made_by = f"{project_fingerprint()} {version('dbt-core')} {' '.join(MADE_BY)}"
    name = hashlib.sha256(made_by.encode()).hexdigest()[:16]
    place = _place(folder)
    manifest = place / f"{name}.json"
    if manifest.exists():
        return manifest
    with open(place / "parse.lock", "w", encoding="utf-8") as lock:
        lock_file(lock, place)
        if not manifest.exists():
            _parse(manifest, folder, settings, now)
            _forget_old(place)
    return manifest


def parsed_project(manifest: Path) -> Manifest | None:
    """The project behind a manifest as dbt takes it, so that a build parses nothing; None where there is none that can be
    read (dbt then parses for itself)."""
    with loading():
        from dbt.contracts.graph.manifest import Manifest
        from dbt.parser.manifest import extended_mashumuro_decoder

        try:
            project = Manifest.from_msgpack(
                manifest.with_suffix(".msgpack").read_bytes(), decoder=extended_mashumuro_decoder
            )
        except Exception:
            # a file that is gone or torn, or of another dbt: whatever dbt's decoder then says, the cure is to parse
            return None
        project.build_flat_graph()
    return project


def _place(folder: DataFolder) -> Path:
    """Where parsed projects are kept."""
    beside = DBT_PROJECT / "target" / "parsed"
    for place in (beside, folder.manifests):
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(place, os.W_OK):
            return place
    return folder.manifests


def _parse(manifest: Path, folder: DataFolder, settings: Settings, now: datetime) -> None:
    """Have dbt parse the project and compile its generic tests, and keep what it makes of it, checked to be whole."""
    year = {"INTEGRERING_LAST_YEAR": str(last_mapped_year(now))}
    called = call_dbt(MADE_BY, dbt_environment(folder, settings) | year, quiet=True)
    found = called.problem
    if not found:
        content = (folder.dbt_target / "manifest.json").read_bytes()
        try:
            json.loads(content)
        except ValueError as problem:
            found = f"a manifest that is not whole ({problem}); a build may be writing it just now"
        else:
            write_whole(manifest.with_suffix(".msgpack"), (folder.dbt_target / DBT_CACHE).read_bytes())
            write_whole(manifest, content)
            return
    raise WarehouseError(
        expected="a dbt project that parses",
        found=found,
        where="dbt_project",
        next_step="correct the named file, or run again",
    )


def _forget_old(folder: Path) -> None:
    """Keep the last few: a daemon that was started before an upgrade still reads its own."""
    for old in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)[:-KEPT_MANIFESTS]:
        old.unlink(missing_ok=True)
        old.with_suffix(".msgpack").unlink(missing_ok=True)
