"""The one door to the private files: paths in, aggregates that have passed disclosure control out.

Here: what the rest of the project calls. Not here: reading (a child process does, sealed/) or storing (release.py).
No default, schedule or sensor calls this module.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from sources.kostra.sealed.process import Request, Rows, ask
from sources.kostra.shape import as_table
from sources.kostra.threshold import DEFAULT_THRESHOLD, LOWEST_THRESHOLD


@dataclass(frozen=True)
class PrivateResult:
    """What leaves: one table a dataset (columns of its spec), and Norwegian messages. No identifier, no row of a
    file."""

    tables: dict[str, pa.Table]
    messages: list[str]


def private_aggregates(
    kostra: list[Path],
    settled: Path | None,
    accounts: Path | None = None,
    *,
    municipality: str,
    threshold: int = DEFAULT_THRESHOLD,
    published: Mapping[str, list[Rows]] | None = None,
    replace: bool = False,
) -> PrivateResult:
    """Let a process of its own read the files, and return the aggregates that may be shown.

    ``published``: what an outsider may have already, by dataset: the rows of each edition in landing, oldest first.
    ``replace``: a year of them may be read again.
    Attachments need the list of settled persons; the accounts have no persons and need nothing beside them.
    Raises PrivateFileError (Norwegian, no values) and nothing else about the files.
    """
    if (settled is None and (kostra or accounts is None)) or (settled is not None and not kostra and accounts is None):
        raise ValueError("attachments go with the list of settled persons; accounts may be read alone")
    if not re.fullmatch(r"[0-9]{4}", municipality):
        raise ValueError("municipality is a code of four digits")
    if threshold < LOWEST_THRESHOLD:
        raise ValueError(f"the threshold is at least {LOWEST_THRESHOLD}")
    answer = ask(
        Request(
            [str(path) for path in kostra],
            str(settled) if settled else None,
            str(accounts) if accounts else None,
            municipality,
            threshold,
            dict(published or {}),
            replace,
        )
    )
    return PrivateResult({name: as_table(name, _dated(rows)) for name, rows in answer.rows.items()}, answer.messages)


def _dated(rows: Rows) -> Rows:
    """Rows as they were before they became text: dates are dates."""
    day = "period_start"
    return [{**row, day: datetime.date.fromisoformat(row[day])} if day in row else row for row in rows]
