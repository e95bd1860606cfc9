"""A person's decision on a held release of a dataset.

Here: recording it. Not here: why releases are held (sources/gates/judge.py).
"""

from __future__ import annotations

from orchestration.workspace import Workspace
from sources.landing.store import Decision
from warehouse.errors import NoRelease


def decide_release(workspace: Workspace, dataset_id: str, release_id: str, state: str) -> str:
    """Record ``accepted`` or ``rejected`` for a landed release; it counts from the next run on.

    Raises NoRelease when there is no such release, naming those of the dataset that wait for a decision.
    """
    landing = workspace.landing
    known = {r.release_id: landing.decision(dataset_id, r.release_id) for r in landing.receipts(dataset_id)}
    if release_id not in known:
        waiting = [i for i, d in known.items() if d and d.state == "held"]
        raise NoRelease(
            expected=f"a landed release of {dataset_id} (held: {', '.join(waiting) or 'none'})",
            found=release_id,
            where="landing",
            next_step="integrering status",
        )
    before = known[release_id]
    reasons = before.reasons if before else []
    decision = Decision(state=state, reasons=reasons, decided_at=workspace.clock(), decided_by="person")
    landing.decide(dataset_id, release_id, decision)
    return f"{dataset_id} {release_id} is {state}. Next: integrering run"
