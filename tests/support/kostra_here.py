"""The aggregates of private files read in this process: what the reading process does, without the cost of one.

Here: calling it for tests of what it answers. Not here: its guards (test_kostra_privacy asks the process itself).
"""

from pathlib import Path
from typing import Any

from sources.kostra.private import PrivateResult
from sources.kostra.sealed.inside import read_all
from sources.kostra.sealed.process import Request
from sources.kostra.shape import as_table


def aggregates_here(
    kostra: list[Path],
    settled: Path,
    accounts: Path | None = None,
    *,
    municipality: str = "3909",
    threshold: int = 5,
    **more: Any,
) -> PrivateResult:
    """As ``private_aggregates``, in this process. Raises PrivateFileError."""
    files = [str(path) for path in kostra], str(settled), str(accounts) if accounts else None
    answer = read_all(Request(*files, municipality, threshold, **more))
    return PrivateResult({name: as_table(name, rows) for name, rows in answer.rows.items()}, answer.messages)
