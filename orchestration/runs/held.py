"""Releases of datasets that wait for a person: which they are, why, and the commands that decide.

Here: what the run, the board, the note beside a file, Dagster and the notices all say of them. Not here: why a release is held
(sources/gates), or deciding (decisions.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sources.landing.predecessor import is_counted

if TYPE_CHECKING:
    from orchestration.workspace import Workspace


@dataclass(frozen=True)
class HeldRelease:
    """A release that waits for a person, with its reasons in Norwegian and how to decide."""

    dataset_id: str
    release_id: str
    file_name: str
    came: datetime
    reasons: tuple[str, ...]
    accept: str
    reject: str


def commands(dataset_id: str, release_id: str | None) -> tuple[str, str]:
    """The two commands that decide on a release: take it into use, and never use it."""
    asked = f"{dataset_id} {release_id}"
    return f"integrering releases accept {asked}", f"integrering releases reject {asked}"


def deciding_nb(dataset_id: str, release_id: str | None) -> str:
    """The two commands as a person is told them, a line each."""
    accept, reject = commands(dataset_id, release_id)
    return f"Ta i bruk: {accept}\nAvvis:     {reject}"


def held(workspace: Workspace, dataset_id: str | None = None) -> list[HeldRelease]:
    """The releases (of all datasets, or one) that wait for a person, oldest first."""
    landing, found = workspace.landing, []
    for receipt in landing.receipts(dataset_id):
        decision = landing.decision(receipt.dataset_id, receipt.release_id)
        if decision and decision.state == "held" and is_counted(receipt, workspace.is_demo):
            asked = (receipt.dataset_id, receipt.release_id)
            reasons = tuple(one.nb for one in decision.reasons)
            found.append(HeldRelease(*asked, receipt.blobs[0].name, receipt.retrieved_at, reasons, *commands(*asked)))
    return sorted(found, key=lambda one: one.came)
