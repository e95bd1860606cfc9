"""The Klass client against the local upstream, which serves the recorded answers of Klass 131.

Here: ranges, versions by date, correspondences. Not here: what the changes mean (tests of the reader).
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sources.errors import LayoutError, NotOfKindError, WithdrawnError
from sources.klass import answers, history
from sources.klass.client import KlassClient
from sources.landing.store import Landing
from sources.ports import Document
from tests.support.live_upstream import http_for, make_spec, write_release
from trials.local_upstream.server import LocalUpstream

CODES_A_YEAR = {2016: 428, 2017: 426, 2018: 422, 2019: 422, 2020: 356, 2021: 356, 2022: 356, 2023: 356, 2024: 357}
"""Municipalities on 1 January (SOURCE.md section 2.5)."""


@pytest.fixture(scope="module")
def recorded(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalUpstream]:
    folder = tmp_path_factory.mktemp("klass")
    files = {f"klass/{p.name}": p.read_bytes() for p in (extracts / "upstream/klass/recorded").glob("*.json")}
    oslo = {"sourceCode": "0301", "sourceName": "Oslo", "targetCode": "EKG13", "targetName": "KOSTRA-gruppe 13"}
    files["klass/correspondence_131_112.json"] = json.dumps({"correspondenceItems": [oslo]}).encode()
    with LocalUpstream(write_release(folder, files)) as running:
        yield running


@pytest.fixture
def klass(recorded: LocalUpstream) -> LocalUpstream:
    recorded.faults.clear()
    recorded.log.clear()
    return recorded


def spec(kind: str, since: str = "2016-01-01", **more: object) -> Any:
    return make_spec("klass", "131", classification=131, kind=kind, from_date=since, **more)


def rows(landing: Landing, fetched: Any, key: str) -> list[dict[str, Any]]:
    return [row for b in fetched.blobs for row in json.loads(landing.blob_path(b.sha256).read_bytes())[key]]


def test_changes_in_one_call_equal_the_checked_list(klass: LocalUpstream, shared: Path, landing: Landing) -> None:
    (fetched,) = KlassClient(http_for(klass)).fetch(spec("changes"), landing)
    got = Counter((r["oldCode"], r["newCode"], r["changeOccurred"]) for r in rows(landing, fetched, "codeChanges"))
    with open(shared / "upstream/klass/municipality_changes.csv", encoding="utf-8") as handle:
        expected = Counter((r["old_code"], r["new_code"], r["change_date"]) for r in csv.DictReader(handle))
    assert got == expected
    assert sum(got.values()) == 506
    assert sum("changes" in line for line in klass.log) == 1


def test_changes_boundary_by_boundary_when_klass_cannot_answer_the_whole_range(
    klass: LocalUpstream, landing: Landing
) -> None:
    """One pair without a change table makes Klass answer 404 to the whole range."""
    klass.faults.switch_on("gone", pattern="/changes$", times=1)
    (fetched,) = KlassClient(http_for(klass)).fetch(spec("changes"), landing)
    per_day = Counter(r["changeOccurred"] for r in rows(landing, fetched, "codeChanges"))
    assert per_day == {
        "2017-01-01": 6,
        "2018-01-01": 58,
        "2019-01-01": 4,
        "2020-01-01": 317,
        "2022-01-01": 1,
        "2023-01-01": 2,
        "2024-01-01": 118,
    }
    assert fetched.notes == {"asked boundary by boundary": 1}
    assert len(fetched.blobs) == 7


def test_a_boundary_without_a_change_table_is_noted_and_the_others_are_kept(
    klass: LocalUpstream, landing: Landing
) -> None:
    klass.faults.switch_on("gone", pattern="/changes$", times=2)
    (fetched,) = KlassClient(http_for(klass)).fetch(spec("changes"), landing)
    assert fetched.notes == {"asked boundary by boundary": 1, "no change table at 2017-01-01": 1}
    assert len(rows(landing, fetched, "codeChanges")) == 500


def test_versions_are_found_by_date_and_come_oldest_first(klass: LocalUpstream, landing: Landing) -> None:
    """Ids are not stable (2020 moved from 1160 to 1860): the classification's list says which are in force."""
    fetched = KlassClient(http_for(klass)).fetch(spec("versions"), landing)
    answers = [json.loads(landing.blob_path(f.blobs[0].sha256).read_bytes()) for f in fetched]
    starts = [answer["validFrom"] for answer in answers]
    assert starts == [f"{y}-01-01" for y in (2015, 2017, 2018, 2019, 2020, 2022, 2023, 2024)]
    assert [a["id"] for a in answers] == [2757, 536, 833, 1102, 1860, 1846, 1847, 1710]


def test_a_range_inside_one_version_has_no_changes(klass: LocalUpstream, landing: Landing) -> None:
    """Klass needs both neighbours in the range; the server's answer to a range of one version is empty with 200."""
    url = "https://data.ssb.no/api/klass/v1/classifications/131/changes"
    ask = http_for(klass).get
    inside = json.loads(ask("klass", f"{url}?from=2020-01-01&to=2021-01-01").body)
    around = json.loads(ask("klass", f"{url}?from=2019-12-31&to=2020-01-02").body)
    assert (len(inside["codeChanges"]), len(around["codeChanges"])) == (0, 317)


def test_correspondences_on_1_june_of_each_year(klass: LocalUpstream, landing: Landing) -> None:
    (fetched,) = KlassClient(http_for(klass)).fetch(spec("correspondence", "2024-01-01", target=112), landing)
    assert [b.name for b in fetched.blobs] == [f"correspondence_{y}-06-01.json" for y in (2024, 2025, 2026)]
    assert "date=2024-06-01" in (fetched.blobs[0].url or "")
    assert rows(landing, fetched, "correspondenceItems")[0]["targetCode"] == "EKG13"
    with pytest.raises(WithdrawnError, match="404 for every date"):
        KlassClient(http_for(klass)).fetch(spec("correspondence", "2024-01-01", target=128), landing)


def test_the_stamp_moves_when_a_version_is_edited(extracts: Path, tmp_path: Path) -> None:
    raw = json.loads((extracts / "upstream/klass/recorded/classifications_131.json").read_bytes())
    edited = json.loads(json.dumps(raw))
    edited["versions"][0]["lastModified"] = "2026-12-01T00:00:00.000+0000"
    folder = write_release(tmp_path, {"001/klass/c.json": raw, "002/klass/c.json": edited})
    with LocalUpstream(folder) as upstream:
        http = http_for(upstream)
        wide = spec("changes", "1800-01-01")
        before = KlassClient(http).probe(wide)
        assert KlassClient(http).probe(wide).stamp == before.stamp
        upstream.releases.advance("klass")
        assert KlassClient(http).probe(wide).stamp != before.stamp


def test_json_is_asked_for_by_the_accept_header(klass: LocalUpstream) -> None:
    """Without it Klass answers XML."""
    url = "https://data.ssb.no/api/klass/v1/versions/1710"
    http = http_for(klass)
    assert http.get("klass", url, accept="*/*").body.startswith(b"<?xml")
    assert http.get("klass", url).body.startswith(b"{")


def test_an_unknown_classification_is_withdrawn(klass: LocalUpstream, landing: Landing) -> None:
    unknown = make_spec("klass", "999", classification=999, kind="changes", from_date="2020-01-01")
    assert KlassClient(http_for(klass)).probe(unknown).state == "withdrawn"
    with pytest.raises(WithdrawnError):
        KlassClient(http_for(klass)).fetch(unknown, landing)


@pytest.mark.parametrize(("fault", "error"), [("html", NotOfKindError), ("json_error", NotOfKindError)])
def test_another_kind_of_answer_lands_nothing(
    klass: LocalUpstream, landing: Landing, fault: str, error: type[Exception]
) -> None:
    klass.faults.switch_on(fault, pattern="/codes$")
    with pytest.raises(error):
        KlassClient(http_for(klass)).fetch(spec("codes"), landing)
    assert not (landing.folder / "blobs").exists()


def test_an_answer_without_its_list_is_refused(tmp_path: Path, landing: Landing) -> None:
    odd = {"id": 131, "name": "Kommuneinndeling", "versions": [{"id": 1, "validFrom": "yesterday"}]}
    folder = write_release(tmp_path / "odd", {"klass/c.json": odd})
    with LocalUpstream(folder) as upstream, pytest.raises(LayoutError, match="validFrom"):
        KlassClient(http_for(upstream)).probe(spec("codes"))


def documents(landing: Landing, fetched: Any) -> list[Document]:
    return [Document(landing.blob_path(b.sha256), b.name) for b in fetched.blobs]


def test_fetched_codes_read_to_the_same_history_that_ships_with_the_product(
    klass: LocalUpstream, landing: Landing
) -> None:
    """Code, name and validity equal the bundled list, row by row; the yearly counts are those of SOURCE.md."""
    (fetched,) = KlassClient(http_for(klass)).fetch(spec("codes", "2015-01-01"), landing)
    table = answers.read_codes(spec("codes"), documents(landing, fetched))
    read = {(r["code"], r["name"], str(r["valid_from"]), str(r["valid_to"] or "")) for r in table.to_pylist()}
    with open(history.DATA / "municipalities.csv", encoding="utf-8") as handle:
        assert read == {tuple(row.values()) for row in csv.DictReader(handle)}
    got = {(code, start, end) for code, _, start, end in read}
    assert ("3909", "2024-01-01", "") in got
    assert ("3805", "2020-01-01", "2024-01-01") in got
    assert ("0709", "2015-01-01", "2018-01-01") in got
    for year, count in CODES_A_YEAR.items():
        day = f"{year}-01-01"
        assert len({c for c, start, end in got if start <= day and (not end or day < end)}) == count


def test_changes_read_the_same_from_one_body_and_from_one_a_boundary(klass: LocalUpstream, landing: Landing) -> None:
    (whole,) = KlassClient(http_for(klass)).fetch(spec("changes"), landing)
    klass.faults.switch_on("gone", pattern="/changes$", times=1)
    (parts,) = KlassClient(http_for(klass)).fetch(spec("changes"), landing)
    one, many = (answers.read_changes(spec("changes"), documents(landing, f)).to_pylist() for f in (whole, parts))
    key = ("change_date", "old_code", "new_code", "change_kind")
    assert sorted(tuple(map(str, (r[k] for k in key))) for r in one) == sorted(
        tuple(map(str, (r[k] for k in key))) for r in many
    )
    kinds = Counter(r["change_kind"] for r in one)
    assert kinds == {"renumber": 362, "merge": 117, "name": 17, "split": 9, "boundary": 1}


def test_correspondences_read_with_their_day(klass: LocalUpstream, landing: Landing) -> None:
    (fetched,) = KlassClient(http_for(klass)).fetch(spec("correspondence", "2025-01-01", target=112), landing)
    rows_read = answers.read_correspondences(spec("changes"), documents(landing, fetched)).to_pylist()
    assert [(r["code"], r["target_code"], r["valid_on"].year) for r in rows_read] == [
        ("0301", "EKG13", 2025),
        ("0301", "EKG13", 2026),
    ]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"<xml/>", NotOfKindError),
        (b'{"codes": 5}', LayoutError),
        (b'{"codes": [{"code": 709, "name": "Larvik", "validFrom": "2015-01-01"}]}', LayoutError),
        (b'{"codes": [{"code": "0709", "name": "Larvik", "validFrom": "2015"}]}', LayoutError),
    ],
)
def test_answers_of_another_form_are_refused(tmp_path: Path, body: bytes, error: type[Exception]) -> None:
    """A code that lost its leading zero to a number among them."""
    (tmp_path / "codes.json").write_bytes(body)
    with pytest.raises(error):
        answers.read_codes(spec("codes"), [Document(tmp_path / "codes.json", "codes.json")])


def test_a_folder_without_klass_files_serves_the_bundled_history(tmp_path: Path, landing: Landing) -> None:
    """So that the demo extracts are a whole upstream."""
    (tmp_path / "empty").mkdir()
    with LocalUpstream(tmp_path / "empty") as upstream:
        (codes,) = KlassClient(http_for(upstream)).fetch(spec("codes", "2015-01-01"), landing)
        (changes,) = KlassClient(http_for(upstream)).fetch(spec("changes", "2015-01-01"), landing)
    with open(history.DATA / "municipalities.csv", encoding="utf-8") as handle:
        bundled = {tuple(row.values()) for row in csv.DictReader(handle)}
    table = answers.read_codes(spec("codes"), documents(landing, codes)).to_pylist()
    assert {(r["code"], r["name"], str(r["valid_from"]), str(r["valid_to"] or "")) for r in table} == bundled
    assert answers.read_changes(spec("changes"), documents(landing, changes)).num_rows == 506
