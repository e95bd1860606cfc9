"""Klass as the local upstream speaks it, composed from version and change answers in the folder.

Here: classifications, versions, codes, changes and correspondences with Klass's rules of dates. Not here: other hosts.
"""

import json
from datetime import date, timedelta
from functools import cache
from itertools import zip_longest
from typing import Any

from sources.klass import history
from trials.local_upstream.answers import Answer, Question, json_answer
from trials.local_upstream.releases import Releases

HOST = "data.ssb.no"
PREFIX = "/api/klass/v1"
_FOREVER = date(9999, 1, 1)


class Klass:
    """Serves one classification for each folder content: 131 from recorded answers, others from files of that name.

    ``classifications_<id>.json`` names the versions, ``versions_*.json`` hold items, any file with ``codeChanges``
    change rows, ``correspondence_<source>_<target>.json`` rows of a correspondence.
    """

    def __init__(self, releases: Releases) -> None:
        self._releases = releases

    def answer(self, question: Question) -> Answer:
        if "json" not in question.headers.get("accept", ""):
            return Answer(200, b'<?xml version="1.0"?><codeList/>', "application/xml")
        parts = question.path.removeprefix(PREFIX).strip("/").split("/")
        try:
            if len(parts) == 2 and parts[0] == "versions":
                return self._version(int(parts[1]))
            if len(parts) == 2 and parts[0] == "classifications":
                return self._classification(int(parts[1]))
            if len(parts) == 3 and parts[0] == "classifications":
                return self._part(int(parts[1]), parts[2], question)
        except ValueError as problem:
            return _problem(400, str(problem))
        return _problem(404, "no such resource")

    def _part(self, number: int, what: str, question: Question) -> Answer:
        if what == "correspondsAt":
            return self._correspondence(number, int(question.one("targetClassificationId")))
        at = what == "codesAt"
        since = date.fromisoformat(question.one("date" if at else "from"))
        until = since + timedelta(days=1) if at else date.fromisoformat(question.one("to", _FOREVER.isoformat()))
        if since >= until:
            return _problem(400, "from must be before to")
        touched = [v for v in self._summaries(number) if _start(v) < until and _end(v) > since]
        if what == "changes":
            return self._changes(touched, since, until)
        if what in ("codes", "codesAt"):
            return self._codes(touched, since, until, with_range=not at)
        return _problem(404, "no such resource")

    def _classification(self, number: int) -> Answer:
        for content in self._contents():
            if content.get("id") == number and "versions" in content:
                return json_answer(content)
        return _problem(404, "no such classification")

    def _version(self, number: int) -> Answer:
        for content in self._contents():
            if content.get("id") == number and "classificationItems" in content:
                return json_answer(content)
        return _problem(404, "no such version")

    def _summaries(self, number: int) -> list[dict[str, Any]]:
        """The classification's versions, oldest first."""
        for content in self._contents():
            if content.get("id") == number and "versions" in content:
                return sorted(content["versions"], key=_start)
        return []

    def _changes(self, touched: list[dict[str, Any]], since: date, until: date) -> Answer:
        """The change rows between each pair of versions touched by the range: one version alone gives none."""
        boundaries = {v["validFrom"] for v in touched[1:]}
        rows = [
            row
            for content in self._contents()
            for row in content.get("codeChanges", [])
            if row["changeOccurred"] in boundaries and since < date.fromisoformat(row["changeOccurred"]) < until
        ]
        return json_answer({"codeChanges": rows})

    def _codes(self, touched: list[dict[str, Any]], since: date, until: date, *, with_range: bool) -> Answer:
        """Codes of the versions touched; equal code, name and level over neighbouring versions are one row."""
        held = {c["id"]: c for c in self._contents() if "classificationItems" in c}
        rows: list[dict[str, Any]] = []
        open_rows: dict[tuple[str, str, str], dict[str, Any]] = {}
        for summary in touched:
            kept = {}
            for item in held.get(summary["id"], {"classificationItems": []})["classificationItems"]:
                key = (item["code"], item["name"], item["level"])
                row = open_rows.get(key)
                if row is None:
                    row = {**item, "parentCode": item["parentCode"] or None, "validFrom": summary["validFrom"]}
                    rows.append(row)
                row["validTo"] = summary.get("validTo")
                if with_range:
                    row["validFromInRequestedRange"] = max(date.fromisoformat(row["validFrom"]), since).isoformat()
                    end = min(_end(summary), until)
                    row["validToInRequestedRange"] = None if end == _FOREVER else end.isoformat()
                kept[key] = row
            open_rows = kept
        return json_answer({"codes": rows}) if rows else _problem(404, "no codes in the range")

    def _correspondence(self, number: int, target: int) -> Answer:
        for file in self._releases.files("klass"):
            if file.name == f"correspondence_{number}_{target}.json":
                return json_answer(json.loads(file.read_bytes()))
        return _problem(404, "no correspondence table")

    def _contents(self) -> list[dict[str, Any]]:
        """The folder's answers; with the municipal history that ships with the product where they hold none of 131."""
        contents = [json.loads(file.read_bytes()) for file in self._releases.files("klass")]
        return contents if any(content.get("id") for content in contents) else [*contents, *bundled_contents()]


@cache
def bundled_contents() -> list[dict[str, Any]]:
    """Klass 131 from the bundled history: a classification, a version for each first day, the change rows.

    Version ids are the year: real ids are not stable either.
    """
    rows = history.changes()
    starts = [f"{history.HISTORY_STARTS}-01-01", *sorted({day for _, _, day in rows})]
    versions = []
    for start, end in zip_longest(starts, starts[1:]):
        items = [
            {"code": code, "parentCode": "", "level": "1", "name": name, "shortName": "", "notes": ""}
            for code, name in [*history.municipalities(int(start[:4])), ("9999", "Uoppgitt")]
        ]
        version = {"id": int(start[:4]), "name": f"Kommuneinndeling {start[:4]}", "validFrom": start}
        versions.append({**version, **({"validTo": end} if end else {}), "classificationItems": items})
    summaries = [{k: v for k, v in version.items() if k != "classificationItems"} for version in versions]
    changes = [
        {
            "oldCode": old,
            "oldName": history.name_of(old, f"{int(day[:4]) - 1}-12-31"),
            "newCode": new,
            "newName": history.name_of(new, day),
            "changeOccurred": day,
        }
        for old, new, day in rows
    ]
    return [{"id": 131, "name": "Kommuneinndeling", "versions": summaries}, *versions, {"codeChanges": changes}]


def _start(version: dict[str, Any]) -> date:
    return date.fromisoformat(version["validFrom"])


def _end(version: dict[str, Any]) -> date:
    """``validTo`` is exclusive; the key is absent on the version in force."""
    return date.fromisoformat(version["validTo"]) if version.get("validTo") else _FOREVER


def _problem(status: int, detail: str) -> Answer:
    content = {"type": "about:blank", "title": detail, "status": status, "detail": detail}
    return json_answer(content, status, "application/problem+json")
