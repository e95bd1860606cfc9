"""IMDi's statistics over its download address: one CSV a table and level, all regions and years in it.

Here: calling the address and the list of tables. Not here: reading the CSV (long.py), limits and retries (http.py).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sources.dataset.options import options_of
from sources.dataset.spec import DatasetSpec
from sources.errors import NotOfKindError, TransferError, WithdrawnError
from sources.http.client import HARD_CEILING_BYTES, Answer, HttpClient
from sources.http.content import expect_semicolon_csv
from sources.imdi.download import ImdiDownload
from sources.imdi.settlement.client import SettlementPageClient
from sources.imdi.settlement.reader import is_of_pages
from sources.landing.store import Blob, Landing
from sources.ports import Fetched, Probe

BASE = "https://app-simapi-prod.azurewebsites.net"
FORM = "imdi_long"
LEAST_COLUMNS = 4
"""Unit, year, area and figure: no table of IMDi's has fewer."""
GROWTH = 10
SMALLEST_CAP_BYTES = 50_000_000
FIRST_CAP_BYTES = 1_000_000_000
"""A body may be ten times the last release of its dataset (never under 50 MB); before there is one, 1 GB."""

_GONE = frozenset({404, 410})


@dataclass(frozen=True)
class TableListDifference:
    """What the live list of tables has beside the specs: names upstream gained, and names of ours it lacks."""

    not_in_specs: tuple[str, ...]
    not_upstream: tuple[str, ...]


class ImdiClient:
    """Implements `sources.ports.Client` for IMDi. The address is undocumented: a missing table is a normal answer."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http
        self._pages = SettlementPageClient(http)
        self._tables: frozenset[str] | None = None
        self._has_validators = True

    @staticmethod
    def planned_call(spec: DatasetSpec) -> str:
        """What a fetch of this dataset would call."""
        if is_of_pages(spec):
            return SettlementPageClient.planned_call(spec)
        download = options_of(spec, "imdi", ImdiDownload)
        return f"GET {BASE[8:]}/download_csv/{{{','.join(download.levels)}}}/{download.table or spec.upstream_id}"

    def probe(self, spec: DatasetSpec) -> Probe:
        """The validators of each level's file, read from the headers alone; no stamp when upstream sends none.

        Once a file came without validators the rest of the run is not asked: then only fetching tells, by content.
        """
        if is_of_pages(spec):
            return self._pages.probe(spec)
        options = options_of(spec, "imdi", ImdiDownload)
        if not self._has_validators:
            return Probe("available", note="IMDi sends no validators: only the content tells of a change")
        stamps = []
        for level in options.levels:
            url = _address(options.table or spec.upstream_id, level)
            answer = self._http.headers_of("imdi", url, accept="text/csv", statuses=frozenset({200}) | _GONE)
            if answer.status in _GONE:
                continue
            validator = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
            if validator is None:
                self._has_validators = False
                return Probe("available", note="IMDi sends no validators: only the content tells of a change")
            stamps.append(f"{level}:{validator}")
        if not stamps:
            return Probe("withdrawn", note=f"IMDi answers 404 for {options.table or spec.upstream_id}")
        return Probe("available", stamp=" ".join(stamps))

    def fetch(self, spec: DatasetSpec, landing: Landing) -> list[Fetched]:
        """One Fetched per level letter that upstream has; the bytes land only whole and as CSV.

        A level that upstream does not have is counted in the notes of the others. Raises WithdrawnError when no level
        is there, and the client's errors when a body is cut, too large or of another kind.
        """
        if is_of_pages(spec):
            return self._pages.fetch(spec, landing)
        options = options_of(spec, "imdi", ImdiDownload)
        table = options.table or spec.upstream_id
        found: dict[str, tuple[Blob, Answer]] = {}
        with landing.incoming() as folder:
            for level in options.levels:
                received = self._receive(spec, table, level, folder, landing)
                if received is not None:
                    found[level] = received
        absent = [level for level in options.levels if level not in found]
        if not found:
            raise WithdrawnError(
                expected=f"IMDi table {table}",
                found=f"404 for the levels {', '.join(absent)}",
                where=spec.dataset_id,
                next_step="tables get split and renamed: compare with `integrering sources check --live`; the last "
                "good release stays in use",
            )
        notes = {f"level {level} is not offered": 1 for level in absent}
        stamps = {level: a.headers.get("ETag") or a.headers.get("Last-Modified") for level, (_, a) in found.items()}
        whole = all(stamps.values())
        stamp = " ".join(f"{level}:{value}" for level, value in stamps.items()) if whole else None
        now = self._http.clock.now()
        return [Fetched([blob], FORM, now, stamp=stamp, notes=notes) for blob, _ in found.values()]

    def live_tables(self) -> frozenset[str]:
        """The table names upstream lists now (`metadata/tables`, a JSON array of names). Asked once a run."""
        if self._tables is None:
            url = f"{BASE}/api/v1/metadata/tables"
            answer = self._http.get("imdi", url)
            try:
                names = json.loads(answer.body)
            except ValueError:
                names = None
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                raise NotOfKindError(
                    expected="a JSON list of table names",
                    found="something else",
                    where=url,
                    next_step="nothing stops: tables are fetched by name; only the comparison of names is left out",
                )
            self._tables = frozenset(names)
        return self._tables

    def difference(self, specs: Iterable[DatasetSpec]) -> TableListDifference:
        """The live list against the specs of IMDi. Raises what `live_tables` raises."""
        ours = {
            options_of(spec, "imdi", ImdiDownload).table or spec.upstream_id
            for spec in specs
            if spec.source == "imdi" and not is_of_pages(spec)
        }
        live = self.live_tables()
        return TableListDifference(tuple(sorted(live - ours)), tuple(sorted(ours - live)))

    def _receive(
        self, spec: DatasetSpec, table: str, level: str, folder: Path, landing: Landing
    ) -> tuple[Blob, Answer] | None:
        """The file of one level in landing, or None when upstream does not have it."""
        url, file = _address(table, level), folder / f"{level}.csv"
        try:
            answer = self._http.download(
                "imdi",
                url,
                file,
                check=partial(expect_semicolon_csv, least_columns=LEAST_COLUMNS),
                accept="text/csv",
                max_bytes=_cap(spec, landing),
                statuses=frozenset({200}) | _GONE,
            )
        except (NotOfKindError, TransferError):
            if self._is_unlisted(table):
                return None
            raise
        if answer.status in _GONE:
            return None
        blob = landing.received(file, f"{level}_{table}.csv", answer)
        return blob, answer

    def _is_unlisted(self, table: str) -> bool:
        """Whether the live list exists and lacks the table: an early server answered such a name with 200 or 500."""
        try:
            return table not in self.live_tables()
        except (NotOfKindError, TransferError):
            return False


def _address(table: str, level: str) -> str:
    return f"{BASE}/download_csv/{level}/{table}"


def _cap(spec: DatasetSpec, landing: Landing) -> int:
    last = [blob.bytes for receipt in landing.receipts(spec.dataset_id) for blob in receipt.blobs]
    return min(max(GROWTH * max(last), SMALLEST_CAP_BYTES) if last else FIRST_CAP_BYTES, HARD_CEILING_BYTES)
