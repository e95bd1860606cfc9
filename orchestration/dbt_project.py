"""The dbt project as a run sees it: its files' fingerprint, its manifest, and the environment it is called with.

Here: parsing once, calling never twice. Not here: SQL, or how Dagster shows the models.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from orchestration.workspace import DBT_PROJECT
from warehouse.errors import WarehouseError
from warehouse.paths import DataFolder
from warehouse.settings import Settings

_SUFFIXES = {".sql", ".yml", ".csv", ".md"}


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

    Parsed with the last year of a build, since dbt parses the models that read it anew for another.

    Raises WarehouseError with dbt's own words when the project cannot be parsed.
    """
    manifest, mark = folder.dbt_target / "manifest.json", folder.dbt_target / "fingerprint"
    folder.dbt_target.mkdir(parents=True, exist_ok=True)
    with open(folder.dbt_target / "parse.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = project_fingerprint()
        if manifest.exists() and mark.exists() and mark.read_text(encoding="utf-8") == wanted:
            return manifest
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
        if answer.returncode != 0 or not manifest.exists():
            raise WarehouseError(
                expected="a dbt project that parses",
                found=(answer.stdout + answer.stderr).strip()[-2000:],
                where="dbt_project",
                next_step="correct the named file",
            )
        mark.write_text(wanted, encoding="utf-8")
    return manifest
