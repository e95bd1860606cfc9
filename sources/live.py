"""The live side as a whole: which client serves which source, what would be called, when a fetch is due.

Here: choosing, checking and comparing over all publishers. Not here: any protocol, or running anything on a schedule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from sources.dataset.spec import DatasetSpec
from sources.errors import ClosedError, SourceError
from sources.fhi.client import FhiClient
from sources.http.client import HttpClient
from sources.imdi.client import ImdiClient
from sources.imdi.settlement.reader import is_of_pages
from sources.klass.client import KlassClient
from sources.nav.client import NavClient
from sources.ports import Client, Probe
from sources.ssb.client import SsbClient

LONGEST_TRUST = timedelta(days=30)
"""A stamp only schedules: after this long a dataset is fetched whole even when its stamp has not moved, since
validators have been seen to stay equal over changed bytes, and Klass edits its history under equal stamps."""


@runtime_checkable
class Comparing(Protocol):
    """A client that can say more than a probe about how upstream differs from the spec."""

    def differences(self, spec: DatasetSpec) -> list[str]: ...


@runtime_checkable
class Announcing(Protocol):
    """A client whose publisher lists what it has updated lately, by upstream id and stamp: a hint, never the proof."""

    def announced(self, days: int) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class CheckRow:
    """A line of ``integrering sources check``: what a dataset would call, and what was found there.

    ``state`` is ``not asked`` without ``--live``, ``files only`` for datasets that no publisher serves to a program,
    ``available``, ``discontinued``, ``closed``, ``withdrawn``, or ``failed``.
    """

    dataset_id: str
    source: str
    calls: str
    state: str
    stamp: str | None = None
    differences: tuple[str, ...] = ()

    @property
    def is_fine(self) -> bool:
        return not self.differences and self.state in ("not asked", "files only", "available", "discontinued", "closed")


_CLIENTS = {"imdi": ImdiClient, "ssb": SsbClient, "nav": NavClient, "fhi": FhiClient, "klass": KlassClient}
"""Publisher -> its client. A dataset is fetched by a program when its spec has settings for that client."""


def live_clients(http: HttpClient) -> dict[str, Client]:
    """A client for each source that has one, all over one HTTP client."""
    return {source: client(http) for source, client in _CLIENTS.items()}


def is_live(spec: DatasetSpec) -> bool:
    """Whether a dataset can be fetched by a program."""
    return spec.source in _CLIENTS and (spec.source in spec.options or is_of_pages(spec))


def planned_call(spec: DatasetSpec) -> str:
    """What a fetch of this dataset would call, in a line. Raises SpecError when the settings are not valid."""
    return _CLIENTS[spec.source].planned_call(spec) if is_live(spec) else "nothing: files from the extracts folder"


def check_live(
    specs: Iterable[DatasetSpec], clients: Mapping[str, Client] | None = None, *, live: bool = False
) -> list[CheckRow]:
    """One row a dataset; with ``live`` each publisher is asked and what differs from the spec is named.

    A dataset that fails never stops the others. The last row compares IMDi's live list of tables with the specs.
    """
    chosen = list(specs)
    rows = [_row(spec, clients or {}, live) for spec in chosen]
    if live and clients and isinstance(imdi := clients.get("imdi"), ImdiClient):
        rows.append(_table_list(imdi, chosen))
    return rows


def fetch_is_due(
    probe: Probe,
    last_stamp: str | None,
    last_fetched_at: datetime | None,
    now: datetime,
) -> bool:
    """Whether a dataset must be fetched after this probe.

    Yes when upstream is open and names no stamp, another stamp than the last fetch had, or when that fetch is older
    than ``LONGEST_TRUST``. Whether a fetch brought something new is decided by its content, never here.
    """
    if probe.state in ("closed", "withdrawn"):
        return False
    if probe.stamp is None or last_stamp is None or last_fetched_at is None:
        return True
    return probe.stamp != last_stamp or now - last_fetched_at > LONGEST_TRUST


def _row(spec: DatasetSpec, clients: Mapping[str, Client], live: bool) -> CheckRow:
    try:
        calls = planned_call(spec)
        if not is_live(spec):
            return CheckRow(spec.dataset_id, spec.source, calls, "files only")
        if not live or spec.source not in clients:
            return CheckRow(spec.dataset_id, spec.source, calls, "not asked")
        client = clients[spec.source]
        probe = client.probe(spec)
        differs: list[str] = [probe.note] if probe.state == "withdrawn" else []
        if probe.state in ("available", "discontinued") and isinstance(client, Comparing):
            differs += client.differences(spec)
        return CheckRow(spec.dataset_id, spec.source, calls, probe.state, probe.stamp, tuple(differs))
    except ClosedError:
        return CheckRow(spec.dataset_id, spec.source, planned_call(spec), "closed")
    except SourceError as problem:
        return CheckRow(spec.dataset_id, spec.source, "", "failed", differences=(str(problem),))


def _table_list(client: ImdiClient, specs: list[DatasetSpec]) -> CheckRow:
    calls = "GET app-simapi-prod.azurewebsites.net/api/v1/metadata/tables"
    try:
        difference = client.difference(specs)
    except SourceError as problem:
        return CheckRow("imdi (list of tables)", "imdi", calls, "failed", differences=(str(problem),))
    differs = [f"upstream has {name}, no spec has" for name in difference.not_in_specs]
    differs += [f"a spec has {name}, upstream has not" for name in difference.not_upstream]
    return CheckRow("imdi (list of tables)", "imdi", calls, "available", differences=tuple(differs))
