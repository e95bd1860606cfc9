"""The dbt project as a run sees it: its files' fingerprint, its manifest, and the environment it is called with.

Here: parsing once, calling never twice. Not here: SQL, or how Dagster shows the models.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from orchestration.workspace import DBT_PROJECT
from sources.files import write_whole
from warehouse.errors import WarehouseError
from warehouse.lock import lock_file
from warehouse.paths import DataFolder
from warehouse.settings import Settings

_SUFFIXES = {".sql", ".yml", ".csv", ".md"}
KEPT_MANIFESTS = 3


def project_fingerprint() -> str:
    """A hash of every file that decides what the models say (indicators included)."""
    digest = hashlib.sha256()
    for path in sorted(DBT_PROJECT.rglob("*")):
        relative = path.relative_to(DBT_PROJECT)
        if path.is_file() and path.suffix in _SUFFIXES and relative.parts[0] not in ("target", "logs", "dbt_packages"):
            digest.update(relative.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def dbt_environment(folder: DataFolder, settings: Settings) -> dict[str, str]:
    """Environment variables of a dbt call: where to build, and that nothing is sent anywhere."""
    return {
        "INTEGRERING_BUILD_FILE": str(folder.build_file),
        "INTEGRERING_THREADS": str(settings.threads),
        "INTEGRERING_MEMORY_LIMIT": settings.memory_limit,
        "INTEGRERING_TEMP_DIR": str(folder.build / "spill"),
        "DBT_TARGET_PATH": str(folder.dbt_target),
        "DBT_LOG_PATH": str(folder.dbt_target / "logs"),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def last_mapped_year(now: datetime) -> int:
    """The last year that regions are mapped for: upstream publishes requests for the next year in the autumn."""
    return now.year + 1


def ensure_manifest(folder: DataFolder, settings: Settings, now: datetime) -> Path:
    """The manifest of today's project files; parsed only when they have changed, by one process at a time.

    Parsed with the last year of a build, since dbt parses the models that read it anew for another. It is a copy of our
    own: dbt writes the one in its target folder at every call, piece by piece, so that a kill can leave half of it.

    Raises WarehouseError with dbt's own words when the project cannot be parsed.
    """
    name = hashlib.sha256(f"{project_fingerprint()} {version('dbt-core')}".encode()).hexdigest()[:16]
    manifest = folder.manifests / f"{name}.json"
    folder.manifests.mkdir(parents=True, exist_ok=True)
    with open(folder.manifests / "parse.lock", "w", encoding="utf-8") as lock:
        lock_file(lock, folder.manifests)
        if not manifest.exists():
            write_whole(manifest, _parsed(folder, settings, now))
            _forget_old(folder.manifests)
    return manifest


def _parsed(folder: DataFolder, settings: Settings, now: datetime) -> bytes:
    """What dbt makes of the project, checked to be whole."""
    by_dbt = folder.dbt_target / "manifest.json"
    answer = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--quiet", "parse", "--project-dir", str(DBT_PROJECT)],
        env={
            **os.environ,
            **dbt_environment(folder, settings),
            "INTEGRERING_LAST_YEAR": str(last_mapped_year(now)),
        },
        cwd=DBT_PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    found = (answer.stdout + answer.stderr).strip()[-2000:]
    if answer.returncode == 0 and by_dbt.exists():
        content = by_dbt.read_bytes()
        try:
            json.loads(content)
            return content
        except ValueError as problem:
            found = f"a manifest that is not whole ({problem}); a build may be writing it just now"
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
