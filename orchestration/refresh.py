"""Bringing datasets up to date: from files and bundled tables to accepted releases in landing.

Here: one dataset after the other, each with an outcome; one bad dataset never stops the others. Not here: dbt, Dagster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from sources.bundled import BundledFile
from sources.current import BUNDLED, FETCHED
from sources.discovery import Candidate
from sources.errors import SourceError
from sources.files import file_digest
from sources.gates import Snapshot, judge
from sources.intake import Arrival, ensure_rows, known_release, read_release, take_in
from sources.landing import Blob, Decision, Landing, ReadingFacts, Receipt
from sources.spec import DatasetSpec

State = Literal["refreshed", "unchanged", "held", "failed", "closed", "withdrawn", "discontinued"]
"""``closed``, ``withdrawn`` and ``discontinued`` are states of upstream, not failures: the last good release stays."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file or dataset in a run."""

    dataset_id: str
    state: State
    name: str
    message: str = ""
    release_id: str | None = None
    rows: int = 0


@dataclass
class RefreshPlan:
    """What there is to do: files whose content is not in landing, files that are there already, and the datasets whose
    upstream has something new (``live``)."""

    new: list[tuple[str, Candidate | BundledFile]] = field(default_factory=list)
    unchanged: list[Outcome] = field(default_factory=list)
    live: set[str] = field(default_factory=set)

    @property
    def dataset_ids(self) -> set[str]:
        """The datasets with something new, in files or upstream."""
        return {dataset_id for dataset_id, _ in self.new} | self.live


def plan_refresh(
    landing: Landing, specs: dict[str, DatasetSpec], files: Iterable[Candidate | BundledFile]
) -> RefreshPlan:
    """Hash every file and tell which are new. Reads no figures: this is all a run without news costs."""
    plan = RefreshPlan()
    for file in files:
        spec = specs[file.dataset_id]
        receipt = known_release(landing, spec, [file_digest(file.path)])
        if receipt is None:
            plan.new.append((spec.dataset_id, file))
            continue
        decision = landing.decision(spec.dataset_id, receipt.release_id)
        if decision is None:
            plan.new.append((spec.dataset_id, file))
        elif decision.state == "held":
            reasons = "; ".join(decision.reasons)
            plan.unchanged.append(Outcome(spec.dataset_id, "held", file.path.name, reasons, receipt.release_id))
        else:
            plan.unchanged.append(Outcome(spec.dataset_id, "unchanged", file.path.name, "", receipt.release_id))
    return plan


def refresh_file(landing: Landing, spec: DatasetSpec, file: Candidate | BundledFile) -> Outcome:
    """Land and read one file and decide on it. Never raises for bad input: the outcome says what was wrong."""
    try:
        blob = Blob(sha256=landing.put_file(file.path), bytes=file.path.stat().st_size, name=file.path.name)
        receipt = take_in(landing, spec, _arrival(file, blob))
        return decide(landing, spec, receipt, file.path.name)
    except SourceError as problem:
        return Outcome(spec.dataset_id, "failed", file.path.name, str(problem))


def _arrival(file: Candidate | BundledFile, blob: Blob) -> Arrival:
    if isinstance(file, BundledFile):
        return Arrival([blob], file.form, file.retrieved_at, BUNDLED)
    return Arrival([blob], file.form, file.retrieved_at, file.date_basis, is_demo=file.is_demo)


def decide(landing: Landing, spec: DatasetSpec, receipt: Receipt, name: str) -> Outcome:
    """Put a landed release through the gates, unless somebody has decided on it before."""
    facts = landing.reading(spec.dataset_id, receipt.release_id)
    if facts is None:
        raise RuntimeError(f"{spec.dataset_id} {receipt.release_id}: a receipt without a reading")
    decision = landing.decision(spec.dataset_id, receipt.release_id)
    if decision is None:
        decision = _judge(landing, spec, receipt, facts)
        landing.decide(spec.dataset_id, receipt.release_id, decision)
    if decision.state == "accepted":
        return Outcome(spec.dataset_id, "refreshed", name, _summary(facts), receipt.release_id, facts.rows)
    message = f"{'; '.join(decision.reasons)}. Next: integrering releases accept|reject {spec.dataset_id} {receipt.release_id}"
    return Outcome(spec.dataset_id, "held", name, message, receipt.release_id, facts.rows)


def _judge(landing: Landing, spec: DatasetSpec, receipt: Receipt, facts: ReadingFacts) -> Decision:
    before = _release_before(landing, spec, receipt, facts)
    found = judge(spec, _snapshot(landing, spec, receipt), _snapshot(landing, spec, before) if before else None)
    state = "held" if found.reasons else "accepted"
    return Decision(state=state, reasons=found.reasons, notices=found.notices, decided_at=receipt.retrieved_at)


def _snapshot(landing: Landing, spec: DatasetSpec, receipt: Receipt) -> Snapshot:
    facts = landing.reading(spec.dataset_id, receipt.release_id)
    if facts is None:
        raise RuntimeError(f"{spec.dataset_id} {receipt.release_id}: a receipt without a reading")
    path = ensure_rows(landing, spec, receipt)
    return Snapshot(facts, path, receipt.form, receipt.retrieved_at, receipt.date_basis == FETCHED)


def _release_before(landing: Landing, spec: DatasetSpec, receipt: Receipt, facts: ReadingFacts) -> Receipt | None:
    """The accepted release this one would replace: older, of the same kind (demo or not) and with a common slice."""
    earlier = [
        other
        for other in landing.receipts(spec.dataset_id)
        if other.order < receipt.order and other.is_demo == receipt.is_demo and other.date_basis != BUNDLED
    ]
    for other in reversed(earlier):
        decision = landing.decision(spec.dataset_id, other.release_id)
        other_facts = landing.reading(spec.dataset_id, other.release_id)
        if decision and decision.state == "accepted" and other_facts and set(other_facts.slices) & set(facts.slices):
            return other
    return None


def reread_outdated(landing: Landing, specs: dict[str, DatasetSpec]) -> Iterator[Outcome]:
    """Read releases again whose spec has changed since: the rows follow the spec, the bytes stay as they are."""
    for receipt in landing.receipts():
        spec = specs.get(receipt.dataset_id)
        facts = landing.reading(receipt.dataset_id, receipt.release_id) if spec else None
        if spec is None or (facts and facts.spec_version == spec.version):
            continue
        name = receipt.blobs[0].name
        try:
            facts = read_release(landing, spec, receipt.release_id, receipt.blobs, receipt.form)
            yield Outcome(
                spec.dataset_id, "refreshed", name, "read again under a changed spec", receipt.release_id, facts.rows
            )
        except SourceError as problem:
            yield Outcome(spec.dataset_id, "failed", name, str(problem), receipt.release_id)


def _summary(facts: ReadingFacts) -> str:
    years = f", {min(facts.years)}-{max(facts.years)}" if facts.years else ""
    return f"{facts.rows} rows{years}"
