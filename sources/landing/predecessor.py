"""The release that another one stands against: which it would replace, which serves in its place.

Here: one rule, asked by the gates, by the revision log and by what is in use. Not here: comparing cells (differences.py),
judging (gates.py), or the files that lie in a folder now (at_hand.py).

The rule. Only accepted releases of the same kind (invented or real) count. A release would replace the newest older one
of the same extent and the same form: of such a pair every cell can be compared. The newest one of the same extent in
another form, when it came after that, is compared by totals and years alone, since two forms of a table put a place under
different codes. A download of some municipalities says nothing about one of all, nor the reverse, and never takes its place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sources.landing.store import Decision, Landing, ReadingFacts, Receipt

BUNDLED = "bundled"
"""date_basis of what ships with the product. Its reference tables count in a demo run as well, its figures do not."""

FETCHED = "fetched"
"""date_basis of what a client fetched from the publisher."""


@dataclass(frozen=True)
class Accepted:
    """A release that may serve figures, with what was read of it."""

    receipt: Receipt
    facts: ReadingFacts

    @property
    def release_id(self) -> str:
        return self.receipt.release_id


@dataclass(frozen=True)
class Predecessors:
    """What a release stands against. ``other_form`` is given when it came after ``same_form``, or there is none."""

    same_form: Receipt | None = None
    other_form: Receipt | None = None

    @property
    def any(self) -> Receipt | None:
        """The one it would replace first of all."""
        return self.other_form or self.same_form


@dataclass(frozen=True)
class Unused:
    """A slice that an accepted release holds and does not serve, and the release that serves it."""

    slice: str
    server: Accepted
    reason: Literal["covers_less", "older"]


def accepted(landing: Landing, dataset_id: str, *, demo: bool, as_of: datetime | None = None) -> list[Accepted]:
    """The accepted releases of a dataset of one kind, oldest first; what is bundled counts in both kinds."""
    found = []
    for receipt in landing.receipts(dataset_id):
        if not is_counted(receipt, demo, as_of):
            continue
        decision = landing.decision(dataset_id, receipt.release_id)
        facts = landing.reading(dataset_id, receipt.release_id)
        if decision and facts and was_accepted(decision, as_of):
            found.append(Accepted(receipt, facts))
    return found


def serving(releases: Iterable[Accepted], as_of: datetime | None = None) -> dict[str, Accepted]:
    """Slice -> the release that serves it: one of all regions before one of some, what came before what is bundled,
    then the newest."""
    best: dict[str, tuple[tuple, Accepted]] = {}
    for one in releases:
        for name, coverage in one.facts.slices.items():
            rank = (coverage.is_full, one.receipt.date_basis != BUNDLED, *one.receipt.order_as_of(as_of))
            if name not in best or rank > best[name][0]:
                best[name] = (rank, one)
    return {name: one for name, (_, one) in sorted(best.items())}


def unused(one: Accepted, servers: Mapping[str, Accepted], as_of: datetime | None = None) -> list[Unused]:
    """The slices of an accepted release that another release serves (``serving``), and why."""
    found = []
    for name, coverage in one.facts.slices.items():
        server = servers.get(name)
        if server is None or server.release_id == one.release_id:
            continue
        is_newer = one.receipt.order_as_of(as_of) > server.receipt.order_as_of(as_of)
        is_less = is_newer and server.facts.slices[name].is_full and not coverage.is_full
        found.append(Unused(name, server, "covers_less" if is_less else "older"))
    return found


def predecessors(
    landing: Landing, receipt: Receipt, facts: ReadingFacts, others: Sequence[Receipt] | None = None
) -> Predecessors:
    """The accepted releases that this one would replace; itself it may be accepted, held or undecided.

    ``others``: the releases of the dataset that may be older, oldest first, where they are known (all in landing otherwise).
    """
    newest: Receipt | None = None
    for other in reversed(landing.receipts(receipt.dataset_id) if others is None else others):
        is_older = other.order < receipt.order and other.release_id != receipt.release_id
        is_of_kind = other.is_demo == receipt.is_demo and other.date_basis != BUNDLED
        if not is_older or not is_of_kind or (newest is not None and other.form != receipt.form):
            continue
        decision = landing.decision(other.dataset_id, other.release_id)
        read = landing.reading(other.dataset_id, other.release_id)
        if decision is None or decision.state != "accepted" or read is None:
            continue
        if not _is_of_one_extent(Accepted(receipt, facts), Accepted(other, read)):
            continue
        if other.form == receipt.form:
            return Predecessors(other, newest)
        newest = other
    return Predecessors(None, newest)


def is_superseded(landing: Landing, receipt: Receipt) -> bool:
    """Whether an accepted release has lost a slice to a newer one: upstream has had another content since."""
    releases = accepted(landing, receipt.dataset_id, demo=receipt.is_demo)
    own = next((one for one in releases if one.release_id == receipt.release_id), None)
    return own is not None and any(
        lost.reason == "older" and lost.server.receipt.order > receipt.order for lost in unused(own, serving(releases))
    )


def is_counted(receipt: Receipt, demo: bool, as_of: datetime | None = None) -> bool:
    """Whether a release counts in a run of one kind: real and invented ones know nothing of each other, in what is in use,
    in the gates, in the log of releases and in that of revisions. What ships with the product counts in both."""
    return (receipt.date_basis == BUNDLED or receipt.is_demo == demo) and was_known(receipt, as_of)


def was_known(receipt: Receipt, as_of: datetime | None) -> bool:
    """Whether a release had come by then. What ships with the product always counts: without it no code has a place."""
    return as_of is None or receipt.date_basis == BUNDLED or receipt.retrieved_at <= as_of


def was_accepted(decision: Decision, as_of: datetime | None) -> bool:
    """Whether a release was in use by then. The first decision of the gate holds from the release's arrival on; what was
    decided later, by a person or when the content came back, holds from its own moment."""
    if as_of is None:
        return decision.state == "accepted"
    known = [d for d in (*decision.earlier, decision) if _is_first_of_gate(d, decision) or d.decided_at <= as_of]
    return bool(known) and known[-1].state == "accepted"


def _is_first_of_gate(one: Decision, last: Decision) -> bool:
    return one.decided_by == "gate" and one is (last.earlier[0] if last.earlier else last)


def _is_of_one_extent(now: Accepted, before: Accepted) -> bool:
    """Whether both cover all regions of their common slices, or both only some.

    Two fetches asked upstream the same question, so there a smaller extent is a fault, not another question.
    """
    common = set(now.facts.slices) & set(before.facts.slices)
    same = all(now.facts.slices[name].is_full == before.facts.slices[name].is_full for name in common)
    both_fetched = now.receipt.date_basis == before.receipt.date_basis == FETCHED
    return bool(common) and (same or both_fetched)
