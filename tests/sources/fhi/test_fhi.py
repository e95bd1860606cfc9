"""FHI's table of persistent low income: what is asked for, what an answer becomes, and what a gone table is.

Here: client and reader over the local upstream, with a body composed from invented figures in the shape that public
scripts ask for. Not here: JSON-stat itself (tests/sources/ssb).
"""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from sources.dataset.registry import form_of, forms
from sources.dataset.spec import load_specs
from sources.errors import LayoutError, UnknownLabelError, WithdrawnError
from sources.fhi.client import FhiClient
from sources.fhi.reader import FORM, read
from sources.http.client import HttpClient
from sources.landing.store import Landing
from sources.live import check_live, planned_call
from sources.ports import Document
from sources.ssb.client import SsbClient
from tests.support.live_upstream import dataset_12272, http_for, write_release
from trials.local_upstream.server import LocalUpstream

SPEC = load_specs()["fhi_vedvarende_lavinntekt"]
CODES = {
    "GEO": ["0", "39", "3909", "3911", "030101"],
    "AAR": ["2022_2022", "2023_2023"],
    "ALDER": ["0_120", "0_17", "25_120"],
    "INNVKAT": ["0", "2", "20"],
    "MAAL": ["ant_eu50", "ant_eu60"],
    "MEASURE_TYPE": ["TELLER", "RATE"],
}
FIGURES: dict[tuple[str, str, str, str], float | str] = {
    ("3909", "2022_2022", "0_120", "0"): 11.5,
    ("3909", "2022_2022", "0_120", "2"): 31.25,
    ("3909", "2023_2023", "0_120", "0"): 11.9,
    ("3909", "2023_2023", "0_120", "2"): 30.0,
    ("3911", "2023_2023", "0_17", "2"): ":",
    ("3911", "2022_2022", "0_17", "2"): "..",
    ("0", "2023_2023", "0_120", "0"): 9.8,
}
"""Invented shares in per cent and the marks FHI prints; every other cell of the persons' rate is 7.5, counts are 999."""


def body(title: str = "Vedvarende lavinntekt etter innvandringskategori, EU60", **more: Any) -> dict[str, Any]:
    """A whole table as FHI's JSON-stat: the last variable varies fastest."""
    values: list[float | None] = []
    status: dict[str, str] = {}
    for geo, year, age, category, limit, kind in product(*CODES.values()):
        is_ours = (limit, kind) == ("ant_eu60", "RATE")
        figure = FIGURES.get((geo, year, age, category), 7.5) if is_ours else 999
        if isinstance(figure, str):
            status[str(len(values))] = figure
        values.append(None if isinstance(figure, str) else figure)
    return {
        "version": "2.0",
        "class": "dataset",
        "label": title,
        "id": list(CODES),
        "size": [len(codes) for codes in CODES.values()],
        "dimension": {
            name: {"label": name, "category": {"index": codes, "label": {code: code for code in codes}}}
            for name, codes in CODES.items()
        },
        "value": values,
        "status": status,
        **more,
    }


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[LocalUpstream]:
    folder = write_release(tmp_path / "up", {"fhi/403.json": body(), "ssb/12272.json": dataset_12272()})
    with LocalUpstream(folder) as server:
        yield server


def fetched(http: HttpClient, folder: Path) -> tuple[Landing, Document]:
    landing = Landing(folder)
    release = FhiClient(http).fetch(SPEC, landing)
    assert [one.form for one in release] == [FORM]
    blob = release[0].blobs[0]
    return landing, Document(landing.blob_path(blob.sha256), blob.name)


def rows_of(document: Document) -> dict[tuple[str, int, str, str], tuple[float | None, str]]:
    table = read(SPEC, [document]).table.to_pylist()
    assert {(row["measure"], row["unit"]) for row in table} == {("persistent_low_income_pct", "percent")}
    return {
        (row["region_code"], row["period_start"].year, row["age_group"], row["immigrant_category"]): (
            row["value"],
            row["value_status"],
        )
        for row in table
    }


def test_a_fetch_asks_for_what_the_spec_names_and_reads_each_cell(upstream: LocalUpstream, tmp_path: Path) -> None:
    http = http_for(upstream)
    _, document = fetched(http, tmp_path / "landing")
    assert document.path.read_bytes().startswith(b"\xef\xbb\xbf{"), "kept as received"
    assert http.calls == [
        ("GET", "https://statistikk-data.fhi.no/api/open/v1/nokkel/Table/403/query"),
        ("POST", "https://statistikk-data.fhi.no/api/open/v1/nokkel/Table/403/data"),
    ]
    rows = rows_of(document)
    assert len(rows) == 4 * 2 * 2 * 2, "four areas (no city district), two years, two ages, two categories"
    assert rows["3909", 2022, "all", "immigrants"] == (31.25, "ok")
    assert rows["3909", 2022, "all", "all"] == (11.5, "ok"), "the code is not older than 2024, its figures are"
    assert rows["3909", 2023, "all", "immigrants"] == (30.0, "ok")
    assert rows["00", 2023, "all", "all"] == (9.8, "ok")
    assert rows["39", 2022, "age_0_17", "all"] == (7.5, "ok")
    assert rows["3911", 2023, "age_0_17", "immigrants"] == (None, "suppressed"), "hidden is not zero"
    assert rows["3911", 2022, "age_0_17", "immigrants"] == (None, "missing"), "missing is not zero"


def test_a_gone_table_is_told_once_and_the_others_go_on(upstream: LocalUpstream, tmp_path: Path) -> None:
    upstream.releases.withdraw("fhi/403")
    http = http_for(upstream)
    with pytest.raises(WithdrawnError, match="403"):
        FhiClient(http).fetch(SPEC, Landing(tmp_path / "landing"))
    assert len(http.calls) == 1, "a 404 is an answer, not a reason to try again"
    clients = {"fhi": FhiClient(http), "ssb": SsbClient(http)}
    rows = check_live([SPEC, load_specs()["ssb_12272"]], clients, live=True)
    assert [(row.source, row.state) for row in rows] == [("fhi", "withdrawn"), ("ssb", "available")]
    assert len([url for _, url in http.calls if "fhi.no" in url]) == 2, "one call a question"


@pytest.mark.parametrize("title", ["Lavinntekt etter innvandringskategori", ""])
def test_another_table_under_the_same_number_is_refused(tmp_path: Path, title: str) -> None:
    folder = write_release(tmp_path / "up", {"fhi/403.json": body(title)})
    with LocalUpstream(folder) as server, pytest.raises(LayoutError, match="vedvarende"):
        FhiClient(http_for(server)).fetch(SPEC, Landing(tmp_path / "landing"))
    file = tmp_path / "saved.json"
    file.write_text(json.dumps(body(title)))
    with pytest.raises(LayoutError, match="vedvarende"):
        read(SPEC, [Document(file, "saved.json")])


def test_a_table_without_a_code_that_is_asked_for_is_refused(tmp_path: Path) -> None:
    other = json.loads(json.dumps(body()).replace('"ant_eu60"', '"andel_eu60"'))
    with LocalUpstream(write_release(tmp_path / "up", {"fhi/403.json": other})) as server:
        with pytest.raises(LayoutError, match="ant_eu60"):
            FhiClient(http_for(server)).fetch(SPEC, Landing(tmp_path / "landing"))
        assert server.log == ["GET /statistikk-data.fhi.no/api/open/v1/nokkel/Table/403/query"]


def small(**more: Any) -> dict[str, Any]:
    """A saved answer of one area: 12.5 per cent of all and 40 of the immigrants."""
    codes = {**{name: held[:1] for name, held in CODES.items()}, "INNVKAT": ["0", "2"]}
    codes |= {"GEO": ["3909"], "MAAL": ["ant_eu60"], "MEASURE_TYPE": ["RATE"], **more.pop("codes", {})}
    whole = body(size=[len(held) for held in codes.values()], value=[12.5, 40], status={}, **more)
    whole["dimension"] = {
        name: {"label": name, "category": {"index": {c: n for n, c in enumerate(held)}, "label": {c: c for c in held}}}
        for name, held in codes.items()
    }
    return whole


def saved(folder: Path, content: dict[str, Any]) -> Document:
    file = folder / "nokkel.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(content).encode())
    return Document(file, file.name)


def test_a_saved_answer_is_known_by_its_content_and_a_span_stands_under_its_last_year(tmp_path: Path) -> None:
    document = saved(tmp_path, small(codes={"AAR": ["2021_2023"]}, updated="2026-09-01T00:00:00"))
    assert form_of(document.path) == FORM
    assert forms()[FORM].dataset_ids == (SPEC.dataset_id,)
    reading = read(SPEC, [document])
    assert reading.updated_at is None, "a time without a zone names no moment"
    assert reading.notes["intervals kept under their last year"] == 1
    rows = rows_of(document)
    assert rows == {("3909", 2023, "all", "all"): (12.5, "ok"), ("3909", 2023, "all", "immigrants"): (40.0, "ok")}


def test_a_category_nobody_has_explained_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownLabelError, match="INNVKAT"):
        read(SPEC, [saved(tmp_path, small(codes={"INNVKAT": ["0", "20"]}))])


def test_the_plan_names_the_call_and_the_note_says_it_is_fragile() -> None:
    assert planned_call(SPEC).startswith("GET statistikk-data.fhi.no/api/open/v1/nokkel/Table/403/query, then POST")
    assert SPEC.verified is False and "Fragile" in SPEC.note
