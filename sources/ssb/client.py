"""SSB's StatBank over PxWebApi 2, with version 1 where a spec asks for it.

Here: the calls, their order, and the check that each part is what was asked for. Not here: which codes (selection.py),
decoding (jsonstat.py), or limits and retries (http.py).
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

from sources.dataset.options import options_of
from sources.dataset.spec import DatasetSpec
from sources.errors import ClosedError, LayoutError, TransferError, WithdrawnError
from sources.http.client import Answer, HttpClient
from sources.http.content import expect_jsonstat_dataset, read_json_object
from sources.http.limits import OSLO
from sources.landing.store import Landing
from sources.ports import Fetched, Probe
from sources.ssb.metadata import TableMetadata, category_codes, metadata_of_v1, metadata_of_v2
from sources.ssb.notes import mandatory_notes
from sources.ssb.selection import Selection, SsbQuery, resolve, split

_mismatch = partial(
    LayoutError,
    next_step="SSB answered something else than was asked for: run again, then compare with the table on ssb.no",
)

V2 = "https://data.ssb.no/api/pxwebapi/v2"
V1 = "https://data.ssb.no/api/v0"
FORM = "ssb_jsonstat2"
CELL_LIMIT = 800_000
"""SSB's limit of cells a call, empty ones counted; `/config` is asked first and this holds when it does not say."""

KOSTRA_FINAL_FROM = "06-15"
"""KOSTRA figures of a year come 15 March unrevised and 15 June revised (SSB's rule for municipal reporting)."""

_MOST_PAGES = 20
_BYTES_A_CELL = 64
_BYTES_BESIDE_CELLS = 20_000_000
_OK_OR_GONE = frozenset({200, 404})


@dataclass(frozen=True)
class _Resource:
    """What `/tables/{id}` says: the probe's answer and the periods."""

    probe: Probe
    first_period: str = ""
    last_period: str = ""


@dataclass(frozen=True)
class _Part:
    """One body of a release, as received."""

    file: Path
    name: str
    answer: Answer
    updated: str | None
    mandatory_notes: tuple[str, ...] = ()


class SsbClient:
    """Implements `sources.ports.Client` for the StatBank. One instance serves a run and remembers codelists."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http
        self._limit: int | None = None
        self._codelists: dict[tuple[str, str], tuple[str, ...]] = {}

    @staticmethod
    def planned_call(spec: DatasetSpec) -> str:
        """What a fetch of this dataset would call."""
        query = options_of(spec, "ssb", SsbQuery)
        table = query.table or spec.upstream_id
        address = f"{V1}/{query.language}/table/{table}" if query.api == "v1" else f"{V2}/tables/{table}/data"
        return f"POST {address[8:]} ({', '.join(query.selection)})"

    def probe(self, spec: DatasetSpec) -> Probe:
        """One call to `/tables/{id}`. The stamp is SSB's ``updated``; it says nothing about which figures changed."""
        query = options_of(spec, "ssb", SsbQuery)
        try:
            return self._resource(query.table or spec.upstream_id, query).probe
        except ClosedError as closed:
            return Probe("closed", note=closed.found)

    def announced(self, days: int) -> dict[str, str]:
        """Table -> SSB's ``updated`` of what SSB lists as updated in the last days: one call instead of one a table."""
        found: dict[str, str] = {}
        for page in range(1, _MOST_PAGES + 1):
            url = f"{V2}/tables?lang=no&pastDays={days}&includeDiscontinued=true&pageSize=1000&pageNumber={page}"
            answer = self._json(url)
            listed = answer.get("tables")
            if not isinstance(listed, list):
                raise _mismatch("a list of tables", f"keys {', '.join(sorted(answer))[:120]}", "SSB's list of tables")
            found |= {str(t["id"]): str(t["updated"]) for t in listed if isinstance(t, dict) and t.get("updated")}
            if page >= int((answer.get("page") or {}).get("totalPages") or 1):
                break
        return found

    def fetch(self, spec: DatasetSpec, landing: Landing) -> list[Fetched]:
        """All parts of the spec's selection as one release, landed only when every part is here and of one update.

        Raises LayoutError when the table no longer has what the spec names, WithdrawnError when it is gone.
        """
        query = options_of(spec, "ssb", SsbQuery)
        table = query.table or spec.upstream_id
        resource = self._resource(table, query)
        if resource.probe.state == "withdrawn":
            raise WithdrawnError(
                expected=f"SSB table {table}",
                found=resource.probe.note,
                where=spec.dataset_id,
                next_step="look for the table that replaces it; the last good release stays in use",
            )
        metadata = self.metadata(table, query)
        selections = resolve(query, metadata, lambda codelist: self.codes_of(codelist, query.language))
        parts = [part for selection in selections for part in split(selection, self.cell_limit())]
        with landing.incoming() as folder:
            for _ in range(2):
                bodies = self._one_load(table, query, parts, folder)
                if bodies:
                    return [self._landed(bodies, resource, query, landing)]
        raise TransferError(
            expected="all parts from one update of the table",
            found="SSB changed the table between the parts, twice",
            where=f"SSB table {table}",
            next_step="run again later; nothing was kept",
        )

    def differences(self, spec: DatasetSpec) -> list[str]:
        """What differs between the spec and the table as SSB describes it now, in words (`sources check --live`)."""
        query = options_of(spec, "ssb", SsbQuery)
        table = query.table or spec.upstream_id
        resource = self._resource(table, query)
        if resource.probe.state == "withdrawn":
            return [resource.probe.note]
        found = []
        if (resource.probe.state == "discontinued") != (spec.declared_cadence == "discontinued"):
            found.append(f"SSB says {resource.probe.state}, the spec {spec.declared_cadence}")
        first = resource.first_period[:4]
        if first.isdigit() and spec.first_year is not None and int(first) > spec.first_year:
            found.append(f"the table starts {first}, the spec says {spec.first_year}")
        try:
            selections = resolve(query, self.metadata(table, query), lambda c: self.codes_of(c, query.language))
        except LayoutError as problem:
            return [*found, str(problem)]
        return found if selections else [*found, "the selection is empty"]

    def metadata(self, table: str, query: SsbQuery) -> TableMetadata:
        """The table's variables as they are now."""
        if query.api == "v1":
            return metadata_of_v1(table, self._json(f"{V1}/{query.language}/table/{table}"))
        return metadata_of_v2(table, self._json(f"{V2}/tables/{table}/metadata?lang={query.language}"))

    def codes_of(self, codelist: str, language: str) -> tuple[str, ...]:
        """The codes of a codelist, in its order."""
        key = (codelist, language)
        if key not in self._codelists:
            answer = self._json(f"{V2}/codelists/{codelist}?lang={language}")
            values = answer.get("values")
            if not isinstance(values, list) or not all(isinstance(v, dict) and "code" in v for v in values):
                raise LayoutError(
                    expected="a codelist with values",
                    found=f"keys {', '.join(sorted(answer))[:120]}",
                    where=f"SSB codelist {codelist}",
                    next_step="compare with SSB's API description",
                )
            self._codelists[key] = tuple(str(v["code"]) for v in values)
        return self._codelists[key]

    def cell_limit(self) -> int:
        """SSB's present limit of cells a call."""
        if self._limit is None:
            said = self._json(f"{V2}/config").get("maxDataCells")
            self._limit = said if isinstance(said, int) and said > 0 else CELL_LIMIT
        return self._limit

    def _resource(self, table: str, query: SsbQuery) -> _Resource:
        answer = self._http.get("ssb", f"{V2}/tables/{table}?lang={query.language}", statuses=_OK_OR_GONE)
        if answer.status == 404:
            if query.api == "v1":
                return self._resource_v1(table, query)
            return _Resource(Probe("withdrawn", note=f"SSB answers 404 for table {table}"))
        resource = read_json_object(answer.body, f"SSB table {table}")
        updated = resource.get("updated")
        probe = Probe(
            state="discontinued" if resource.get("discontinued") else "available",
            stamp=str(updated) if updated else None,
            updated_at=parse_updated(updated, table),
            note=f"{resource.get('firstPeriod')} to {resource.get('lastPeriod')}, {resource.get('timeUnit')}",
        )
        return _Resource(probe, str(resource.get("firstPeriod") or ""), str(resource.get("lastPeriod") or ""))

    def _resource_v1(self, table: str, query: SsbQuery) -> _Resource:
        """Version 1 has no cheap stamp: it only shows whether the table is there."""
        answer = self._http.get("ssb", f"{V1}/{query.language}/table/{table}", statuses=frozenset({200, 400, 404}))
        if answer.status != 200:
            return _Resource(Probe("withdrawn", note=f"SSB has no table {table} in either version"))
        return _Resource(Probe("available", note="only in version 1, which names no time of update"))

    def _json(self, url: str) -> dict[str, Any]:
        return read_json_object(self._http.get("ssb", url).body, url.split("?", 1)[0])

    def _body(self, table: str, query: SsbQuery, part: Selection, folder: Path, number: int, of: int) -> _Part:
        if query.api == "v1":
            url, body = f"{V1}/{query.language}/table/{table}", part.body_v1()
        else:
            url = f"{V2}/tables/{table}/data?lang={query.language}&outputFormat=json-stat2"
            body = part.body_v2()
        file = folder / f"{number:04}.json"
        answer = self._http.download(
            "ssb",
            url,
            file,
            check=expect_jsonstat_dataset,
            accept="application/json",
            max_bytes=_BYTES_BESIDE_CELLS + _BYTES_A_CELL * part.cells,
            json_body=body,
        )
        dataset = json.loads(file.read_bytes())
        check_part(dataset, part, f"SSB table {table}, part {number} of {of}")
        question = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:12]
        name = f"{table}_{number:02}of{of:02}_query_{question}.json"
        notes = tuple(mandatory_notes(dataset))
        return _Part(file, name, answer, dataset.get("updated"), notes)

    def _one_load(self, table: str, query: SsbQuery, parts: list[Selection], folder: Path) -> list[_Part]:
        """The parts in their order; none when they are of two updates, or the smallest (asked first) is another at last.

        SSB loads a table in steps and shows figures about to be revised as 0 or dots meanwhile (SOURCE.md section 1.5): the
        parts may come from two loads though ``updated`` is the same in all. The country is the smallest part as a rule,
        and moves with every revision.
        """
        by_size = sorted(range(len(parts)), key=lambda number: parts[number].cells)
        asked = {n: self._body(table, query, parts[n], folder, n + 1, len(parts)) for n in by_size}
        if len({part.updated for part in asked.values()}) > 1:
            return []
        if len(parts) > 1:
            again = self._body(table, query, parts[by_size[0]], folder, 0, len(parts))
            first, last = (json.loads(part.file.read_bytes()) for part in (asked[by_size[0]], again))
            if any(first.get(name) != last.get(name) for name in ("updated", "value", "status")):
                return []
        return [asked[number] for number in range(len(parts))]

    def _landed(self, bodies: list[_Part], resource: _Resource, query: SsbQuery, landing: Landing) -> Fetched:
        blobs = [landing.received(body.file, body.name, body.answer) for body in bodies]
        updated_at = parse_updated(bodies[0].updated, bodies[0].name) or resource.probe.updated_at
        return Fetched(
            blobs=blobs,
            form=FORM,
            retrieved_at=self._http.clock.now(),
            stamp=resource.probe.stamp,
            updated_at=updated_at,
            publication_status=publication_status(query, updated_at, resource.last_period),
            notes={"parts": len(blobs), **{f"mandatory note: {n}": 1 for body in bodies for n in body.mandatory_notes}},
        )


def check_part(dataset: dict[str, Any], part: Selection, where: str) -> None:
    """Raises LayoutError unless the answer holds exactly the codes asked for, and a value place for each cell."""
    asked = {p.variable.casefold(): p for p in part.picked}
    if (got := {str(name).casefold() for name in dataset["id"]}) != set(asked):
        raise _mismatch(f"the variables {', '.join(sorted(asked))}", ", ".join(sorted(got)), where)
    for name, size in zip(dataset["id"], dataset["size"], strict=False):
        codes = category_codes(dataset["dimension"][name]["category"])
        wanted = asked[str(name).casefold()].codes
        if {c.casefold() for c in codes} != {c.casefold() for c in wanted} or not len(codes) == size == len(wanted):
            raise _mismatch(f"{len(wanted)} codes of {name} as asked for", f"{len(codes)} codes, size {size}", where)
    values = dataset["value"]
    if isinstance(values, list) and len(values) != part.cells:
        raise _mismatch(f"{part.cells} values", str(len(values)), where)


def publication_status(
    query: SsbQuery, updated_at: datetime | None, last_period: str
) -> Literal["final", "preliminary", "unknown"]:
    """Whether the newest year is revised: KOSTRA (and tables with ``final_from``) say it by the date of update only.

    The newest year Y is preliminary until the month-day of year Y+1 has come (Norwegian date).
    """
    month_day = query.final_from or (KOSTRA_FINAL_FROM if query.kostra else None)
    if month_day is None or updated_at is None or not last_period[:4].isdigit():
        return "unknown"
    month, day = (int(n) for n in month_day.split("-"))
    final_from = date(int(last_period[:4]) + 1, month, day)
    return "final" if updated_at.astimezone(OSLO).date() >= final_from else "preliminary"


def parse_updated(text: str | None, where: str) -> datetime | None:
    """SSB's ``updated``, which is UTC with Z; None when the answer has none. A stamp without a zone is refused."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _mismatch("a time with zone in `updated`", repr(text)[:60], f"SSB table {where}")
    return moment
