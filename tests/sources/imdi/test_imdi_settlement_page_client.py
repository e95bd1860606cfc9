"""The settlement pages: reading one, and comparing it with the dataset's figures.

Here: a page composed after the description of the real ones, with figures printed on them. Not here: real HTML (none is
at hand: no page was ever stored).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sources.errors import LayoutError, UnknownLabelError, ValueGrammarError
from sources.imdi.settlement_page import Difference, SettlementPages, compare, read_page
from tests.support.live_upstream import http_for, write_release
from trials.local_upstream.server import LocalUpstream

VESTFOLD_2024 = [
    ("Horten", "160", "115", "115", "90"),
    ("Holmestrand", "130", "25", "24", "17"),
    ("Tønsberg", "190", "240", "240", "200"),
    ("Sandefjord", "180", "110", "110", "85"),
    ("Larvik", "220", "44", "42", ":"),
    ("Færder", "100", "105", "102", "80"),
]
"""Settled 115+24+240+110+42+102 = 633 and Larvik's row are as printed on the page of 2024 (SOURCE.md section 5); the
other requested and decided figures are filled in so that they add up to the county's printed 980 and 639."""


def page(
    rows: list[tuple[str, ...]] = VESTFOLD_2024,
    header: tuple[str, ...] = ("Kommune", "Anmodet", "Vedtatt", "Bosatte", "Bosatte med kollektiv beskyttelse"),
    heading: str = "Oversikt over bosettingen i kommunene i 2024",
) -> bytes:
    head = "".join(f"<th scope='col'><p>{text}</p></th>" for text in header)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    content = f"<h2>{heading} per 15. januar</h2><h3>Vestfold</h3><div>{table}</div>"
    hydration = json.dumps({"html": content}).replace("<", "\\u003c")
    menu = "<table><tr><td>meny</td></tr></table>"
    return f"<!DOCTYPE html><html><body>{menu}{content}<script>{hydration}</script></body></html>".encode()


def test_a_page_is_read_once_though_its_content_stands_twice() -> None:
    cells = read_page(page(), "page")
    assert len(cells) == 6 * 4
    settled = {c.region_name: c.value for c in cells if c.measure == "settled_persons"}
    assert settled["Larvik"] == 42
    assert sum(settled.values()) == 633
    assert {(c.year, c.level, c.county_name) for c in cells} == {(2024, "municipality", "Vestfold")}


def test_hidden_and_waiting_cells_are_no_numbers() -> None:
    rows = [("Larvik", "1&nbsp;220", "avventer vedtak", "-", ":")]
    cells = {c.measure: (c.value, c.value_status) for c in read_page(page(rows), "page")}
    assert cells == {
        "requested_persons": (1220, "ok"),
        "decided_persons": (None, "missing"),
        "settled_persons": (None, "missing"),
        "settled_collective_persons": (None, "suppressed"),
    }


def test_county_tables_are_of_level_county() -> None:
    county = page(
        [("Vestfold", "980", "639", "633", "496")],
        ("Fylke", "Anmodet", "Vedtatt", "Bosatte", "Avtalt"),
        "Oversikt over bosettingen i fylkene i 2024",
    )
    assert {(c.level, c.measure, c.value) for c in read_page(county, "p")} >= {("county", "settled_persons", 633)}


def test_the_page_agrees_with_the_table_or_the_difference_is_named() -> None:
    cells = read_page(page(), "page")
    dataset = {
        ("Larvik", "settled_persons"): 41,
        ("Horten", "settled_persons"): 115,
        ("Larvik", "decided_persons"): None,
    }
    assert compare(cells, dataset) == [Difference("Larvik", "settled_persons", page=42, dataset=41)]


@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        (page(heading="Bosetting"), LayoutError, "none under such a heading"),
        (page([("Larvik", "220", "44", "ca. 42", ":")]), ValueGrammarError, "Larvik, settled_persons"),
        (page([("Larvik", "220", "44", "4,2", ":")]), ValueGrammarError, "whole number"),
        (page([("Larvik", "220", "44")]), LayoutError, "3 in the row of Larvik"),
        (
            page(header=("Kommune", "Anmodet", "Vedtatt", "Bosatte", "Ukjent kolonne")),
            UnknownLabelError,
            "Ukjent kolonne",
        ),
        (page(header=("Anmodet", "Kommune", "Vedtatt", "Bosatte", "Avtalt")), LayoutError, "first column"),
        (b"", LayoutError, "0 tables"),
    ],
)
def test_a_page_that_changed_is_an_error_and_never_read_in_part(
    body: bytes, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_page(body, "page")


def test_it_is_fetched_from_its_own_address(tmp_path: Path) -> None:
    folder = write_release(tmp_path, {"page.html": page()})
    pages = {"bosetting/bosettingstall/nokkeltall-bosetting-2024": folder / "page.html"}
    with LocalUpstream(folder, settlement_pages=pages) as upstream:
        cells = SettlementPages(http_for(upstream)).read(2024)
    assert sum(c.value or 0 for c in cells if c.measure == "settled_persons") == 633
    with pytest.raises(ValueError, match="2019"):
        SettlementPages(http_for(upstream)).read(2019)
