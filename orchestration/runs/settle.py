"""What becomes of a release that has landed: accepted, held, not used, and the sentence that says so.

Here: gates, the folder's word and earlier decisions put together. Not here: the gates (sources/gates/judge.py), the folder's rule
(sources/landing/at_hand.py), or landing files (refresh.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from orchestration.runs.held import commands
from sources.dataset.spec import DatasetSpec
from sources.gates.expectations import Use
from sources.gates.judge import Judgement, Pair, Snapshot, judge
from sources.gates.rules import other_municipality
from sources.landing.at_hand import BY_FOLDER, AtHand, Place, is_put_back, place_of
from sources.landing.intake import ensure_rows
from sources.landing.predecessor import BUNDLED, Accepted, Unused, accepted, predecessors, serving, unused
from sources.landing.reasons import Reason, in_english, in_norwegian, reason
from sources.landing.revisions import write_revision
from sources.landing.store import Decision, Landing, ReadingFacts, Receipt

State = Literal[
    "refreshed", "unchanged", "history", "held", "failed", "not_used", "closed", "withdrawn", "discontinued"
]
"""``closed``, ``withdrawn`` and ``discontinued`` are states of upstream, not failures: the last good release stays.
``not_used``: readable, newer than what is in use, and covers less. ``history``: an older vintage that lies beside the newer."""

OBJECTIONS = ("failed", "held", "not_used")
"""States of a file that somebody has to look at: what its owner put there does not serve."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file or dataset in a run. ``remark``: what a reader should know of a release that is in use, in
    Norwegian."""

    dataset_id: str
    state: State
    name: str
    message: str = ""
    release_id: str | None = None
    rows: int = 0
    remark: str = ""
    message_nb: str = ""
    """The message for whoever put the file there, where it is a reason (sources/landing/reasons.yml)."""
    failing_since: datetime | None = None
    silent_publisher: str = ""
    """The publisher, where it is the publisher that does not answer and no fault of this dataset."""


@dataclass(frozen=True)
class Settling:
    """The decisions on the releases of one dataset."""

    landing: Landing
    spec: DatasetSpec
    at_hand: AtHand = field(default_factory=AtHand)
    uses: Sequence[Use] = ()
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    home: str | None = None
    """The home municipality, where it is asked whether figures are of it."""

    def as_it_stands(self, receipt: Receipt, name: str) -> Outcome | None:
        """The outcome of a known content that lies in the folder as before; None = it has to be decided on (again).

        What ships with the product lies in no folder: it serves where nothing else does, and is never put back.
        """
        decision = self._decision(receipt)
        if decision is None:
            return None
        if receipt.date_basis == BUNDLED and decision.state != "held":
            return self._outcome("unchanged", receipt, name)
        if decision.state == "rejected":
            said = f"rejected on {decision.decided_at:%Y-%m-%d}", f"avvist {decision.decided_at:%d.%m.%Y}"
            return self._outcome("history", receipt, name, *said)
        if decision.state == "held":
            is_still_so = decision.decided_by != BY_FOLDER or self._place(receipt).objection in decision.reasons
            return self._held(receipt, decision, name) if is_still_so else None
        one = Accepted(receipt, self._facts(receipt))
        if is_put_back(self.landing, self.spec, one, self.at_hand):
            return None
        return self._of_unused(one, name) or self._outcome("unchanged", receipt, name)

    def settle(self, receipt: Receipt, name: str) -> Outcome:
        """Decide on a landed release, unless that has been done and its place in the folder is as it was."""
        if receipt.date_basis == BUNDLED:
            return self.decide(receipt, name)
        decision = self._decision(receipt)
        if decision is None or (decision.state == "held" and decision.decided_by == BY_FOLDER):
            place = self._place(receipt)
            if place.objection:
                return self._hold_for_folder(receipt, name, place.objection)
            return self._decide(receipt, name, place)
        if decision.state == "held":
            return self._held(receipt, decision, name)
        one = Accepted(receipt, self._facts(receipt))
        if decision.state == "accepted" and is_put_back(self.landing, self.spec, one, self.at_hand):
            return self.put_back(receipt, name, "put_back")
        return self._of_unused(one, name) or self._refreshed(receipt, decision, name)

    def put_back(
        self,
        receipt: Receipt,
        name: str,
        what: Literal["put_back", "upstream_went_back"],
        moment: datetime | None = None,
    ) -> Outcome:
        """A content that was accepted before takes the place of a newer one, if the gates let it."""
        moment = moment or self.clock()
        again = receipt.model_copy(update={"seen_again_at": moment})
        found = self._judge(again)
        if found.reasons:
            reasons = [reason(what), *found.reasons]
            held = Decision(state="held", reasons=reasons, notices=found.notices, decided_at=moment)
            self.landing.decide(self.spec.dataset_id, receipt.release_id, held)
            return self._held(receipt, held, name)
        self.landing.see_again(self.spec.dataset_id, receipt.release_id, moment)
        happened = "put back in the folder" if what == "put_back" else "upstream went back"
        message = f"{happened}: the content of {receipt.retrieved_at:%Y-%m-%d} again"
        return self._outcome("refreshed", receipt, name, message)

    def decide(self, receipt: Receipt, name: str) -> Outcome:
        """Put a release that came from its publisher through the gates, unless somebody has decided on it before."""
        decision = self._decision(receipt)
        if decision is None:
            return self._decide(receipt, name, Place("newest"))
        if decision.state == "accepted":
            return self._refreshed(receipt, decision, name)
        return self._held(receipt, decision, name)

    def _decide(self, receipt: Receipt, name: str, place: Place) -> Outcome:
        is_last = place.kind == "put_last"
        moment = self.clock()
        seen = receipt.model_copy(update={"seen_again_at": moment}) if is_last else receipt
        found = self._judge(seen)
        decision = Decision(
            state="held" if found.reasons else "accepted",
            reasons=found.reasons,
            notices=found.notices,
            unserved=found.unserved,
            decided_at=moment if self._decision(receipt) else receipt.retrieved_at,
        )
        self.landing.decide(self.spec.dataset_id, receipt.release_id, decision)
        if is_last:
            self.landing.see_again(self.spec.dataset_id, receipt.release_id, moment)
        if decision.state == "held":
            return self._held(receipt, decision, name)
        outcome = self._of_unused(Accepted(seen, self._facts(receipt)), name)
        return outcome or self._refreshed(receipt, decision, name)

    def _hold_for_folder(self, receipt: Receipt, name: str, objection: Reason) -> Outcome:
        held = Decision(state="held", reasons=[objection], decided_at=self.clock(), decided_by=BY_FOLDER)
        before = self._decision(receipt)
        if before is None or before.reasons != held.reasons:
            self.landing.decide(self.spec.dataset_id, receipt.release_id, held)
        return self._held(receipt, held, name)

    def _judge(self, receipt: Receipt) -> Judgement:
        """``receipt`` may be one whose order is not on disk yet: what it stands against follows from that order."""
        before = predecessors(self.landing, receipt, self._facts(receipt))
        pair = None
        if self.spec.shape == "observation":
            cells = write_revision(self.landing, self.spec, receipt, before.same_form)[1]
            if before.same_form and cells is not None:
                pair = Pair(self._snapshot(before.same_form), cells)
        other = before.other_form if self.spec.shape == "observation" else before.any
        found = judge(self.spec, self._snapshot(receipt), pair, self._snapshot(other) if other else None, self.uses)
        found.reasons += other_municipality(self.spec, self._facts(receipt), None if receipt.is_demo else self.home)
        return found

    def _snapshot(self, receipt: Receipt) -> Snapshot:
        path = ensure_rows(self.landing, self.spec, receipt)
        return Snapshot(self._facts(receipt), path, receipt.retrieved_at, receipt.is_demo)

    def _of_unused(self, one: Accepted, name: str) -> Outcome | None:
        """The outcome of an accepted release that does not serve what it holds; None when it serves."""
        releases = accepted(self.landing, self.spec.dataset_id, demo=one.receipt.is_demo)
        lost = unused(one, serving(releases))
        less = [use for use in lost if use.reason == "covers_less"]
        if less:
            found = covers_less(one.facts, less)
            return self._outcome("not_used", one.receipt, name, f"not in use: {in_english(found)}", in_norwegian(found))
        if lost and len(lost) == len(one.facts.slices) and not self.spec.accumulates:
            server = lost[0].server.receipt
            file, day = server.blobs[0].name, server.order[0]
            message = f"older than {file} of {day:%Y-%m-%d}, which is in use"
            message_nb = f"eldre enn {file} fra {day:%d.%m.%Y}, som er i bruk"
            return self._outcome("history", one.receipt, name, message, message_nb)
        return None

    def _refreshed(self, receipt: Receipt, decision: Decision, name: str) -> Outcome:
        facts = self._facts(receipt)
        years = f", {min(facts.years)}-{max(facts.years)}" if facts.years else ""
        told = [reason("serves_none", indicators=list(decision.unserved))] if decision.unserved else []
        told += [notice for notice in decision.notices if notice.code in ("covers", "level_left")]
        told += [reason("new_labels", dimension=name, labels=new) for name, new in facts.new_labels.items()]
        remarks = [*(one.nb for one in told), *(facts.notes if self.spec.shape == "table" else ())]
        return Outcome(
            self.spec.dataset_id,
            "refreshed",
            name,
            f"{facts.rows} rows{years}",
            receipt.release_id,
            facts.rows,
            "; ".join(remarks),
        )

    def _held(self, receipt: Receipt, decision: Decision, name: str) -> Outcome:
        accept, reject = commands(self.spec.dataset_id, receipt.release_id)
        message = f"{in_english(decision.reasons)}. Next: {accept}, or {reject}"
        return self._outcome("held", receipt, name, message, in_norwegian(decision.reasons))

    def _outcome(self, state: State, receipt: Receipt, name: str, message: str = "", message_nb: str = "") -> Outcome:
        rows = self._facts(receipt).rows if state in ("refreshed", "held", "not_used") else 0
        return Outcome(self.spec.dataset_id, state, name, message, receipt.release_id, rows, message_nb=message_nb)

    def _place(self, receipt: Receipt) -> Place:
        return place_of(self.landing, self.spec, receipt, self._facts(receipt), self.at_hand)

    def _decision(self, receipt: Receipt) -> Decision | None:
        return self.landing.decision(self.spec.dataset_id, receipt.release_id)

    def _facts(self, receipt: Receipt) -> ReadingFacts:
        facts = self.landing.reading(self.spec.dataset_id, receipt.release_id)
        if facts is None:
            raise RuntimeError(f"{self.spec.dataset_id} {receipt.release_id}: a receipt without a reading")
        return facts


def covers_less(facts: ReadingFacts, lost: Sequence[Unused]) -> list[Reason]:
    """What a release covers less of than the one that serves."""
    return [
        reason(
            "covers_less",
            level=use.slice,
            regions=facts.slices[use.slice].regions,
            all=use.server.facts.slices[use.slice].regions,
            file=use.server.receipt.blobs[0].name,
        )
        for use in lost
    ]
