"""A person's decision on a held release of a dataset.

Here: recording it. Not here: why releases are held (sources/gates/judge.py).
"""

from __future__ import annotations

from datetime import datetime

from orchestration.runs.settle import covers_less
from orchestration.workspace import Workspace
from sources.landing.predecessor import Accepted, accepted, unused
from sources.landing.reasons import in_english
from sources.landing.store import Decision, Landing
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
    moment = workspace.clock()
    reasons = before.reasons if before else []
    kept = {"notices": before.notices, "unserved": before.unserved} if before else {}
    decision = Decision(state=state, reasons=reasons, decided_at=moment, decided_by="person", **kept)
    landing.decide(dataset_id, release_id, decision)
    said = f"{dataset_id} {release_id} is {state}"
    if before and before.state != "held":
        said += f" (it was {before.state})"
    if state == "accepted":
        said += _put_to_use(landing, dataset_id, release_id, moment)
    return f"{said}. Next: integrering run"


def _put_to_use(landing: Landing, dataset_id: str, release_id: str, moment: datetime) -> str:
    """Let an accepted release serve, also where a newer one does: that is what a person accepts it for.

    One that covers less than what is in use serves nothing all the same, and that is said.
    """
    receipt, facts = landing.receipt(dataset_id, release_id), landing.reading(dataset_id, release_id)
    if receipt is None or facts is None:
        return ""
    one = Accepted(receipt, facts)
    lost = unused(one, accepted(landing, dataset_id, demo=receipt.is_demo))
    if any(use.reason == "older" for use in lost):
        landing.see_again(dataset_id, release_id, moment)
        one = Accepted(receipt.model_copy(update={"seen_again_at": moment}), facts)
        lost = unused(one, accepted(landing, dataset_id, demo=receipt.is_demo))
    less = [use for use in lost if use.reason == "covers_less"]
    return f", but serves nothing: it {in_english(covers_less(facts, less))}" if less else ""
