"""Live upstream: asking each dataset whether it has something new, and bringing only that into landing.

Here: one tick or run over the publishers' clients. Not here: what is remembered between two (memory.py), any protocol
(sources/*/client.py), whether a fetch is due by its stamp (sources/live.py), or when a tick happens (sensors/changes.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from orchestration.runs.settle import Outcome, Settling
from orchestration.upstream.memory import Heard, Memories, Memory
from orchestration.workspace import Workspace
from sources.dataset.spec import DatasetSpec
from sources.errors import ClosedError, SourceError, TransferError, WithdrawnError
from sources.faults import told_as_fault
from sources.http.client import PUBLISHERS, HttpClient, HttpSettings
from sources.http.limits import Clock
from sources.landing.intake import Arrival, known_release, take_in
from sources.landing.predecessor import FETCHED, is_counted, is_superseded
from sources.landing.reasons import in_english, in_norwegian
from sources.landing.store import Receipt
from sources.live import Announcing, fetch_is_due, is_live, live_clients
from sources.ports import Client, Fetched, Probe

STILL_FRESH = timedelta(minutes=15)
"""An answer younger than this is not asked for again: a run trusts the tick that started it."""

FIRST_RETRY = timedelta(minutes=15)
LONGEST_RETRY = timedelta(hours=24)

ASK_EVERY = {
    "monthly": timedelta(hours=6),
    "quarterly": timedelta(days=1),
    "half_yearly": timedelta(days=1),
    "yearly": timedelta(days=1),
    "irregular": timedelta(days=1),
    "once": timedelta(days=30),
    "discontinued": timedelta(days=30),
}
"""How often a dataset is asked, by its declared cadence. A yearly table still comes on a day nobody knows beforehand."""


HEAR_EVERY = timedelta(hours=1)
HEARD_DAYS = 2
"""A publisher's own list of what it updated is asked for so often, and for so many days back."""


@dataclass(frozen=True)
class LiveFetch:
    """A dataset whose upstream has something that landing has not, as a refresh plan lists it."""

    dataset_id: str
    release_name: str


class Upstream:
    """The live side of one workspace for one tick or run. Clients and their limits live as long as this object."""

    def __init__(self, workspace: Workspace, clients: Mapping[str, Client] | None = None) -> None:
        self._workspace = workspace
        self._given = clients
        self._announced: dict[str, Heard] = {}
        self._memories = Memories(workspace.folder.root, workspace.landing)

    @cached_property
    def clients(self) -> Mapping[str, Client]:
        return self._given if self._given is not None else live_clients(http_client(self._workspace))

    @property
    def specs(self) -> list[DatasetSpec]:
        """The datasets that a program can fetch, in order of id, as far as ``--only`` lets them through."""
        wanted = self._workspace.wants
        return [s for s in self._workspace.specs.values() if is_live(s) and wanted(s.dataset_id)]

    def memory(self, dataset_id: str) -> Memory:
        """What is remembered of a dataset."""
        return self._memories.of(dataset_id)

    def next_ask(self, spec: DatasetSpec) -> datetime | None:
        """When a dataset is to be asked again; None = now: it was never asked, or its publisher lists another stamp."""
        memory = self.memory(spec.dataset_id)
        if memory.retry_at is not None:
            return memory.retry_at
        if memory.asked_at is None or self._is_announced(spec, memory):
            return None
        override = self._workspace.settings.ask_seconds
        return memory.asked_at + (timedelta(seconds=override) if override else ASK_EVERY[spec.declared_cadence])

    def hear(self) -> None:
        """Ask the publishers that list what they have updated, once an hour at most; what they list is asked at once.

        A list that cannot be had changes nothing: every dataset is asked at its own pace all the same.
        """
        for source in {spec.source for spec in self.specs}:
            client, heard = self.clients.get(source), self._memories.heard(source)
            if isinstance(client, Announcing) and (heard is None or self._workspace.clock() - heard.at >= HEAR_EVERY):
                listed: Mapping[str, str] = {}
                try:
                    listed = client.announced(HEARD_DAYS)
                except ClosedError:
                    continue
                except SourceError:
                    pass  # remembered as heard, so that a publisher in trouble is not asked for its list at every tick
                heard = Heard(at=self._workspace.clock(), stamps=dict(listed))
                self._memories.keep_heard(source, heard)
            if heard:
                self._announced[source] = heard

    def _is_announced(self, spec: DatasetSpec, memory: Memory) -> bool:
        """Whether its publisher has listed another stamp since the dataset was asked: once for each list, no more."""
        heard = self._announced.get(spec.source)
        listed = heard.stamps.get(spec.upstream_id) if heard else None
        is_later = heard is not None and memory.asked_at is not None and heard.at > memory.asked_at
        return is_later and listed not in (None, memory.stamp)

    def look(self, spec: DatasetSpec, *, trust_recent: bool = False) -> tuple[Memory, Outcome | None]:
        """Ask about one dataset, remember the answer, and say what it means; no outcome = something new waits.

        A publisher that names no stamp (IMDi without validators) can only be asked by fetching: the bytes go to landing at
        once and the run reads them from there, so that nothing is downloaded twice. With ``trust_recent`` an answer of
        the last minutes counts: that of the tick which started the run.
        """
        memory, now = self.memory(spec.dataset_id), self._workspace.clock()
        if (trust_recent or memory.is_due) and memory.asked_at and timedelta(0) <= now - memory.asked_at < STILL_FRESH:
            return memory, None if memory.is_due else _quiet_outcome(spec, memory)
        try:
            with told_as_fault(spec.dataset_id, "upstream"):
                probe = self.clients[spec.source].probe(spec)
            told = WithdrawnError.of_note(probe.note) if probe.state == "withdrawn" else ""
            memory = memory.but(
                asked_at=now, state=probe.state, note=probe.note, note_nb=told, stamp=probe.stamp, retry_at=None
            )
            memory = self._weigh(spec, memory, probe)
            memory = memory if memory.is_due else memory.well()
        except SourceError as problem:
            return self._failed(spec, memory, problem)
        self._memories.keep(memory)
        return memory, None if memory.is_due else _quiet_outcome(spec, memory)

    def plan(
        self, dataset_ids: Iterable[str] | None = None, *, trust_recent: bool = False
    ) -> tuple[list[LiveFetch], list[Outcome]]:
        """Ask about all datasets (or some): those with something new, and an outcome for each of the others."""
        chosen = None if dataset_ids is None else set(dataset_ids)
        new, others = [], []
        for spec in self.specs:
            if chosen is not None and spec.dataset_id not in chosen:
                continue
            memory, outcome = self.look(spec, trust_recent=trust_recent)
            if outcome is None:
                new.append(LiveFetch(spec.dataset_id, memory.release_name))
            else:
                others.append(outcome)
        return new, others

    def refresh(self, spec: DatasetSpec) -> Iterator[Outcome]:
        """Fetch (unless the bytes wait in landing), read and decide. Bad input ends in a failed outcome, never raises."""
        memory = self.memory(spec.dataset_id)
        try:
            bodies = self._waiting_bodies(memory) or self._fetch(spec)
        except SourceError as problem:
            yield self._failed(spec, memory, problem)[1]
            return
        outcomes, problems = [], []
        for body in bodies:
            try:
                outcomes.append(self._take(spec, body))
            except SourceError as problem:
                problems.append(problem)
        yield from outcomes
        if problems:
            # the other bodies are in; the dataset is asked again after a pause, and its stamp stays that of before
            yield self._failed(spec, memory, problems[0])[1]
            return
        stamp, at = bodies[-1].stamp or memory.stamp, bodies[-1].retrieved_at
        done = {"is_due": False, "bodies": [], "failures": 0, "retry_at": None}
        self._memories.keep(memory.well(stamp_in_use=stamp, fetched_at=at, **done))

    def _weigh(self, spec: DatasetSpec, memory: Memory, probe: Probe) -> Memory:
        """Whether upstream has something new. Without a stamp, or with one that has stood still for long, only the content
        tells: it is fetched here and now, so that a run is asked for by what changed and never by the calendar."""
        due = fetch_is_due(probe, memory.stamp_in_use, memory.fetched_at, self._workspace.clock())
        if not due or (probe.stamp is not None and probe.stamp != memory.stamp_in_use):
            return memory.but(is_due=due)
        bodies = self._fetch(spec)
        landing = self._workspace.landing
        is_new = any(self._is_news(spec, body) for body in bodies)
        real = (r for r in landing.receipts(spec.dataset_id) if is_counted(r, demo=False))
        newest = max(real, key=lambda r: r.order, default=None)
        after = f"{newest.release_id} {newest.order[0]:%Y%m%d%H%M%S}" if newest else ""
        waiting = bodies if is_new else []
        return memory.but(is_due=is_new, after=after, fetched_at=bodies[-1].retrieved_at, bodies=waiting, failures=0)

    def _is_news(self, spec: DatasetSpec, body: Fetched) -> bool:
        known = known_release(self._workspace.landing, spec, [blob.sha256 for blob in body.blobs])
        return known is None or self._went_back(spec, known)

    def _went_back(self, spec: DatasetSpec, known: Receipt) -> bool:
        """Whether upstream shows a content again after another one. Files with periods of their own are all shown at once."""
        if spec.accumulates or spec.shape != "observation":
            return False
        return is_superseded(self._workspace.landing, known)

    def _fetch(self, spec: DatasetSpec) -> list[Fetched]:
        with told_as_fault(spec.dataset_id, "upstream"):
            fetched = self.clients[spec.source].fetch(spec, self._workspace.landing)
        # several of one fetch keep their order through their dates
        return [
            replace(one, retrieved_at=one.retrieved_at + timedelta(microseconds=number))
            for number, one in enumerate(fetched)
        ]

    def _waiting_bodies(self, memory: Memory) -> list[Fetched]:
        landing = self._workspace.landing
        whole = all(landing.has_body(blob.sha256) for body in memory.bodies for blob in body.blobs)
        return memory.bodies if whole else []

    def _take(self, spec: DatasetSpec, body: Fetched) -> Outcome:
        """One body through the intake and the gates; content that landing knows is unchanged, whatever its stamp says."""
        landing, name = self._workspace.landing, body.blobs[0].name
        known = known_release(landing, spec, [blob.sha256 for blob in body.blobs])
        if known is not None and landing.decision(spec.dataset_id, known.release_id) is not None:
            if self._went_back(spec, known):
                return self._settling(spec).put_back(known, name, "upstream_went_back", body.retrieved_at)
            return _known_outcome(self._workspace, spec, known, name)
        arrival = Arrival(
            body.blobs,
            body.form,
            body.retrieved_at,
            FETCHED,
            body.updated_at,
            body.stamp,
            False,
            body.publication_status,
        )
        return self._settling(spec).decide(take_in(landing, spec, arrival), name)

    def _settling(self, spec: DatasetSpec) -> Settling:
        uses = self._workspace.uses.get(spec.dataset_id, ())
        return Settling(self._workspace.landing, spec, uses=uses, clock=self._workspace.clock)

    def _failed(self, spec: DatasetSpec, memory: Memory, problem: SourceError) -> tuple[Memory, Outcome]:
        """Remember a failure with a growing pause. Closed and withdrawn are states of upstream, not failures."""
        now = self._workspace.clock()
        memory = memory.but(asked_at=now, is_due=False, note_nb=problem.told_nb)
        if isinstance(problem, ClosedError):
            memory = memory.but(state="closed", note=problem.found, retry_at=now + FIRST_RETRY)
        elif isinstance(problem, WithdrawnError):
            memory = memory.but(state="withdrawn", note=str(problem), retry_at=now + LONGEST_RETRY)
        else:
            pause = min(FIRST_RETRY * 2 ** min(memory.failures, 10), LONGEST_RETRY)
            memory = memory.but(
                state="failed",
                note=str(problem),
                bodies=[],
                failures=memory.failures + 1,
                retry_at=now + pause,
                failing_since=memory.failing_since or now,
                no_answer=isinstance(problem, TransferError),
            )
        self._memories.keep(memory)
        return memory, _quiet_outcome(spec, memory)


def http_client(workspace: Workspace) -> HttpClient:
    """The polite client of this installation: contact, shared call counts, quarantine, and the local upstream if set."""
    settings, root = workspace.settings, workspace.folder.root
    local = settings.local_upstream.rstrip("/")
    hosts = sorted({host for publisher in PUBLISHERS.values() for host in publisher.hosts})
    return HttpClient(
        HttpSettings(
            contact=settings.contact,
            state_folder=root / "upstream",
            quarantine_folder=root / "quarantine",
            base_urls={host: f"{local}/{host}" for host in hosts} if local else {},
            calls_per_minute=dict.fromkeys(hosts, 6000.0) if local else {},
            observe_closed_hours=not local,
        ),
        Clock(now=workspace.clock),
    )


def _quiet_outcome(spec: DatasetSpec, memory: Memory) -> Outcome:
    """The outcome of a dataset that brings nothing: unchanged, or the state its upstream is in."""
    quiet = ("closed", "withdrawn", "discontinued", "failed")
    state = memory.state if memory.state in quiet else "unchanged"
    if state == "unchanged":
        return Outcome(memory.dataset_id, state, "upstream")
    outcome = Outcome(memory.dataset_id, state, "upstream", memory.note, message_nb=memory.note_nb)
    if state != "failed":
        return outcome
    silent = spec.source if memory.no_answer else ""
    return replace(outcome, failing_since=memory.failing_since, silent_publisher=silent)


def _known_outcome(workspace: Workspace, spec: DatasetSpec, known: Receipt, name: str) -> Outcome:
    decision = workspace.landing.decision(spec.dataset_id, known.release_id)
    if decision and decision.state == "held":
        return Outcome(
            spec.dataset_id, "held", name, in_english(decision.reasons), known.release_id,
            message_nb=in_norwegian(decision.reasons),
        )  # fmt: skip
    return Outcome(spec.dataset_id, "unchanged", name, "", known.release_id)
