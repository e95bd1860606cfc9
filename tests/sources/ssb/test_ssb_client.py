"""The StatBank client against the local upstream over real HTTP: probing, asking, splitting, and what upstream may do.

Here: SsbClient as a whole. Not here: turning settings into codes (test_ssb_selection.py), network faults (test_http_*).
"""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sources.errors import LayoutError, NotOfKindError, SpecError, TransferError, WithdrawnError
from sources.landing.store import Landing, release_id_of
from sources.ssb.client import SsbClient, check_part, parse_updated, publication_status
from sources.ssb.selection import Picked, Selection, SsbQuery
from tests.support.live_upstream import (
    KOSTRA_CODELISTS,
    MINORITY_CHILDREN,
    PatientClock,
    dataset_12272,
    http_for,
    make_spec,
    write_release,
)
from trials.local_upstream.answers import Question
from trials.local_upstream.server import LocalUpstream

REGION = "KOKkommuneregion0000"
WHOLE = {REGION: {"codes": ["*"]}, "ContentsCode": {"codes": ["*"]}, "Tid": {"codes": ["*"]}}


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[LocalUpstream]:
    folder = write_release(
        tmp_path / "upstream",
        {
            "001/ssb/12272.json": dataset_12272("2026-03-15T07:00:00Z"),
            "001/ssb/12272.codelists.json": KOSTRA_CODELISTS,
            "002/ssb/12272.json": dataset_12272("2026-06-15T06:00:00Z", shift=1),
            "002/ssb/12272.codelists.json": KOSTRA_CODELISTS,
        },
    )
    with LocalUpstream(folder) as running:
        yield running


def bodies(landing: Landing, fetched: Any) -> list[dict[str, Any]]:
    return [json.loads(landing.blob_path(blob.sha256).read_bytes()) for blob in fetched.blobs]


def cells(dataset: dict[str, Any]) -> dict[tuple[str, str, str], Any]:
    """{(region, content, year): value or status} of a body, by a plain loop."""
    region, content, year = (list(dataset["dimension"][d]["category"]["index"]) for d in dataset["id"])
    found, place = {}, 0
    for r in region:
        for c in content:
            for y in year:
                found[r, c, y] = (
                    dataset["value"][place]
                    if dataset["value"][place] is not None
                    else (dataset.get("status", {}).get(str(place)))
                )
                place += 1
    return found


def test_probe_is_one_call_and_gives_ssbs_own_stamp(upstream: LocalUpstream) -> None:
    probe = SsbClient(http_for(upstream)).probe(make_spec("ssb", "12272", selection=WHOLE))
    assert (probe.state, probe.stamp) == ("available", "2026-03-15T07:00:00Z")
    assert probe.updated_at == datetime(2026, 3, 15, 7, 0, tzinfo=UTC)
    assert upstream.log == ["GET /data.ssb.no/api/pxwebapi/v2/tables/12272"]


def test_published_figures_arrive_with_their_status(upstream: LocalUpstream, landing: Landing) -> None:
    (fetched,) = SsbClient(http_for(upstream)).fetch(make_spec("ssb", "12272", selection=WHOLE), landing)
    (body,) = bodies(landing, fetched)
    held = cells(body)
    assert held["3805", "KOSminspbhgbarn0000", "2021"] == MINORITY_CHILDREN["3805"][0] == 370
    assert held["0728", "KOSbarn0000", "2017"] == 124
    assert held["3805", "KOSbarn0000", "2017"] == "."
    assert fetched.form == "ssb_jsonstat2"
    assert (
        fetched.blobs[0].url == "https://data.ssb.no/api/pxwebapi/v2/tables/12272/data?lang=no&outputFormat=json-stat2"
    )


def test_over_the_cell_limit_the_parts_together_are_the_whole(upstream: LocalUpstream, landing: Landing) -> None:
    """Fault 16: a table that grew over the limit is asked in parts; each is checked, their union is the whole."""
    spec = make_spec("ssb", "12272", selection=WHOLE)
    (whole,) = SsbClient(http_for(upstream)).fetch(spec, landing)
    for limit in (11, 8, 4, 3, 1):
        upstream.ssb.cell_limit = limit
        (fetched,) = SsbClient(http_for(upstream, calls_per_minute={"data.ssb.no": 9_000})).fetch(spec, landing)
        parts = [cells(body) for body in bodies(landing, fetched)]
        assert all(len(part) <= limit for part in parts)
        assert sum(map(len, parts)) == 12
        assert {k: v for part in parts for k, v in part.items()} == cells(bodies(landing, whole)[0])
        assert fetched.notes == {"parts": len(parts)}


def test_asking_twice_gives_the_same_release_and_an_advanced_table_another(
    upstream: LocalUpstream, landing: Landing
) -> None:
    spec = make_spec("ssb", "12272", selection=WHOLE, kostra=True)
    http = http_for(upstream)
    first, again = (SsbClient(http).fetch(spec, landing)[0] for _ in range(2))
    upstream.releases.advance("ssb/12272")
    later = SsbClient(http).fetch(spec, landing)[0]
    ids = [release_id_of([b.sha256 for b in fetched.blobs]) for fetched in (first, again, later)]
    assert ids[0] == ids[1] != ids[2]
    assert first.stamp != later.stamp
    assert (first.publication_status, later.publication_status) == ("final", "final")


@pytest.mark.parametrize(
    ("updated", "last", "status"),
    [
        ("2026-03-15T07:00:00Z", "2025", "preliminary"),
        ("2026-06-14T21:59:59Z", "2025", "preliminary"),
        ("2026-06-14T22:00:00Z", "2025", "final"),
        ("2026-06-15T06:00:00Z", "2025", "final"),
        ("2026-06-15T06:00:00Z", "2026", "preliminary"),
        ("2026-06-15T06:00:00Z", "", "unknown"),
    ],
)
def test_kostra_is_preliminary_in_march_and_final_from_15_june(updated: str, last: str, status: str) -> None:
    query = SsbQuery.model_validate({"selection": {}, "kostra": True})
    assert publication_status(query, parse_updated(updated, "x"), last) == status
    plain = SsbQuery.model_validate({"selection": {}})
    assert publication_status(plain, parse_updated(updated, "x"), last) == "unknown"


def test_codelists_are_chosen_by_label_and_asked_one_by_one(upstream: LocalUpstream, landing: Landing) -> None:
    regions = [
        {"codelist_label": "uttrekk for kommuner 2020-*", "codes": ["*"]},
        {"codelist_label": "Uttrekk for kommuner -2017", "codes": ["*"]},
    ]
    spec = make_spec("ssb", "12272", selection={**WHOLE, REGION: regions})
    (fetched,) = SsbClient(http_for(upstream)).fetch(spec, landing)
    asked = [list(body["dimension"][REGION]["category"]["index"]) for body in bodies(landing, fetched)]
    assert asked == [["3805"], ["0709", "0728"]]
    assert sum("codelists" in line for line in upstream.log) == 2


def test_version_1_where_a_spec_asks_for_it(upstream: LocalUpstream, landing: Landing) -> None:
    spec = make_spec("ssb", "12272", selection=WHOLE, api="v1")
    (fetched,) = SsbClient(http_for(upstream)).fetch(spec, landing)
    assert cells(bodies(landing, fetched)[0])["3805", "KOSminspbhgbarn0000", "2021"] == 370
    assert "POST /data.ssb.no/api/v0/no/table/12272" in upstream.log
    upstream.faults.switch_on("gone", pattern="pxwebapi/v2/tables")
    probe = SsbClient(http_for(upstream)).probe(spec)
    assert (probe.state, probe.stamp) == ("available", None)


def test_closed_hours_are_a_state_and_no_failure(upstream: LocalUpstream) -> None:
    clock = PatientClock(datetime(2026, 11, 20, 5, 0, tzinfo=UTC))
    probe = SsbClient(http_for(upstream, clock)).probe(make_spec("ssb", "12272", selection=WHOLE))
    assert probe.state == "closed"
    assert "08:15" in probe.note
    assert upstream.log == []


def test_a_table_that_is_gone_is_withdrawn(upstream: LocalUpstream, landing: Landing) -> None:
    """Fault 10."""
    upstream.releases.withdraw("ssb/12272")
    spec = make_spec("ssb", "12272", selection=WHOLE)
    client = SsbClient(http_for(upstream))
    assert client.probe(spec).state == "withdrawn"
    with pytest.raises(WithdrawnError, match="last good release stays"):
        client.fetch(spec, landing)
    assert client.differences(spec) == ["SSB answers 404 for table 12272"]


def test_a_discontinued_table_says_so(tmp_path: Path) -> None:
    closed = dataset_12272()
    closed["extension"]["discontinued"] = True
    with LocalUpstream(write_release(tmp_path, {"ssb/12272.json": closed})) as upstream:
        client = SsbClient(http_for(upstream))
        spec = make_spec("ssb", "12272", selection=WHOLE)
        assert client.probe(spec).state == "discontinued"
        assert client.differences(spec) == ["SSB says discontinued, the spec yearly"]


def test_a_code_the_table_lost_is_an_event_and_no_data_call_is_made(upstream: LocalUpstream, landing: Landing) -> None:
    spec = make_spec("ssb", "12272", selection={**WHOLE, "ContentsCode": {"codes": ["KOSgone0000"]}})
    client = SsbClient(http_for(upstream))
    with pytest.raises(LayoutError, match="KOSgone0000"):
        client.fetch(spec, landing)
    assert not any(line.startswith("POST") for line in upstream.log)
    assert "KOSgone0000" in client.differences(spec)[0]


def test_parts_of_two_updates_are_never_mixed(upstream: LocalUpstream, landing: Landing) -> None:
    """The table is updated between two parts: all are asked again, and only whole sets land."""
    upstream.ssb.cell_limit = 8
    original, asked = upstream.ssb.answer, []

    def advancing(question: Question) -> Any:
        answer = original(question)
        asked.append(question.method)
        if asked.count("POST") == 1 and question.method == "POST":
            upstream.releases.advance("ssb/12272")
        return answer

    upstream.ssb.answer = advancing
    spec = make_spec("ssb", "12272", selection=WHOLE)
    (fetched,) = SsbClient(http_for(upstream)).fetch(spec, landing)
    assert {body["updated"] for body in bodies(landing, fetched)} == {"2026-06-15T06:00:00Z"}
    assert asked.count("POST") == 2 + 3
    assert len(list((landing.folder / "blobs").glob("*/*"))) == 2


@pytest.mark.parametrize(("loads", "lands"), [(1, True), (100, False)])
def test_parts_of_two_loads_under_one_stamp_are_not_joined(
    upstream: LocalUpstream, landing: Landing, loads: int, lands: bool
) -> None:
    """SSB loads new figures between two parts and leaves `updated` as it was: all are asked again, then given up."""
    upstream.ssb.cell_limit = 8
    original, asked = upstream.ssb.answer, []

    def loading(question: Question) -> Any:
        answer = original(question)
        if question.method != "POST":
            return answer
        asked.append(question)
        body = json.loads(answer.body)
        loaded = min(len(asked) - 1, loads)
        body["value"] = [None if value is None else value + loaded for value in body["value"]]
        return type(answer)(200, json.dumps(body).encode())

    upstream.ssb.answer = loading
    spec = make_spec("ssb", "12272", selection=WHOLE)
    if not lands:
        with pytest.raises(TransferError, match="between the parts, twice"):
            SsbClient(http_for(upstream)).fetch(spec, landing)
        return
    (fetched,) = SsbClient(http_for(upstream)).fetch(spec, landing)
    figures = {k: v for body in bodies(landing, fetched) for k, v in cells(body).items()}
    assert figures["3805", "KOSminspbhgbarn0000", "2021"] == 370 + loads
    assert len(asked) == 6


def test_a_table_updated_between_the_parts_every_time_is_given_up(upstream: LocalUpstream, landing: Landing) -> None:
    upstream.ssb.cell_limit = 8
    original, count = upstream.ssb.answer, iter(range(100))

    def restless(question: Question) -> Any:
        answer = original(question)
        if question.method != "POST":
            return answer
        body = json.loads(answer.body)
        body["updated"] = f"2026-06-15T06:00:{next(count):02}Z"
        return type(answer)(200, json.dumps(body).encode())

    upstream.ssb.answer = restless
    with pytest.raises(TransferError, match="changed the table between the parts, twice"):
        SsbClient(http_for(upstream)).fetch(make_spec("ssb", "12272", selection=WHOLE), landing)
    assert not (landing.folder / "blobs").exists()
    assert list((landing.folder / "incoming").iterdir()) == []


@pytest.mark.parametrize("fault", ["truncated", "truncated_close", "broken_gzip", "reset", "unavailable"])
def test_a_fault_in_one_part_lands_nothing(upstream: LocalUpstream, landing: Landing, fault: str) -> None:
    upstream.ssb.cell_limit = 4
    original = upstream.ssb.answer
    posts = []

    def failing_from_the_second(question: Question) -> Any:
        if question.method == "POST":
            posts.append(1)
            if len(posts) == 2:
                upstream.faults.switch_on(fault, pattern="/data$")
        return original(question)

    upstream.ssb.answer = failing_from_the_second
    with pytest.raises(TransferError):
        SsbClient(http_for(upstream)).fetch(make_spec("ssb", "12272", selection=WHOLE), landing)
    assert not (landing.folder / "blobs").exists()


@pytest.mark.parametrize("fault", ["html", "json_error"])
def test_a_200_that_is_no_dataset_is_refused(upstream: LocalUpstream, landing: Landing, fault: str) -> None:
    upstream.faults.switch_on(fault, pattern="/data$")
    with pytest.raises(NotOfKindError):
        SsbClient(http_for(upstream)).fetch(make_spec("ssb", "12272", selection=WHOLE), landing)
    assert not (landing.folder / "blobs").exists()


def test_an_answer_that_holds_something_else_than_asked_is_refused() -> None:
    part = Selection(
        (Picked(REGION, ("3805", "0709", "0728")), Picked("ContentsCode", ("a", "b")), Picked("Tid", ("1",)))
    )
    good = dataset_12272()
    whole = Selection(
        tuple(Picked(d, tuple(good["dimension"][d]["category"]["index"])) for d in good["id"]),
    )
    check_part(good, whole, "here")
    with pytest.raises(LayoutError, match="codes of ContentsCode"):
        check_part(good, part, "here")
    short = copy.deepcopy(good)
    short["value"] = short["value"][:-1]
    with pytest.raises(LayoutError, match="12 values; found 11"):
        check_part(short, whole, "here")
    summed = copy.deepcopy(good)
    summed["id"], summed["size"] = summed["id"][:2], summed["size"][:2]
    with pytest.raises(LayoutError, match="the variables"):
        check_part(summed, whole, "here")


def test_a_stamp_without_zone_is_refused_and_none_is_none() -> None:
    assert parse_updated(None, "x") is None
    for text in ("2026-06-15T06:00:00", "yesterday", "2026-06-15"):
        with pytest.raises(LayoutError, match="a time with zone"):
            parse_updated(text, "x")


def test_a_spec_without_selection_is_a_spec_error(upstream: LocalUpstream) -> None:
    with pytest.raises(SpecError, match="selection"):
        SsbClient(http_for(upstream)).probe(make_spec("ssb", "12272"))


def test_recorded_bodies_pass_through_unchanged(extracts: Path, landing: Landing, tmp_path: Path) -> None:
    """The recorded answer of table 05803 (2025, 2026) served and fetched again: the same cells and status."""
    recorded = json.loads((extracts / "upstream/ssb/v2_data_05803_no_with_status.json").read_bytes())
    with LocalUpstream(write_release(tmp_path / "up", {"ssb/05803.json": recorded})) as upstream:
        selection = {"ContentsCode": {"codes": ["*"]}, "Tid": {"codes": ["*"]}}
        (fetched,) = SsbClient(http_for(upstream)).fetch(make_spec("ssb", "05803", selection=selection), landing)
    (body,) = bodies(landing, fetched)
    assert body["value"] == recorded["value"]
    assert body["status"] == recorded["status"]
    assert body["updated"] == recorded["updated"]


def test_mandatory_notes_of_table_variable_and_category_come_with_the_fetch(tmp_path: Path, landing: Landing) -> None:
    """For example the break of the KOSTRA groups between 2019 and 2020, which SSB asks to be shown."""
    marked = dataset_12272()
    marked["note"] = ["Frivillig", "Ny gruppering av kommuner fra 2020"]
    marked["extension"]["noteMandatory"] = {"1": True, "0": False, "7": True}
    years = marked["dimension"]["Tid"]
    years["category"]["note"] = {"2017": ["Brudd i serien"], "2021": ["Ikke med"]}
    years["extension"]["categoryNoteMandatory"] = {"2017": {"0": True}, "1999": {"0": True}}
    with LocalUpstream(write_release(tmp_path / "notes", {"ssb/12272.json": marked})) as upstream:
        (fetched,) = SsbClient(http_for(upstream)).fetch(make_spec("ssb", "12272", selection=WHOLE), landing)
    assert list(fetched.notes) == [
        "parts",
        "mandatory note: Ny gruppering av kommuner fra 2020",
        "mandatory note: Brudd i serien",
    ]
