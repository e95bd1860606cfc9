"""Which release of each dataset is in use.

Here: the rule that picks one release per dataset and slice. Not here: whether a release is accepted (gates.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sources.bundled import bundled
from sources.files import file_digest
from sources.landing import Decision, Landing, ReadingFacts, Receipt, release_id_of
from sources.spec import DatasetSpec

BUNDLED = "bundled"
"""date_basis of what ships with the product: real figures that count in a demo run as well."""


FETCHED = "fetched"
"""date_basis of what a client fetched from the publisher."""


@dataclass(frozen=True)
class InUse:
    """A release that serves a slice (a region level, or ``all`` of a table)."""

    dataset_id: str
    slice: str
    release_id: str


def select_current(
    landing: Landing, specs: dict[str, DatasetSpec], *, demo: bool, as_of: datetime | None = None
) -> list[InUse]:
    """The release in use for every dataset and slice, in order of dataset and slice.

    Accepted releases only, the newest one; one that covers only some regions never replaces one that covers all.
    A demo run uses demo releases and what is bundled; any other run never uses a demo release. ``as_of`` leaves out
    what came (or was accepted by a person) later. Of what is bundled only the content that ships now counts, and a
    release read under an earlier spec counts when it has been read again.
    """
    shipped = {file.dataset_id: release_id_of([file_digest(file.path)]) for file in bundled(specs)}
    chosen: list[InUse] = []
    for dataset_id, spec in specs.items():
        best: dict[str, tuple[tuple, str]] = {}
        for receipt, facts in _usable(landing, dataset_id, demo, as_of):
            if facts.spec_version != spec.version:
                continue
            if receipt.date_basis == BUNDLED and shipped.get(dataset_id) != receipt.release_id:
                continue
            for name, coverage in facts.slices.items():
                rank = (coverage.is_full, receipt.date_basis != BUNDLED, *receipt.order_as_of(as_of))
                if name not in best or rank > best[name][0]:
                    best[name] = (rank, receipt.release_id)
        chosen += [InUse(dataset_id, name, release_id) for name, (_, release_id) in sorted(best.items())]
    return chosen


def _usable(
    landing: Landing, dataset_id: str, demo: bool, as_of: datetime | None
) -> Iterable[tuple[Receipt, ReadingFacts]]:
    for receipt in landing.receipts(dataset_id):
        if receipt.date_basis != BUNDLED and receipt.is_demo != demo:
            continue
        if not was_known(receipt, as_of):
            continue
        decision = landing.decision(dataset_id, receipt.release_id)
        facts = landing.reading(dataset_id, receipt.release_id)
        if decision and facts and was_accepted(decision, as_of):
            yield receipt, facts


def is_superseded(landing: Landing, receipt: Receipt) -> bool:
    """Whether an accepted release is not the newest of its slices: upstream has had another content since."""
    facts = landing.reading(receipt.dataset_id, receipt.release_id)
    decision = landing.decision(receipt.dataset_id, receipt.release_id)
    if facts is None or decision is None or decision.state != "accepted":
        return False
    for other in landing.receipts(receipt.dataset_id):
        if other.order <= receipt.order or other.is_demo != receipt.is_demo or other.date_basis == BUNDLED:
            continue
        other_facts = landing.reading(other.dataset_id, other.release_id)
        other_decision = landing.decision(other.dataset_id, other.release_id)
        is_used = other_decision is not None and other_decision.state == "accepted"
        if is_used and other_facts and set(other_facts.slices) & set(facts.slices):
            return True
    return False


def was_known(receipt: Receipt, as_of: datetime | None) -> bool:
    """Whether a release had come by then. What ships with the product always counts: without it no code has a place."""
    return as_of is None or receipt.date_basis == BUNDLED or receipt.retrieved_at <= as_of


def was_accepted(decision: Decision, as_of: datetime | None) -> bool:
    """Whether a release was in use by then. What a person decided later was held by the gates until that moment."""
    if as_of is not None and decision.decided_by == "person" and decision.decided_at > as_of:
        return False
    return decision.state == "accepted"
