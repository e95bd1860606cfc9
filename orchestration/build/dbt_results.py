"""What dbt said of a build: written down when it has ended, and asked before anything is published.

Here: the record of each model and test. Not here: how dbt is called (dbt_command.py), or how Dagster shows it.
dbt's own record of results comes with its manifest, two megabytes written at every build that nobody reads.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from orchestration.build.dbt_command import NodeResult
from sources.files import write_whole
from warehouse.errors import VerificationFailed
from warehouse.paths import DataFolder


def results_file(folder: DataFolder) -> Path:
    """Where the record of the last build lies; no file where none has ended."""
    return folder.dbt_target / "run_results.json"


def note_results(folder: DataFolder, results: Iterable[NodeResult]) -> None:
    """Write down what became of each model and test."""
    said = [{"unique_id": one.unique_id, "status": one.status} for one in results]
    write_whole(results_file(folder), json.dumps({"results": said}, indent=0))


def require_passed(results_file: Path) -> None:
    """A green run does not prove that tests ran: read dbt's own results. Raises VerificationFailed."""
    try:
        results = json.loads(results_file.read_text(encoding="utf-8"))["results"]
    except (OSError, ValueError, KeyError) as problem:
        raise VerificationFailed(
            expected="what dbt's tests said of this build",
            found=f"none that can be read ({type(problem).__name__})",
            where="dbt's run results",
            next_step="run the models too; the previous release is untouched",
        ) from problem
    tests = [r for r in results if r["unique_id"].startswith("test.")]
    # an exposure is a declaration: dbt lists it among its results and runs nothing for it
    ran = [r for r in results if not r["unique_id"].startswith("exposure.")]
    bad = [r["unique_id"] for r in ran if r["status"] not in ("success", "pass", "warn")]
    if not tests or bad:
        raise VerificationFailed(
            expected="tests that ran and passed",
            found=f"{len(tests)} tests, not passed: {', '.join(bad[:5]) or 'none'}",
            where="dbt's run results",
            next_step="see the checks of the run; the previous release is untouched",
        )
