"""A person's decision on a held release of a dataset.

Here: recording it. Not here: why releases are held (sources/gates/judge.py).
"""

from collections.abc import Callable
from datetime import datetime
from difflib import get_close_matches

from orchestration.runs.settle import covers_less
from orchestration.workspace import Workspace
from sources.landing.predecessor import Accepted, accepted, serving, unused
from sources.landing.reasons import in_norwegian
from sources.landing.store import Decision, Landing
from warehouse.errors import NoRelease, WarehouseError

_DECIDED_NB = {"accepted": "tatt i bruk", "rejected": "avvist"}


class NotDecided(WarehouseError):
    """A decision would turn an earlier one round, and nobody said that this is meant."""


def decide_release(
    workspace: Workspace,
    dataset_id: str,
    release: str | None,
    state: str,
    *,
    is_sure: Callable[[str], bool] = lambda text: True,
) -> str:
    """Record ``accepted`` or ``rejected`` for a landed release; it counts from the next run on. What was done, in Norwegian.

    ``release``: its id or the first digits of it; None for the one that waits. ``is_sure`` is asked before a decision is turned
    round. Raises NoRelease when there is no such release, naming those of the dataset that wait; NotDecided when it is not sure.
    """
    landing = workspace.landing
    release_id = _meant(workspace, dataset_id, release)
    before = landing.decision(dataset_id, release_id)
    if before and before.state not in ("held", state) and not is_sure(_turning(dataset_id, release_id, before)):
        raise NotDecided(
            expected="a release that waits for a decision",
            found=f"{dataset_id} {release_id}, which is {before.state} since {before.decided_at:%Y-%m-%d}",
            where="releases",
            next_step="say it again with --yes if that is meant; nothing was changed",
        )
    moment = workspace.clock()
    reasons = before.reasons if before else []
    kept = {"notices": before.notices, "unserved": before.unserved} if before else {}
    decision = Decision(state=state, reasons=reasons, decided_at=moment, decided_by="person", **kept)
    landing.decide(dataset_id, release_id, decision)
    said = f"{dataset_id} {release_id} er {_DECIDED_NB[state]}"
    if before and before.state != "held":
        said += f" (var {_DECIDED_NB[before.state]})"
    if state == "accepted":
        said += _put_to_use(landing, dataset_id, release_id, moment)
    return f"{said}. Neste: integrering run"


def _turning(dataset_id: str, release_id: str, before: Decision) -> str:
    who = "en person" if before.decided_by == "person" else "kontrollen"
    return f"{dataset_id} {release_id} ble {_DECIDED_NB[before.state]} av {who} {before.decided_at:%d.%m.%Y}. Skal det gjøres om?"


def _meant(workspace: Workspace, dataset_id: str, release: str | None) -> str:
    """The release that is meant. Raises NoRelease where it is none, or where several wait and none was named."""
    landing = workspace.landing
    if dataset_id not in workspace.specs:
        near = get_close_matches(dataset_id, workspace.specs, n=3, cutoff=0.5)
        raise NoRelease(
            expected="a dataset",
            found=dataset_id,
            where="releases",
            next_step=f"near: {', '.join(near)}" if near else "integrering releases held",
        )
    known = {r.release_id: landing.decision(dataset_id, r.release_id) for r in landing.receipts(dataset_id)}
    waiting = [name for name, decision in known.items() if decision and decision.state == "held"]
    found = waiting if release is None else [name for name in known if name.startswith(release)]
    if release is not None and release in known:
        return release
    if len(found) == 1:
        return found[0]
    raise NoRelease(
        expected=f"a landed release of {dataset_id} (held: {', '.join(waiting) or 'none'})",
        found=release or ("several that wait" if waiting else "none that waits"),
        where="landing",
        next_step="name one of them" if waiting else "integrering releases held",
    )


def _put_to_use(landing: Landing, dataset_id: str, release_id: str, moment: datetime) -> str:
    """Let an accepted release serve, also where a newer one does: that is what a person accepts it for.

    One that covers less than what is in use serves nothing all the same, and that is said.
    """
    receipt, facts = landing.receipt(dataset_id, release_id), landing.reading(dataset_id, release_id)
    if receipt is None or facts is None:
        return ""
    one = Accepted(receipt, facts)
    lost = unused(one, serving(accepted(landing, dataset_id, demo=receipt.is_demo)))
    if any(use.reason == "older" for use in lost):
        landing.see_again(dataset_id, release_id, moment)
        one = Accepted(receipt.model_copy(update={"seen_again_at": moment}), facts)
        lost = unused(one, serving(accepted(landing, dataset_id, demo=receipt.is_demo)))
    less = [use for use in lost if use.reason == "covers_less"]
    return f", men gir ingen tall: den {in_norwegian(covers_less(facts, less))}" if less else ""
