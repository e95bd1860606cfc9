"""SSB's StatBank as the local upstream speaks it: PxWebApi 2, and version 1 beside it.

Here: addresses, error titles, SSB's deviations from the OpenAPI text. Not here: cutting a cube (cube.py).
"""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from trials.local_upstream.answers import Answer, Question, json_answer
from trials.local_upstream.cube import Codelist, Cube, Refusal
from trials.local_upstream.releases import Releases

HOST = "data.ssb.no"
V2 = "/api/pxwebapi/v2"
V1 = "/api/v0"
_BASE = f"https://{HOST}{V2}"
_LANGUAGES = {"no": "Norsk", "en": "English"}
_TIME_UNITS = {"M": "Monthly", "K": "Quarterly", "U": "Weekly"}
_USUAL_LISTS = {
    "agg_KommSummer": ("Kommuner, sammenslåtte tidsserier", r"\d{4}", "K-"),
    "agg_KommFylker": ("Fylker, sammenslåtte tidsserier", r"\d{2}", "F-"),
    "agg_KommGjeldende": ("Kommuner, alle gjeldende", r"\d{4}", ""),
    "agg_FylkerGjeldende": ("Fylker, alle gjeldende", r"\d{2}", ""),
    "vs_Landet": ("Hele landet", r"0", ""),
}
"""Codelist id -> label, which codes are its members, and what SSB writes before them (SOURCE.md section 4.2)."""

_LIMITS = {
    "X-RateLimit-Limit": "40",
    "X-RateLimit-Policy": "40;w=60s",
    "X-RateLimit-Resource": "SB_API_1MIN",
}


class Ssb:
    """A table is a whole JSON-stat dataset in the folder; ``<table>.codelists.json`` beside it offers codelists."""

    def __init__(self, releases: Releases) -> None:
        self._releases = releases
        self.cell_limit = 800_000

    def answer(self, question: Question) -> Answer:
        try:
            answer = self._v1(question) if question.path.startswith(V1) else self._v2(question)
        except Refusal as refusal:
            if refusal.title is None:
                answer = Answer(500)
            elif question.path.startswith(V1):
                status, text = (403, "Too many values selected") if refusal.is_size else (400, "Parameter error")
                answer = json_answer({"error": text}, status)
            else:
                answer = problem(refusal.title, refusal.status)
        return Answer(answer.status, answer.body, answer.content_type, {**_LIMITS, **answer.headers})

    def _v2(self, question: Question) -> Answer:
        parts = question.path.removeprefix(V2).strip("/").split("/")
        language = question.one("lang", "no")
        if parts == ["config"]:
            return json_answer(self._config())
        if parts == ["tables"]:
            return json_answer(self._catalogue(question, language))
        if parts[0] == "tables" and len(parts) == 2:
            return json_answer(self._resource(parts[1], language))
        if parts[0] == "tables" and parts[2:] == ["metadata"]:
            return json_answer(self._metadata(self._cube(parts[1]), language))
        if parts[0] == "tables" and parts[2:] == ["data"]:
            return self._data(parts[1], question)
        if parts[0].lower() == "codelists" and len(parts) == 2:
            return json_answer(self._codelist(parts[1], language))
        raise Refusal("Non-existent page", 404)

    def _data(self, table: str, question: Question) -> Answer:
        if len(question.path) + sum(len(k) + sum(map(len, v)) for k, v in question.query.items()) > 2_100:
            raise Refusal("Non-existent table", 404)
        if question.one("outputFormat", "json-stat2") != "json-stat2":
            raise Refusal("Unsupported output format")
        cube = self._cube(table)
        if question.method == "POST":
            asked = json.loads(question.body or b"{}").get("selection", [])
            wanted = {s["variableCode"]: (s.get("valueCodes") or ["*"], s.get("codelist")) for s in asked}
        else:
            wanted = _get_selection(question)
        return json_answer(cube.cut(wanted, self.cell_limit))

    def _v1(self, question: Question) -> Answer:
        match = re.fullmatch(rf"{V1}/(no|en)/table/([0-9A-Za-z]+)", question.path)
        if match is None:
            raise Refusal("Non-existent table", 404)
        cube = self._cube(match[2])
        if question.method != "POST":
            return json_answer(cube.metadata_v1())
        wanted = {}
        for entry in json.loads(question.body)["query"]:
            kind, values = entry["selection"]["filter"], entry["selection"]["values"]
            if kind == "top":
                values = [f"top({values[0]})"]
            wanted[entry["code"]] = (values, kind.replace(":", "_", 1) if ":" in kind else None)
        for time in cube.times:
            wanted.setdefault(time, (["*"], None))
        return json_answer(cube.cut(wanted, self.cell_limit))

    def _cube(self, table: str) -> Cube:
        files = self._releases.files(f"ssb/{table}")
        data = next((f for f in files if f.name == f"{table}.json"), None)
        if data is None:
            raise Refusal("Non-existent table", 404)
        lists = next((f for f in files if f.name == f"{table}.codelists.json"), None)
        dataset = json.loads(data.read_bytes())
        return Cube(dataset, _codelists(lists) if lists else _usual_codelists(Cube(dataset, [])))

    def _codelist(self, wanted: str, language: str) -> dict[str, Any]:
        for key in self._releases.keys("ssb/"):
            for codelist in self._cube(key.split("/", 1)[1]).codelists:
                if codelist.id == wanted:
                    values = [
                        {"code": code, "label": codelist.labels.get(code, code), "valueMap": list(members)}
                        for code, members in codelist.members.items()
                    ]
                    return {
                        "id": codelist.id,
                        "label": codelist.label,
                        "language": language,
                        "languages": list(_LANGUAGES),
                        "elimination": False,
                        "type": codelist.type,
                        "values": values,
                        "links": [_link("self", language, f"codelists/{codelist.id}")],
                    }
        raise Refusal("Non-existent codelist", 404)

    def _resource(self, table: str, language: str) -> dict[str, Any]:
        cube = self._cube(table)
        times = cube.codes(cube.times[0]) if cube.times else ("",)
        resource = {
            "language": language,
            "id": table,
            "label": cube.label,
            "description": "",
            "updated": cube.updated,
            "firstPeriod": times[0],
            "lastPeriod": times[-1],
            "category": "public",
            "variableNames": [cube.dimension_label(name) for name in cube.names],
            "source": cube.source,
            "timeUnit": _TIME_UNITS.get(times[-1][4:5], "Annual"),
            "links": [
                _link("self", language, f"tables/{table}"),
                _link("metadata", language, f"tables/{table}/metadata"),
                _link("data", language, f"tables/{table}/data"),
            ],
        }
        return {**resource, "discontinued": True} if cube.is_discontinued else resource

    def _catalogue(self, question: Question, language: str) -> dict[str, Any]:
        size, number = int(question.one("pageSize", "20")), int(question.one("pageNumber", "1"))
        tables = [self._resource(key.split("/", 1)[1], language) for key in self._releases.keys("ssb/")]
        if question.one("includeDiscontinued", "false").lower() != "true":
            tables = [t for t in tables if not t.get("discontinued")]
        if days := question.one("pastDays"):
            # the newest update of the folder is this server's today
            newest = max((str(t["updated"]) for t in tables), default="")
            since = datetime.fromisoformat(newest) - timedelta(days=int(days)) if newest else None
            tables = [t for t in tables if since and datetime.fromisoformat(str(t["updated"])) >= since]
        tables = [t for t in tables if question.one("query").lower() in f"{t['id']} {t['label']}".lower()]
        pages = max(1, -(-len(tables) // size))
        if not 1 <= number <= pages:
            raise Refusal("Non-existent page", 404)
        shown = [{k: v for k, v in t.items() if k != "language"} for t in tables[(number - 1) * size : number * size]]
        page = {"pageNumber": number, "pageSize": size, "totalElements": len(tables), "totalPages": pages}
        return {"language": language, "tables": shown, "page": page, "links": [_link("self", language, "tables/")]}

    def _metadata(self, cube: Cube, language: str) -> dict[str, Any]:
        answer = cube.metadata()
        for name, dimension in answer["dimension"].items():
            dimension["extension"]["codelists"] = [
                {
                    "id": codelist.id,
                    "label": codelist.label,
                    "type": codelist.type,
                    "links": [_link("metadata", language, f"codelists/{codelist.id}")],
                }
                for codelist in cube.codelists
                if codelist.variable == name
            ]
        return answer

    def _config(self) -> dict[str, Any]:
        return {
            "apiVersion": "2.3.2",
            "appVersion": "local",
            "languages": [{"id": code, "label": label} for code, label in _LANGUAGES.items()],
            "defaultLanguage": "no",
            "maxDataCells": self.cell_limit,
            "maxCallsPerTimeWindow": 0,
            "timeWindow": 0,
            "license": "https://www.ssb.no/en/diverse/lisens",
            "sourceReferences": [{"language": "no", "text": "Kilde: Statistisk sentralbyrå"}],
            "defaultDataFormat": "json-stat2",
            "dataFormats": ["json-stat2"],
        }


def problem(title: str, status: int = 400) -> Answer:
    """SSB's error body: the type is a plain phrase, the diagnosis stands in the title, a detail is usually absent."""
    return json_answer(
        {"type": "Parameter error", "title": title, "status": status}, status, "application/problem+json"
    )


def _get_selection(question: Question) -> dict[str, tuple[list[str], str | None]]:
    wanted: dict[str, tuple[list[str], str | None]] = {}
    for name, values in question.query.items():
        if match := re.fullmatch(r"(?i)valuecodes\[(.+)\]", name):
            codes = re.findall(r"\[[^\]]*\]|[^,]+", values[0])
            lists = {k.lower(): v[0] for k, v in question.query.items()}
            if any("(" in c and not c.startswith("[") and not c.endswith(")") for c in codes):
                raise Refusal("Illegal selection expression")
            wanted[match[1]] = ([c.strip("[]") for c in codes], lists.get(f"codelist[{match[1].lower()}]"))
    return wanted


def _usual_codelists(cube: Cube) -> list[Codelist]:
    """SSB's usual codelists of ``Region``, from the codes of the table alone: nothing is summed over mergers."""
    codes = cube.codes("Region") if "Region" in cube.names else ()
    lists = []
    for name, (label, pattern, prefix) in _USUAL_LISTS.items():
        members = {prefix + code: (code,) for code in codes if re.fullmatch(pattern, code)}
        if members:
            kind = "Valueset" if name.startswith("vs_") else "Aggregation"
            lists.append(Codelist(name, label, kind, "Region", members))
    return lists


def _codelists(file: Path) -> list[Codelist]:
    return [
        Codelist(
            id=raw["id"],
            label=raw["label"],
            type=raw.get("type", "Aggregation"),
            variable=raw["variable"],
            members={v["code"]: tuple(v["valueMap"]) for v in raw["values"]},
            labels={v["code"]: v["label"] for v in raw["values"]},
        )
        for raw in json.loads(file.read_bytes())
    ]


def _link(rel: str, language: str, path: str) -> dict[str, str]:
    return {"rel": rel, "hreflang": language, "href": f"{_BASE}/{path}?lang={language}"}
