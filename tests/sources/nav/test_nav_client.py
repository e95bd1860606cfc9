"""The NAV client against the local upstream: page, link, workbook; and pages as people have found them.

Here: NavClient and find_workbook. Not here: reading workbooks, network faults (test_http_*).
"""

import hashlib
import json
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from sources.errors import LayoutError, NotOfKindError, TransferError, WithdrawnError
from sources.landing.store import Landing
from sources.nav.client import NavClient
from sources.nav.page import find_workbook
from tests.support.live_upstream import http_for, make_spec, write_release
from trials.local_upstream.nav import attachment_id
from trials.local_upstream.server import LocalUpstream

PAGE = "/no/nav-og-samfunn/statistikk/arbeidssokere-og-stillinger-statistikk/helt-ledige"
ID = "0f3b2a64-8c9e-4a53-b1a5-3a4f4d2c9b10:" + "a1" * 20


def workbook(text: str) -> bytes:
    memory = BytesIO()
    with xlsxwriter.Workbook(memory) as book:
        book.add_worksheet("3. Kommune Antall").write(1, 1, text)
    return memory.getvalue()


HL060 = "202608_HL060 Helt ledige. Fylke og kommune. Tidsserie måned.xlsx"


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[LocalUpstream]:
    folder = write_release(
        tmp_path / "upstream",
        {
            f"001/nav/{HL060}": workbook("august"),
            f"002/nav/{HL060}": workbook("september"),
            "001/nav/AAP155 Mottakere av arbeidsavklaringspenger. Kommune.xlsx": workbook("aap"),
            "001/nav/PST302 Mottakere av uføretrygd.xlsx": workbook("pst"),
        },
    )
    with LocalUpstream(folder) as running:
        yield running


def spec(code: str = "HL060", **more: object) -> object:
    return make_spec("nav", code, cadence="monthly", page=PAGE, table_code=code, **more)


def test_plain_links_inline_links_and_page_data_all_lead_to_the_workbook(
    upstream: LocalUpstream, landing: Landing
) -> None:
    client = NavClient(http_for(upstream))
    for code, text in (("HL060", b"august"), ("AAP155", b"aap"), ("PST302", b"pst")):
        (fetched,) = client.fetch(spec(code), landing)
        assert code in fetched.blobs[0].name
        assert fetched.blobs[0].sha256 == _digest(workbook_in(upstream, code)), text
    assert sum(line.endswith("helt-ledige") for line in upstream.log) == 1


def workbook_in(upstream: LocalUpstream, code: str) -> bytes:
    return upstream.releases.file(f"nav/{code}").read_bytes()


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def test_the_stamp_moves_when_nav_overwrites_the_file_and_both_are_kept(
    upstream: LocalUpstream, landing: Landing
) -> None:
    http = http_for(upstream)
    before = NavClient(http).probe(spec())
    first = NavClient(http).fetch(spec(), landing)[0]
    assert first.stamp == before.stamp == NavClient(http).probe(spec()).stamp
    upstream.releases.advance("nav/HL060")
    assert NavClient(http).probe(spec()).stamp != before.stamp
    second = NavClient(http).fetch(spec(), landing)[0]
    for fetched in (first, second):
        assert landing.blob_path(fetched.blobs[0].sha256).exists()
    assert first.blobs[0].sha256 != second.blobs[0].sha256
    assert first.blobs[0].name == second.blobs[0].name == HL060


def test_a_probe_asks_for_the_page_only(upstream: LocalUpstream) -> None:
    NavClient(http_for(upstream)).probe(spec())
    assert upstream.log == [f"GET /www.nav.no{PAGE}"]


def test_archive_pages_are_taken_before_the_current_file_and_may_fail(
    upstream: LocalUpstream, landing: Landing
) -> None:
    archive = "/no/nav-og-samfunn/statistikk/arkiv-2025"
    old = f"/_/attachment/download/{attachment_id(upstream.releases.items['nav/HL060'][1][0])}/HL060_2025.xlsx"
    client = NavClient(http_for(upstream))
    client._pages[archive] = f'<a href="{old}">'
    client._pages["/no/nav-og-samfunn/statistikk/tom"] = "<html></html>"
    upstream.releases.advance("nav/HL060")
    client._pages[PAGE] = f'<a href="{old}">'
    pages = [archive, "/no/nav-og-samfunn/statistikk/tom"]
    (only,) = client.fetch(spec(archive_pages=pages), landing)
    assert only.notes == {"archive pages without the table": 1}


def test_a_page_that_is_gone_is_withdrawn(upstream: LocalUpstream, landing: Landing) -> None:
    upstream.faults.switch_on("gone", pattern="helt-ledige")
    assert NavClient(http_for(upstream)).probe(spec()).state == "withdrawn"
    with pytest.raises(WithdrawnError, match="404"):
        NavClient(http_for(upstream)).fetch(spec(), landing)


def test_a_page_without_the_table_is_an_error_that_names_it(upstream: LocalUpstream) -> None:
    with pytest.raises(LayoutError, match=r"NED155.*none among"):
        NavClient(http_for(upstream)).probe(spec("NED155"))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("html", NotOfKindError),
        ("truncated", TransferError),
        ("truncated_close", TransferError),
        ("empty", NotOfKindError),
    ],
)
def test_something_else_than_a_whole_workbook_lands_nothing(
    upstream: LocalUpstream, landing: Landing, fault: str, error: type[Exception]
) -> None:
    upstream.faults.switch_on(fault, pattern="attachment")
    with pytest.raises(error):
        NavClient(http_for(upstream)).fetch(spec(), landing)
    assert not (landing.folder / "blobs").exists()


def link(name: str, identity: str = ID, way: str = "download") -> str:
    return f"/_/attachment/{way}/{identity}/{name}"


@pytest.mark.parametrize(
    "page",
    [
        f'<a href="{link("HL060_Helt%20ledige.xlsx")}">',
        f"<a href='https://www.nav.no{link('202608_HL060.xlsx')}'>",
        f'<a href="/no/nav-og-samfunn/statistikk{link("Helt%20ledige%20HL060", way="inline")}">',
        json.dumps({"url": link("HL060%20ledige.xlsx")}).replace("/", "\\u002F"),
        json.dumps({"url": link("HL060.xlsx")}).replace("/", "\\/"),
        f'<a href="{link("HL060.xlsx")}"></a><script>{json.dumps({"u": link("HL060.xlsx")})}</script>',
        f'<a href="{link("HL060.xlsx")}"><a href="{link("HL060.pdf", ID.replace("a1", "b2"))}">',
        f'<a href="{link("HL0601.xlsx", ID.replace("a1", "b2"))}"><a href="{link("hl060.xlsx?v=1")}">',
    ],
)
def test_the_link_is_found_in_every_form_seen(page: str) -> None:
    path = find_workbook(page, "HL060", PAGE)
    assert ID in path
    assert "\\" not in path
    assert "?" not in path


def test_two_workbooks_of_one_code_are_an_error_that_names_both() -> None:
    page = f'<a href="{link("HL060_2025.xlsx")}"><a href="{link("HL060_2026.xlsx", ID.replace("a1", "b2"))}">'
    with pytest.raises(LayoutError, match=r"2 workbooks: HL060_2025\.xlsx, HL060_2026\.xlsx"):
        find_workbook(page, "HL060", PAGE)


@pytest.mark.parametrize(
    "page",
    [
        f'<a href="https://evil.example{link("HL060.xlsx")}">',
        f'<a href="//evil.example{link("HL060.xlsx")}">',
        '<a href="/_/attachment/download/HL060.xlsx">',
        f'<a href="{link("AAP155.xlsx")}">',
        "",
    ],
)
def test_links_that_are_none_of_navs_do_not_count(page: str) -> None:
    with pytest.raises(LayoutError, match="one link to a workbook with HL060"):
        find_workbook(page, "HL060", PAGE)


@pytest.mark.parametrize("piece", ["/a", "/_/attachment/download/", ID + "/", "HL060"])
def test_a_huge_page_is_searched_in_no_time(piece: str) -> None:
    """Counted in this process's own seconds, of which a search that looks back takes thousands."""
    began = time.process_time()
    with pytest.raises(LayoutError):
        find_workbook(piece * (4_000_000 // len(piece)), "HL060", PAGE)
    assert time.process_time() - began < 20
