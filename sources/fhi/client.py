"""FHI's open statistics (statistikk-data.fhi.no): a table's default question, then ours, as JSON-stat.

Here: the two calls and what a gone table is. Not here: which codes (table.py), reading (reader.py), limits (http/).
"""

import hashlib
import json
from pathlib import Path

from sources.dataset.options import options_of
from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError, WithdrawnError
from sources.fhi.reader import FORM
from sources.fhi.table import FhiTable, body_of, check_title, question
from sources.http.client import HttpClient
from sources.http.content import expect_jsonstat_dataset, read_json_object
from sources.landing.store import Landing
from sources.ports import Fetched, Probe
from sources.ssb.metadata import category_codes

_MAX_BYTES = 50_000_000
_GONE = frozenset({404, 410})
_OK_OR_GONE = frozenset({200}) | _GONE


class FhiClient:
    """Implements `sources.ports.Client` for FHI. Never seen live: docs/live-clients.md says what is taken for granted."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    @staticmethod
    def planned_call(spec: DatasetSpec) -> str:
        """What a fetch of this dataset would call."""
        table = options_of(spec, "fhi", FhiTable)
        return f"GET {table.address[8:]}/query, then POST its data ({', '.join(table.selection)})"

    def probe(self, spec: DatasetSpec) -> Probe:
        """One call to the table's default question. The stamp is its hash: a new year or code is in it, a revision not."""
        options = options_of(spec, "fhi", FhiTable)
        default = self._default(options)
        if default is None:
            return Probe("withdrawn", note=_gone(options))
        return Probe("available", stamp=hashlib.sha256(default).hexdigest()[:16], note=f"table {options.table}")

    def fetch(self, spec: DatasetSpec, landing: Landing) -> list[Fetched]:
        """The table as one release. Raises WithdrawnError when it is gone, LayoutError when it is another than the spec's."""
        options = options_of(spec, "fhi", FhiTable)
        default = self._default(options)
        if default is None:
            raise _withdrawn(options, spec)
        where = f"FHI {options.bank} table {options.table}"
        asked = question(options, read_json_object(default, where), where)
        with landing.incoming() as folder:
            file = folder / "table.json"
            answer = self._http.download(
                "fhi",
                f"{options.address}/data",
                file,
                check=expect_jsonstat_dataset,
                accept="application/json",
                max_bytes=_MAX_BYTES,
                json_body=body_of(asked),
                statuses=_OK_OR_GONE,
            )
            if answer.status in _GONE:
                raise _withdrawn(options, spec)
            _check(file, options, asked, where)
            asked_hash = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:12]
            blob = landing.received(file, f"{options.bank}_{options.table}_query_{asked_hash}.json", answer)
        stamp = hashlib.sha256(default).hexdigest()[:16]
        return [Fetched([blob], FORM, self._http.clock.now(), stamp=stamp)]

    def _default(self, options: FhiTable) -> bytes | None:
        """FHI's default question of the table as it came; None = gone."""
        answer = self._http.get("fhi", f"{options.address}/query", statuses=_OK_OR_GONE)
        return None if answer.status in _GONE else answer.body


def _check(file: Path, options: FhiTable, asked: dict[str, list[str]], where: str) -> None:
    """Raises LayoutError unless the answer names the right table and holds exactly the codes asked for."""
    dataset = read_json_object(file.read_bytes(), where)
    check_title(options, str(dataset.get("label") or ""), where)
    got = {name: set(category_codes(dataset["dimension"][name]["category"])) for name in dataset["id"]}
    if got != {name: set(codes) for name, codes in asked.items()}:
        raise LayoutError(
            expected="the variables and codes asked for",
            found=", ".join(f"{name}: {len(codes)} codes" for name, codes in got.items()),
            where=where,
            next_step="FHI answered something else than was asked for: run again, then compare at statistikk.fhi.no",
        )


def _gone(options: FhiTable) -> str:
    return f"FHI answers 404 for table {options.table} of {options.bank}"


def _withdrawn(options: FhiTable, spec: DatasetSpec) -> WithdrawnError:
    return WithdrawnError(
        expected=f"FHI's table {options.table} of {options.bank}",
        found="404",
        where=spec.dataset_id,
        next_step="FHI gives tables new numbers: look it up at statistikk.fhi.no and correct options.fhi.table; the last "
        "good release stays in use",
    )
