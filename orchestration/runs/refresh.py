"""Bringing datasets up to date: from files and bundled tables to accepted releases in landing.

Here: one dataset after the other, each file with an outcome; one bad dataset never stops the others. Not here: deciding on
a landed release (settle.py), dbt, Dagster.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from orchestration.runs.settle import Outcome, Settling
from sources.dataset.discovery import Candidate
from sources.dataset.spec import DatasetSpec
from sources.errors import SourceError
from sources.gates.expectations import Use
from sources.landing.at_hand import AtHand
from sources.landing.bundled import BundledFile
from sources.landing.intake import Arrival, known_release, read_release, take_in
from sources.landing.predecessor import BUNDLED
from sources.landing.store import Blob, Landing, Receipt, release_id_of


@dataclass
class RefreshPlan:
    """What there is to do: files whose content is not in landing or is not where its folder says it should be, files
    that are as they were, and the datasets whose upstream has something new (``live``)."""

    new: list[tuple[str, Candidate | BundledFile]] = field(default_factory=list)
    unchanged: list[Outcome] = field(default_factory=list)
    live: set[str] = field(default_factory=set)
    at_hand: AtHand = field(default_factory=AtHand)

    @property
    def dataset_ids(self) -> set[str]:
        """The datasets with something new, in files or upstream."""
        return {dataset_id for dataset_id, _ in self.new} | self.live


def plan_refresh(
    landing: Landing, specs: dict[str, DatasetSpec], files: Iterable[Candidate | BundledFile]
) -> RefreshPlan:
    """Hash every file and tell which are new. Reads no figures: this is all a run without news costs."""
    listed = [(specs[file.dataset_id], file, file.digest) for file in files]
    at_hand: dict[str, set[str]] = {}
    for spec, file, digest in listed:
        if isinstance(file, Candidate):
            at_hand.setdefault(spec.dataset_id, set()).add(release_id_of([digest]))
    plan = RefreshPlan(at_hand=AtHand({name: frozenset(ids) for name, ids in at_hand.items()}))
    for spec, file, digest in listed:
        receipt = known_release(landing, spec, [digest])
        outcome = Settling(landing, spec, plan.at_hand).as_it_stands(receipt, file.path.name) if receipt else None
        if outcome is None:
            plan.new.append((spec.dataset_id, file))
        else:
            plan.unchanged.append(outcome)
    return plan


def refresh_files(
    landing: Landing,
    spec: DatasetSpec,
    files: Sequence[Candidate | BundledFile],
    at_hand: AtHand | None = None,
    *,
    uses: Sequence[Use] = (),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    home: str | None = None,
) -> Iterator[tuple[Candidate | BundledFile, Outcome]]:
    """Land and read the new files of one dataset, then decide on each in the order of their releases.

    All are landed before any is decided on, since two may claim the same figures. ``home`` is the home municipality, of
    which some datasets have to be. Never raises for bad input: the outcome says what was wrong.
    """
    landed: list[tuple[Candidate | BundledFile, Receipt]] = []
    for file in files:
        try:
            landed.append((file, take_in(landing, spec, _arrival(file, _blob(landing, file)))))
        except SourceError as problem:
            yield file, _failed(spec, file.path.name, problem)
    together = {receipt.release_id for _, receipt in landed}
    known = at_hand or AtHand({spec.dataset_id: frozenset(together)})
    settling = Settling(landing, spec, known, uses, clock, home)
    for file, receipt in sorted(landed, key=lambda pair: pair[1].order):
        yield file, settling.settle(receipt, file.path.name)


def refresh_file(landing: Landing, spec: DatasetSpec, file: Candidate | BundledFile) -> Outcome:
    """One file through `refresh_files`, as if it lay alone in its folder."""
    return next(outcome for _, outcome in refresh_files(landing, spec, [file]))


def _blob(landing: Landing, file: Candidate | BundledFile) -> Blob:
    """The file's bytes in landing: of a bundled one those inside its compression, so that a line of it can be shown."""
    if isinstance(file, BundledFile):
        body = file.body()
        return Blob(sha256=landing.put_bytes(body), bytes=len(body), name=file.name)
    return Blob(sha256=landing.put_file(file.path, file.digest), bytes=file.path.stat().st_size, name=file.path.name)


def _arrival(file: Candidate | BundledFile, blob: Blob) -> Arrival:
    if isinstance(file, BundledFile):
        return Arrival([blob], file.form, file.retrieved_at, BUNDLED)
    return Arrival([blob], file.form, file.retrieved_at, file.date_basis, is_demo=file.is_demo)


def _failed(spec: DatasetSpec, name: str, problem: SourceError, release_id: str | None = None) -> Outcome:
    return Outcome(spec.dataset_id, "failed", name, str(problem), release_id, message_nb=problem.told_nb)


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
            yield _failed(spec, name, problem, receipt.release_id)
