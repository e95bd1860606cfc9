"""What the files that lie in a folder now say of each other: which was put there last, which are not told apart.

Here: the rule that a folder holds what its owner put there last. Not here: finding the files (discovery.py), or the rule for
releases by their dates alone (predecessor.py).

Among files that lie there together their dates decide; two of one date that claim the same figures are not guessed
between. A release whose file lies there no longer comes before all that do: a file that takes its place is newer, whatever
its own date says, and so is one that is put back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from sources.dataset.spec import DatasetSpec
from sources.landing.predecessor import BUNDLED, FETCHED, Accepted, accepted, serving, unused
from sources.landing.reasons import Reason, reason
from sources.landing.store import Landing, ReadingFacts, Receipt

COPIED_TOGETHER = timedelta(seconds=60)
"""File dates that lie closer than this were made by one copying, which says nothing of the order of the contents."""

BY_FOLDER = "folder"
"""``decided_by`` of what is held for the sake of another file; asked again when that file is gone."""


@dataclass(frozen=True)
class AtHand:
    """The releases whose files lie in the folder, per dataset."""

    releases: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def has(self, receipt: Receipt) -> bool:
        """Whether the content lies there, or is what the publisher itself showed last."""
        return receipt.date_basis == FETCHED or receipt.release_id in self.releases.get(receipt.dataset_id, ())


@dataclass(frozen=True)
class Place:
    """Where a release stands among the others: what its folder says of it."""

    kind: Literal["newest", "put_last", "older", "same_date"]
    other: Receipt | None = None

    @property
    def objection(self) -> Reason | None:
        """Why it is not used unless a person says so; None when it may be used."""
        if self.other is None or self.kind not in ("older", "same_date"):
            return None
        name = self.other.blobs[0].name
        if self.kind == "same_date":
            return reason("same_date", file=name)
        code = "older_than_fetched" if self.other.date_basis == FETCHED else "older_than_beside"
        return reason(code, file=name, date=f"{self.other.order[0]:%Y-%m-%d}")


def place_of(landing: Landing, spec: DatasetSpec, receipt: Receipt, facts: ReadingFacts, at_hand: AtHand) -> Place:
    """Where a landed release that is not in use yet stands among those at hand and those in use."""
    own = Accepted(receipt, facts)
    for other in landing.receipts(spec.dataset_id):
        if other.release_id in at_hand.releases.get(spec.dataset_id, ()) and _are_rivals(landing, own, other):
            return Place("same_date", other)
    others = [o for o in accepted(landing, spec.dataset_id, demo=receipt.is_demo) if o.release_id != own.release_id]
    ahead = {name: one for name, one in serving(others).items() if _is_ahead(one, own, name)}
    gone = [one for one in ahead.values() if not at_hand.has(one.receipt)]
    if gone and (not spec.accumulates or any(set(one.facts.slices) == set(facts.slices) for one in gone)):
        return Place("put_last", _newest(gone))
    if set(ahead) == set(facts.slices) and not spec.accumulates:
        return Place("older", _newest(ahead.values()))
    return Place("newest")


def _is_ahead(server: Accepted, own: Accepted, name: str) -> bool:
    """Whether a release that serves a slice would go on serving it by its date alone."""
    coverage = own.facts.slices.get(name)
    if coverage is None or server.receipt.date_basis == BUNDLED:
        return False
    is_as_whole = server.facts.slices[name].is_full or not coverage.is_full
    return is_as_whole and server.receipt.order[:2] >= own.receipt.order[:2]


def _newest(releases: Iterable[Accepted]) -> Receipt:
    return max((one.receipt for one in releases), key=lambda receipt: receipt.order)


def is_put_back(landing: Landing, spec: DatasetSpec, one: Accepted, at_hand: AtHand) -> bool:
    """Whether an accepted release lies in the folder while one that has taken its place there is gone again."""
    releases = accepted(landing, spec.dataset_id, demo=one.receipt.is_demo)
    for lost in unused(one, serving(releases)):
        server = lost.server
        is_gone = (
            lost.reason == "older" and server.receipt.order > one.receipt.order and not at_hand.has(server.receipt)
        )
        if is_gone and (not spec.accumulates or set(server.facts.slices) == set(one.facts.slices)):
            return True
    return False


def _are_rivals(landing: Landing, own: Accepted, other: Receipt) -> bool:
    """Whether another file at hand claims figures of the same slices and date with another content."""
    receipt = own.receipt
    if other.release_id == receipt.release_id or other.is_demo != receipt.is_demo:
        return False
    decision = landing.decision(other.dataset_id, other.release_id)
    facts = landing.reading(other.dataset_id, other.release_id)
    if facts is None or (decision is not None and decision.state == "rejected"):
        return False
    return bool(set(facts.slices) & set(own.facts.slices)) and _is_same_date(receipt, other)


def _is_same_date(one: Receipt, other: Receipt) -> bool:
    if one.seen_again_at or other.seen_again_at or one.upstream_updated_at != other.upstream_updated_at:
        return False
    apart = abs(one.retrieved_at - other.retrieved_at)
    both_of_files = one.date_basis == other.date_basis == "file date"
    return apart <= (COPIED_TOGETHER if both_of_files else timedelta(0))
