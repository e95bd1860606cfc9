"""SSB's classification service Klass: versions, codes, changes and correspondences as JSON.

Here: the calls and how ranges must be asked. Not here: reading the answers (reader.py), limits and retries (http.py).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sources.dataset.options import options_of
from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError, TransferError, WithdrawnError
from sources.http.client import Answer, HttpClient
from sources.http.content import expect_json_object, read_json_object
from sources.klass.request import KlassRequest
from sources.landing.store import Blob, Landing
from sources.ports import Fetched, Probe

BASE = "https://data.ssb.no/api/klass/v1"
FORMS = {"versions": "klass_version", "codes": "klass_codes", "changes": "klass_changes"}
CORRESPONDENCE_FORM = "klass_correspondence"
_NOT_FOUND = frozenset({200, 404})
_MAX_BYTES = 50_000_000


@dataclass(frozen=True)
class Version:
    """A version of a classification, by date: its id may change, its validity does not. ``valid_to`` is exclusive."""

    id: int
    valid_from: date
    valid_to: date | None
    last_modified: str


class KlassClient:
    """Implements `sources.ports.Client` for Klass. JSON is asked for by the Accept header; the default is XML."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http
        self._classifications: dict[tuple[int, bool], list[Version]] = {}

    @staticmethod
    def planned_call(spec: DatasetSpec) -> str:
        """What a fetch of this dataset would call."""
        request = options_of(spec, "klass", KlassRequest)
        target = f" to {request.target}" if request.target else ""
        return f"GET {BASE[8:]}, {request.kind} of {request.classification}{target} since {request.from_date}"

    def probe(self, spec: DatasetSpec) -> Probe:
        """One call to the classification: the stamp covers id, validity and ``lastModified`` of every version.

        Klass edits history afterwards, also in change tables whose versions may keep their stamp, so a stamp is no
        reason never to fetch again (`sources.live.fetch_is_due`).
        """
        request = options_of(spec, "klass", KlassRequest)
        try:
            versions = self._versions(request)
        except WithdrawnError as gone:
            return Probe("withdrawn", note=f"Klass answers {gone.found} for {gone.expected}")
        newest = versions[-1].valid_from if versions else None
        note = f"{len(versions)} versions since {request.from_date}, last {newest}"
        return Probe("available", stamp=_stamp(versions), note=note)

    def fetch(self, spec: DatasetSpec, landing: Landing) -> list[Fetched]:
        """``versions``: one release a version. The other kinds: one release of one or more bodies in order of date."""
        request = options_of(spec, "klass", KlassRequest)
        stamp = _stamp(self._versions(request))
        with landing.incoming() as folder:
            into = _Into(folder, landing)
            if request.kind == "versions":
                blobs = [self._version(request, version, into) for version in self._versions(request)]
                return [Fetched([b], FORMS["versions"], self._http.clock.now(), stamp=stamp) for b in blobs]
            notes: dict[str, int] = {}
            if request.kind == "codes":
                blobs = [self._body(self._url(request, "codes", request.from_date), "codes", into)]
            elif request.kind == "changes":
                blobs = self._changes(request, into, notes)
            else:
                blobs = self._correspondences(request, into, notes)
        form = FORMS.get(request.kind, CORRESPONDENCE_FORM)
        return [Fetched(blobs, form, self._http.clock.now(), stamp=stamp, notes=notes)]

    def _versions(self, request: KlassRequest) -> list[Version]:
        """The versions in force on or after ``from_date``, oldest first, looked up by date."""
        key = (request.classification, request.include_future)
        if key not in self._classifications:
            url = f"{BASE}/classifications/{request.classification}?language={request.language}"
            answer = self._http.get("klass", url + _future(request), statuses=_NOT_FOUND)
            if answer.status == 404:
                raise WithdrawnError(
                    expected=f"Klass classification {request.classification}",
                    found="404",
                    where="Klass",
                    next_step="look the classification up on ssb.no/klass; the last good release stays in use",
                )
            self._classifications[key] = _version_list(answer, request.classification)
        since = request.from_date
        return [v for v in self._classifications[key] if v.valid_to is None or v.valid_to > since]

    def _version(self, request: KlassRequest, version: Version, into: _Into) -> Blob:
        return self._body(f"{BASE}/versions/{version.id}?language={request.language}", "classificationItems", into)

    def _changes(self, request: KlassRequest, into: _Into, notes: dict[str, int]) -> list[Blob]:
        """The whole range in one call; where Klass cannot answer so (404, too slow), each boundary by itself.

        Klass returns the table between each pair of versions that the range touches, so a range around a boundary must
        hold a day of either version: the day before it, and (``to`` is exclusive) the day after it.
        """
        try:
            whole = self._body_or_none(self._url(request, "changes", request.from_date), "codeChanges", into)
        except TransferError:
            whole = None
        if whole is not None:
            return [whole]
        notes["asked boundary by boundary"] = 1
        blobs = []
        for version in self._versions(request)[1:]:
            around = (version.valid_from - timedelta(days=1), version.valid_from + timedelta(days=1))
            blob = self._body_or_none(self._url(request, "changes", *around), "codeChanges", into)
            if blob is None:
                notes[f"no change table at {version.valid_from}"] = 1
            else:
                blobs.append(blob)
        return _at_least_one(blobs, f"change tables of Klass {request.classification}")

    def _correspondences(self, request: KlassRequest, into: _Into, notes: dict[str, int]) -> list[Blob]:
        """One call a year on 1 June (mid-year is covered by the tables); a year without a table is noted."""
        blobs = []
        for year in range(request.from_date.year, self._http.clock.now().year + 1):
            url = (
                f"{BASE}/classifications/{request.classification}/correspondsAt"
                f"?targetClassificationId={request.target}&date={year}-06-01&language={request.language}"
            )
            blob = self._body_or_none(url + _future(request), "correspondenceItems", into)
            if blob is None:
                notes[f"no correspondence for {year}"] = 1
            else:
                blobs.append(blob.model_copy(update={"name": f"correspondence_{year}-06-01.json"}))
        return _at_least_one(blobs, f"correspondences {request.classification} to {request.target}")

    def _url(self, request: KlassRequest, what: str, since: date, until: date | None = None) -> str:
        to = f"&to={until}" if until else ""
        address = f"{BASE}/classifications/{request.classification}/{what}"
        return f"{address}?from={since}{to}&language={request.language}{_future(request)}"

    def _body(self, url: str, key: str, into: _Into) -> Blob:
        blob = self._body_or_none(url, key, into)
        if blob is None:
            raise WithdrawnError(
                expected="an answer of Klass",
                found="404",
                where=url,
                next_step="look the classification up on ssb.no/klass; the last good release stays in use",
            )
        return blob

    def _body_or_none(self, url: str, key: str, into: _Into) -> Blob | None:
        """The body in landing, or None when Klass has none. Raises LayoutError when the list ``key`` is missing."""
        file = into.folder / f"{len(list(into.folder.iterdir())):04}.json"
        answer = self._http.download(
            "klass",
            url,
            file,
            check=expect_json_object,
            accept="application/json",
            max_bytes=_MAX_BYTES,
            statuses=_NOT_FOUND,
        )
        if answer.status == 404:
            return None
        body = read_json_object(file.read_bytes(), url)
        if not isinstance(body.get(key), list):
            raise LayoutError(
                expected=f"a list {key}",
                found=f"keys {', '.join(sorted(body))[:120]}",
                where=url.split("?", 1)[0],
                next_step="compare with the guide of the Klass API",
            )
        name = f"{url.removeprefix(BASE).split('?', 1)[0].strip('/').replace('/', '_')}.json"
        return into.landing.received(file, name, answer)


@dataclass(frozen=True)
class _Into:
    """Where bodies arrive, and where they go when they are whole."""

    folder: Path
    landing: Landing


def _stamp(versions: list[Version]) -> str:
    text = "\n".join(f"{v.id} {v.valid_from} {v.valid_to} {v.last_modified}" for v in versions)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _future(request: KlassRequest) -> str:
    return "&includeFuture=true" if request.include_future else ""


def _version_list(answer: Answer, classification: int) -> list[Version]:
    where = f"Klass classification {classification}"
    body = read_json_object(answer.body, where)
    try:
        versions = [
            Version(
                id=int(entry["id"]),
                valid_from=date.fromisoformat(entry["validFrom"]),
                valid_to=date.fromisoformat(entry["validTo"]) if entry.get("validTo") else None,
                last_modified=str(entry.get("lastModified", "")),
            )
            for entry in _entries(body)
        ]
    except (KeyError, ValueError, TypeError) as problem:
        raise LayoutError(
            expected="versions with id, validFrom and validTo",
            found=f"an entry that cannot be read ({problem})",
            where=where,
            next_step="compare with the guide of the Klass API",
        ) from problem
    return sorted(versions, key=lambda v: v.valid_from)


def _entries(body: dict[str, Any]) -> list[dict[str, Any]]:
    versions = body["versions"]
    if not isinstance(versions, list):
        raise TypeError("versions is no list")
    return versions


def _at_least_one(blobs: list[Blob], what: str) -> list[Blob]:
    if not blobs:
        raise WithdrawnError(
            expected=what,
            found="404 for every date asked",
            where="Klass",
            next_step="look the classification up on ssb.no/klass; the last good release stays in use",
        )
    return blobs
