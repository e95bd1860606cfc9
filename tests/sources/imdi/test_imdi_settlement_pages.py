"""IMDi's settlement pages: the four real layouts cell for cell, each trap of theirs, and the pages over HTTP.

Here: pages composed from the transcribed tables and the raw HTML of the real ones. Not here: the marts.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sources.dataset.discovery import discover
from sources.dataset.spec import load_specs
from sources.errors import LayoutError, SourceError, UnknownLabelError, ValueGrammarError
from sources.gates.judge import Snapshot, judge
from sources.imdi.client import ImdiClient
from sources.imdi.settlement.blocks import PagePiece, page_blocks, transcribed_blocks
from sources.imdi.settlement.reader import PAGE, raw_cells, read_lines, read_page
from sources.klass.history import municipalities
from sources.landing.bundled import FACTS
from sources.landing.intake import Arrival, ensure_rows, take_in
from sources.landing.store import Blob, Landing
from sources.ports import Document
from tests.support.live_upstream import http_for
from tests.support.settlement_pages import page_html
from trials.local_upstream.server import LocalUpstream

SPEC = load_specs()["imdi_bosettingstall"]
YEARS = (2022, 2024, 2025, 2026)
MEASURES = ("requested", "decided", "settled", "settled_collective", "agreed", "agreed_collective")


def lines(year: int) -> list[PagePiece]:
    return transcribed_blocks((FACTS / f"imdi_bosettingstall_{year}.csv").read_bytes(), str(year))


def read(tmp_path: Path, body: bytes) -> list[dict[str, Any]]:
    file = tmp_path / "page.html"
    file.write_bytes(body)
    return read_page(SPEC, [Document(file, file.name)]).table.to_pylist()


def figures(rows: list[dict[str, Any]], category: str = "all") -> dict[tuple[str, str], float | str]:
    """(code, measure) -> value, or the status where there is none."""
    return {
        (row["region_code"], row["measure"]): row["value"] if row["value_status"] == "ok" else row["value_status"]
        for row in rows
        if row["category"] == category
    }


def raw_sections(upstream: Path, year: int) -> dict[str, str]:
    """The stored raw HTML of a county's sections, by heading."""
    text = (upstream / "imdi" / "settlement_pages" / f"{year}_headers.txt").read_text(encoding="utf-8")
    found = re.findall(r"(<h3>.*?</h3>\s*<table.*?</table>)", text, re.DOTALL)
    return {page_blocks(section.encode())[0].text: section for section in found}


def printed(upstream: Path, name: str) -> Iterator[dict[str, str]]:
    with open(upstream / "imdi" / "settlement_pages" / name, encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


def status_or_value(cell: str) -> float | str:
    return float(cell) if cell.isdigit() else "suppressed" if cell == ":" else "missing"


@pytest.mark.parametrize("year", YEARS)
def test_the_real_page_is_read_cell_for_cell(upstream: Path, tmp_path: Path, year: int) -> None:
    sections = raw_sections(upstream, year)
    assert sections, "the raw HTML of a county is part of the page"
    rows = read(tmp_path, page_html(lines(year), raw_sections=sections))
    found = [
        (row["region_level"], row["measure"], row["value"] if row["value_status"] == "ok" else row["value_status"])
        for row in rows
        if row["category"] == "all" and row["measure"] in MEASURES
    ]
    expected = [
        (level, measure, status_or_value(cell))
        for level, name in (("county", "counties"), ("municipality", "municipalities"))
        for row in printed(upstream, f"{year}_{name}.csv")
        for measure in MEASURES
        if (cell := row.get(f"{measure}_persons"))
    ]
    assert found == expected
    codes = {row["region_code"] for row in rows if row["region_level"] == "municipality"}
    assert codes == {code for code, _ in municipalities(year)}


def test_the_requests_for_minors_are_read_by_their_own_headers(upstream: Path, tmp_path: Path) -> None:
    """Akershus prints the ages in the other order; the labels are followed, and that its county disagrees is noted."""
    file = tmp_path / "page.html"
    file.write_bytes(page_html(lines(2026), raw_sections=raw_sections(upstream, 2026)))
    reading = read_page(SPEC, [Document(file, file.name)])
    rows = reading.table.to_pylist()
    under = [
        r["value"] for r in rows if r["measure"] == "requested_minors_under_15" and r["region_level"] == "municipality"
    ]
    expected = printed(upstream, "2026_enslige_mindrearige_municipalities.csv")
    assert under == [float(cell) if (cell := row["Enslige mindreårige under 15 år"]) else None for row in expected]
    assert reading.notes["Akershus, requested_minors_under_15: municipalities 40, county 12"] == 1
    assert figures(rows)["3203", "requested_minors_under_15"] == 10  # Asker: 15 minors, 10 under 15
    assert figures(rows)["3909", "requested_minors"] == "missing"  # &nbsp; is no figure


def test_a_heading_of_another_year_over_one_county_does_not_move_its_rows(tmp_path: Path) -> None:
    body = page_html(lines(2022))
    assert b"Rogaland - oversikt over bosettingen i 2023" in body
    rows = read(tmp_path, body)
    assert {row["period_start"].year for row in rows} == {2022}
    assert figures(rows)["1103", "settled"] > 0  # Stavanger


def test_figures_of_the_text_stand_beside_the_tables_each_with_its_printed_date(tmp_path: Path) -> None:
    rows = {
        (r["measure"], r["period_start"], r["value"])
        for r in read(tmp_path, page_html(lines(2024)))
        if r["category"] == "page_text"
    }
    assert {("decided", date(2024, 9, 30), 28289.0), ("settled", date(2024, 12, 30), 25573.0)} <= rows
    rows = {
        (r["measure"], r["period_kind"], r["value"])
        for r in read(tmp_path, page_html(lines(2025)))
        if r["category"] == "page_text"
    }
    assert rows == {
        ("requested", "year", 12640.0),
        ("original_request", "year", 18900.0),
        ("decided", "year", 12919.0),
        ("settled", "year", 12596.0),
        ("settled_collective", "year", 10921.0),
    }


def test_the_tables_say_when_they_were_made(tmp_path: Path) -> None:
    made = {}
    for year in YEARS:
        (tmp_path / "p.html").write_bytes(page_html(lines(year)))
        made[year] = read_page(SPEC, [Document(tmp_path / "p.html", "p")]).updated_at
    assert {y: m and m.date() for y, m in made.items()} == {
        2022: None,
        2024: date(2025, 1, 15),
        2025: None,
        2026: date(2026, 9, 28),
    }


def test_old_suffixes_and_equal_names_find_their_county(tmp_path: Path) -> None:
    held = figures(read(tmp_path, page_html(lines(2022))))
    # Våler of Viken and «Våler (Hedm.)» of Innlandet, Nes (Ak.), Os (Hedm.), Herøy and Bø in two counties each
    for code in ("3018", "3419", "3034", "3430", "1515", "1818", "1867"):
        assert (code, "settled") in held


def test_a_cell_with_blanks_and_strong_text_is_its_number(tmp_path: Path) -> None:
    assert figures(read(tmp_path, page_html(lines(2024), wide=True))) == figures(read(tmp_path, page_html(lines(2024))))


def test_a_page_that_only_shows_next_years_request_is_read(tmp_path: Path) -> None:
    """From the end of October the page of next year has requests and nothing settled."""
    blocks = lines(2026)
    start = next(b.number for b in blocks if b.text == "Nøkkeltall anmodning 2026")
    request = [
        replace(b, texts=tuple(t.replace("2026", "2027") for t in b.texts)) for b in (blocks[0], *blocks[start - 1 :])
    ]
    rows = read(tmp_path, page_html(request))
    held = figures(rows)
    assert held["3909", "requested"] == 50
    assert held["39", "requested"] == 383
    assert {row["period_start"].year for row in rows} == {2027}
    assert not [key for key in held if key[1] == "settled"]


def changed(year: int, old: str, new: str) -> bytes:
    body = page_html(lines(year)).decode()
    assert old in body
    return body.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        (changed(2025, ">Larvik<", ">Larvig<"), UnknownLabelError, "Larvig"),
        (changed(2025, "Vestfold - oversikt", "Vestfoldland - oversikt"), UnknownLabelError, "Vestfoldland"),
        (changed(2025, "Antall bosatte personer:</th>", "Antall flyttede:</th>"), UnknownLabelError, "Antall flyttede"),
        (changed(2025, ">346<", ">ca. 346<"), ValueGrammarError, "Vestfold, settled"),
        (changed(2025, ">346</td>", ">346</td><td>1</td>"), LayoutError, "figures in each row"),
        (changed(2025, "kommunene i 2025</h1>", "kommunene i 2024</h1>"), LayoutError, "title of 2024"),
        (
            b"<html><body><h1>Bosetting 2025</h1><table><tr><td>meny</td></tr></table></body></html>",
            LayoutError,
            "no such heading",
        ),
        (b"", LayoutError, "no such heading"),
    ],
)
def test_a_page_that_changed_is_an_error_and_never_read_in_part(
    tmp_path: Path, body: bytes, error: type[SourceError], message: str
) -> None:
    with pytest.raises(error, match=message):
        read(tmp_path, body)


def test_a_saved_page_is_known_by_what_it_says(tmp_path: Path) -> None:
    """Whatever the browser calls it, as HTML or as one file (MHTML), beside an HTML page that is none of ours."""
    body = page_html(lines(2025))
    (tmp_path / "Oversikt over bosettingen (1).htm").write_bytes(body)
    (tmp_path / "error.html").write_bytes(b"<html><body>Siden finnes ikke<table></table></body></html>")
    parts = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n"
    message = f"From: <Saved by Blink>\n{parts}Content-Type: text/html\nContent-Transfer-Encoding: 8bit\n\n"
    (tmp_path / "side.mhtml").write_bytes(message.encode() + page_html(lines(2026)) + b"\n--x--\n")
    (tmp_path / "Oversikt over bosettingen (1)_filer").mkdir()
    (tmp_path / "Oversikt over bosettingen (1)_filer" / "main.js").write_text("let a = 1", encoding="utf-8")
    found = discover(tmp_path, load_specs())
    assert [name for name, _ in found.unknown] == ["error.html"]
    assert {(c.relative, c.dataset_id, c.form) for c in found.candidates} == {
        ("Oversikt over bosettingen (1).htm", SPEC.dataset_id, PAGE),
        ("side.mhtml", SPEC.dataset_id, PAGE),
    }
    rows = read_page(SPEC, [Document(tmp_path / "side.mhtml", "side.mhtml")]).table.to_pylist()
    assert figures(rows)["3909", "settled"] == 35


def test_a_figure_is_shown_as_it_was_printed(tmp_path: Path) -> None:
    body = page_html(lines(2026))
    row = next(r for r in read(tmp_path, body) if (r["region_code"], r["measure"]) == ("3909", "settled"))
    document = Document(tmp_path / "page.html", "page.html")
    (shown,) = raw_cells(SPEC, [document], [(row["source_row"], row["source_column"])])
    assert shown.endswith("«Vestfold - oversikt over bosettingen i 2026», Larvik, «Antall bosatte personer:» 35")


@pytest.mark.parametrize("year", YEARS)
def test_the_transcription_says_what_the_page_says(tmp_path: Path, year: int) -> None:
    file = FACTS / f"imdi_bosettingstall_{year}.csv"
    transcribed = read_lines(SPEC, [Document(file, file.name)]).table.to_pylist()
    keys = ("region_code", "measure", "period_start", "category", "value", "value_status")
    page = read(tmp_path, page_html(lines(year)))
    assert [[r[k] for k in keys] for r in transcribed] == [[r[k] for k in keys] for r in page]


def upstream_folder(tmp_path: Path, pages: dict[str, dict[int, bytes]]) -> Path:
    for release, bodies in pages.items():
        folder = tmp_path / "upstream" / release / "imdi" / "pages"
        folder.mkdir(parents=True)
        for year, body in bodies.items():
            (folder / f"nokkeltall-bosetting-{year}.html").write_bytes(body)
    return tmp_path / "upstream"


def test_the_pages_are_fetched_and_only_those_whose_figures_changed_land_again(tmp_path: Path) -> None:
    first = {year: page_html(lines(year)) for year in YEARS}
    later = {
        2026: changed(2026, '\n<td style="text-align: center;">35</td>', '\n<td style="text-align: center;">36</td>')
    }
    furniture = {2025: first[2025].replace(b"<footer>", b"<footer><p>build 77</p>")}
    folder = upstream_folder(tmp_path, {"001": first, "002": later | furniture})
    landing = Landing(tmp_path / "landing")
    with LocalUpstream(folder) as server:
        fetched = ImdiClient(http_for(server)).fetch(SPEC, landing)
        assert [f.blobs[0].name[-9:-5] for f in fetched] == ["2022", "2024", "2025", "2026"]
        for one in fetched:
            take_in(landing, SPEC, Arrival(one.blobs, one.form, one.retrieved_at, "fetched", stamp=one.stamp))
        server.releases.advance("imdi_page/2025")
        assert ImdiClient(http_for(server)).probe(SPEC).stamp == fetched[0].stamp, "another footer is no news"
        server.releases.advance("imdi_page/2026")
        again = ImdiClient(http_for(server)).fetch(SPEC, landing)
        assert [f.blobs[0].name for f in again] == ["nokkeltall-bosetting-2026.html"]
        assert again[0].stamp != fetched[0].stamp
        for year in YEARS:
            server.releases.withdraw(f"imdi_page/{year}")
        assert ImdiClient(http_for(server)).probe(SPEC).state == "withdrawn"


def test_columns_that_go_when_the_year_is_over_are_no_loss(tmp_path: Path) -> None:
    """The page of a closed year has neither agreed persons nor the tables of the request."""
    landing = Landing(tmp_path)
    end = next(b.number for b in lines(2026) if b.text == "Nøkkeltall anmodning 2026")
    closed = [replace(b, texts=b.texts[:5]) if b.kind in ("header", "row") else b for b in lines(2026)[: end - 1]]
    snapshots = []
    for number, body in enumerate((page_html(lines(2026)), page_html(closed))):
        blob = Blob(sha256=landing.put_bytes(body), bytes=len(body), name="p.html")
        moment = datetime(2026, 12, 1 + number, tzinfo=UTC)
        receipt = take_in(landing, SPEC, Arrival([blob], PAGE, moment, "fetched"))
        facts = landing.reading(SPEC.dataset_id, receipt.release_id)
        assert facts is not None
        snapshots.append(Snapshot(facts, ensure_rows(landing, SPEC, receipt), moment))
    assert judge(SPEC, snapshots[1], None, snapshots[0]).reasons == []
