"""Live upstream: asking each dataset whether it has something new, and bringing only that into landing.

Here: one tick or run over the publishers' clients, and what is remembered between two. Not here: any protocol
(sources/*/client.py), whether a fetch is due by its stamp (sources/live.py), or when a tick happens (sensors.py).

What is remembered lies in `<data>/upstream/<dataset>.json` and may be thrown away at any time: without it the stamp and
date of the last fetch are those of the newest receipt in landing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from orchestration.runs.settle import Outcome, Settling
from orchestration.workspace import Workspace
from sources.dataset.spec import DatasetSpec
from sources.errors import ClosedError, SourceError, TransferError, WithdrawnError
from sources.faults import told_as_fault
from sources.files import write_whole
from sources.http.client import HttpClient, HttpSettings
from sources.http.limits import Clock
from sources.landing.intake import Arrival, known_release, take_in
from sources.landing.predecessor import FETCHED, is_counted, is_superseded
from sources.landing.reasons import in_english, in_norwegian
from sources.landing.store import Blob, Receipt, release_id_of
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


class Body(BaseModel):
    """A whole body that lies in landing already and waits to be read (`sources.ports.Fetched` as plain data)."""

    blobs: list[Blob]
    form: str
    retrieved_at: datetime
    stamp: str | None = None
    updated_at: datetime | None = None
    publication_status: Literal["final", "preliminary", "unknown"] = "unknown"


class Memory(BaseModel):
    """What is known of a dataset's upstream between two ticks.

    ``stamp_in_use`` and ``fetched_at`` belong to the last whole fetch; ``stamp`` to the last answer. ``bodies`` are
    fetched but not read yet, and ``after`` is the release they follow: a content that upstream goes back to is news again.
    ``retry_at`` keeps a failing dataset from being asked at every tick; ``failing_since`` is when the first of the failures
    in a row came, ``no_answer`` whether the publisher did not answer (rather than something wrong with this dataset).
    """

    dataset_id: str
    asked_at: datetime | None = None
    state: str = "available"
    note: str = ""
    stamp: str | None = None
    stamp_in_use: str | None = None
    fetched_at: datetime | None = None
    is_due: bool = False
    bodies: list[Body] = []
    after: str = ""
    failures: int = 0
    retry_at: datetime | None = None
    failing_since: datetime | None = None
    no_answer: bool = False

    @property
    def release_name(self) -> str:
        """What upstream's new release is called in run keys and tags: its stamp, or the hash of its content."""
        content = "+".join(release_id_of([blob.sha256 for blob in body.blobs]) for body in self.bodies)
        return f"{content} after {self.after}" if content else self.stamp or f"since {self.fetched_at}"


class Heard(BaseModel):
    """What a publisher listed as updated lately: upstream id -> stamp."""

    at: datetime
    stamps: dict[str, str] = {}


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

    @cached_property
    def clients(self) -> Mapping[str, Client]:
        return self._given if self._given is not None else live_clients(http_client(self._workspace))

    @property
    def specs(self) -> list[DatasetSpec]:
        """The datasets that a program can fetch, in order of id, as far as ``--only`` lets them through."""
        wanted = self._workspace.wants
        return [s for s in self._workspace.specs.values() if is_live(s) and wanted(s.dataset_id)]

    def memory(self, dataset_id: str) -> Memory:
        """What is remembered of a dataset; made from the release log when there is no (whole) record."""
        path = self._path(dataset_id)
        if path.exists():
            with contextlib.suppress(ValidationError):
                return Memory.model_validate_json(path.read_bytes())
        receipts = [r for r in self._workspace.landing.receipts(dataset_id) if r.date_basis == FETCHED]
        if not receipts:
            return Memory(dataset_id=dataset_id)
        newest = max(receipts, key=lambda r: r.order)
        return Memory(dataset_id=dataset_id, stamp_in_use=newest.stamp, fetched_at=newest.retrieved_at)

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
            client, heard = self.clients.get(source), self._heard(source)
            if isinstance(client, Announcing) and (heard is None or self._workspace.clock() - heard.at >= HEAR_EVERY):
                listed: Mapping[str, str] = {}
                try:
                    listed = client.announced(HEARD_DAYS)
                except ClosedError:
                    continue
                except SourceError:
                    pass  # remembered as heard, so that a publisher in trouble is not asked for its list at every tick
                heard = Heard(at=self._workspace.clock(), stamps=dict(listed))
                write_whole(self._path(f"announced_{source}"), heard.model_dump_json(indent=1))
            if heard:
                self._announced[source] = heard

    def _is_announced(self, spec: DatasetSpec, memory: Memory) -> bool:
        """Whether its publisher has listed another stamp since the dataset was asked: once for each list, no more."""
        heard = self._announced.get(spec.source)
        listed = heard.stamps.get(spec.upstream_id) if heard else None
        is_later = heard is not None and memory.asked_at is not None and heard.at > memory.asked_at
        return is_later and listed not in (None, memory.stamp)

    def _heard(self, source: str) -> Heard | None:
        with contextlib.suppress(OSError, ValidationError):
            return Heard.model_validate_json(self._path(f"announced_{source}").read_bytes())
        return None

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
            memory = memory.model_copy(
                update={
                    "asked_at": now,
                    "state": probe.state,
                    "note": probe.note,
                    "stamp": probe.stamp,
                    "retry_at": None,
                }
            )
            memory = self._weigh(spec, memory, probe)
            memory = memory if memory.is_due else memory.model_copy(update=_WELL)
        except SourceError as problem:
            return self._failed(spec, memory, problem)
        self._write(memory)
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
        newest = bodies[-1]
        self._write(
            memory.model_copy(
                update={
                    "stamp_in_use": newest.stamp or memory.stamp,
                    "fetched_at": newest.retrieved_at,
                    "is_due": False,
                    "bodies": [],
                    "failures": 0,
                    "retry_at": None,
                    **_WELL,
                }
            )
        )

    def _weigh(self, spec: DatasetSpec, memory: Memory, probe: Probe) -> Memory:
        """Whether upstream has something new. Without a stamp, or with one that has stood still for long, only the content
        tells: it is fetched here and now, so that a run is asked for by what changed and never by the calendar."""
        due = fetch_is_due(probe, memory.stamp_in_use, memory.fetched_at, self._workspace.clock())
        if not due or (probe.stamp is not None and probe.stamp != memory.stamp_in_use):
            return memory.model_copy(update={"is_due": due})
        bodies = self._fetch(spec)
        landing = self._workspace.landing
        is_new = any(self._is_news(spec, body) for body in bodies)
        real = (r for r in landing.receipts(spec.dataset_id) if is_counted(r, demo=False))
        newest = max(real, key=lambda r: r.order, default=None)
        update = {
            "is_due": is_new,
            "after": f"{newest.release_id} {newest.order[0]:%Y%m%d%H%M%S}" if newest else "",
            "fetched_at": bodies[-1].retrieved_at,
            "bodies": bodies if is_new else [],
            "failures": 0,
        }
        return memory.model_copy(update=update)

    def _is_news(self, spec: DatasetSpec, body: Body) -> bool:
        known = known_release(self._workspace.landing, spec, [blob.sha256 for blob in body.blobs])
        return known is None or self._went_back(spec, known)

    def _went_back(self, spec: DatasetSpec, known: Receipt) -> bool:
        """Whether upstream shows a content again after another one. Files with periods of their own are all shown at once."""
        if spec.accumulates or spec.shape != "observation":
            return False
        return is_superseded(self._workspace.landing, known)

    def _fetch(self, spec: DatasetSpec) -> list[Body]:
        with told_as_fault(spec.dataset_id, "upstream"):
            fetched = self.clients[spec.source].fetch(spec, self._workspace.landing)
        return [_body(one, number) for number, one in enumerate(fetched)]

    def _waiting_bodies(self, memory: Memory) -> list[Body]:
        landing = self._workspace.landing
        whole = all(landing.has_body(blob.sha256) for body in memory.bodies for blob in body.blobs)
        return memory.bodies if whole else []

    def _take(self, spec: DatasetSpec, body: Body) -> Outcome:
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
        if isinstance(problem, ClosedError):
            memory = memory.model_copy(
                update={"asked_at": now, "state": "closed", "note": problem.found, "is_due": False}
            )
            memory = memory.model_copy(update={"retry_at": now + FIRST_RETRY})
        elif isinstance(problem, WithdrawnError):
            memory = memory.model_copy(
                update={"asked_at": now, "state": "withdrawn", "note": str(problem), "is_due": False}
            )
            memory = memory.model_copy(update={"retry_at": now + LONGEST_RETRY})
        else:
            pause = min(FIRST_RETRY * 2 ** min(memory.failures, 10), LONGEST_RETRY)
            update = {"asked_at": now, "state": "failed", "note": str(problem), "is_due": False, "bodies": []}
            memory = memory.model_copy(update=update)
            since, silent = memory.failing_since or now, isinstance(problem, TransferError)
            update = {
                "failures": memory.failures + 1,
                "retry_at": now + pause,
                "failing_since": since,
                "no_answer": silent,
            }
            memory = memory.model_copy(update=update)
        self._write(memory)
        return memory, _quiet_outcome(spec, memory)

    def _path(self, dataset_id: str) -> Path:
        return self._workspace.folder.root / "upstream" / f"{dataset_id}.json"

    def _write(self, memory: Memory) -> None:
        write_whole(self._path(memory.dataset_id), memory.model_dump_json(indent=1))


def http_client(workspace: Workspace) -> HttpClient:
    """The polite client of this installation: contact, shared call counts, quarantine, and the local upstream if set."""
    settings, root = workspace.settings, workspace.folder.root
    local = settings.local_upstream.rstrip("/")
    hosts = ("data.ssb.no", "app-simapi-prod.azurewebsites.net", "www.imdi.no", "www.nav.no", "statistikk-data.fhi.no")
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


def _body(fetched: Fetched, number: int) -> Body:
    """A fetched release as plain data. Several of one fetch keep their order through their dates."""
    return Body(
        blobs=fetched.blobs,
        form=fetched.form,
        retrieved_at=fetched.retrieved_at + timedelta(microseconds=number),
        stamp=fetched.stamp,
        updated_at=fetched.updated_at,
        publication_status=fetched.publication_status,
    )


_WELL = {"failing_since": None, "no_answer": False}


def _quiet_outcome(spec: DatasetSpec, memory: Memory) -> Outcome:
    """The outcome of a dataset that brings nothing: unchanged, or the state its upstream is in."""
    quiet = ("closed", "withdrawn", "discontinued", "failed")
    state = memory.state if memory.state in quiet else "unchanged"
    outcome = Outcome(memory.dataset_id, state, "upstream", memory.note if state != "unchanged" else "")
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
