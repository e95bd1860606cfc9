"""The explore page: its files hold the release's figures, and in a real browser it shows, compares, sorts and saves them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from report.explore.write import PAGE, take_along, write_explore
from tests.support.browser import page, violations
from tests.support.explored import explored as unpacked
from tests.support.report_release import SmallRelease

PUBLISHED = datetime(2026, 6, 1, 10, tzinfo=UTC)
EVIL = "</script><b>x</b>"


@pytest.fixture(scope="module")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release by hand: settled persons as IMDi printed them, a share by sex, a hidden and an interval cell, a hostile name."""
    folder = tmp_path_factory.mktemp("explore")
    small = SmallRelease(folder / "integrering.duckdb")
    small.dataset("d", "2023-09-25")
    small.indicator("settled_persons", "Bosatte flyktninger", "persons")
    for year, own in {2019: 46, 2020: 29, 2021: 35, 2022: 168}.items():
        small.value("settled_persons", "3909", year, own)
    small.value("settled_persons", "3907", 2022, None, value_low=127, value_high=159, value_status="interval")
    small.value("settled_persons", "3907", 2021, None, value_status="suppressed")
    small.value("settled_persons", "39", 2022, 879)
    small.value("settled_persons", "00", 2022, 31258)
    small.connection.execute(
        "update marts.dim_indicator set breakdown_names = '', statistic_group = 'population_settlement'"
    )
    small.indicator("employed_share", "Sysselsatte", "percent", breakdown_names="sex")
    small.connection.execute(
        "update marts.dim_indicator set statistic_group = 'work_living_conditions' where breakdown_names = 'sex'"
    )
    for sex, own in {"all": 61.25, "female": 55.0, "male": 67.5}.items():
        small.value("employed_share", "3909", 2024, own, sex=sex)
        small.value("employed_share", "3907", 2024, own - 3, sex=sex)
    for code, label in (("female", "Kvinner"), ("male", "Menn")):
        small.add("dim_breakdown_code", dimension="sex", code=code, label_nb=label)
    small.connection.execute("update marts.dim_region set region_name = ? where region_code = '3907'", [EVIL])
    small.connection.execute("alter table marts.dim_region add column kostra_group_code varchar")
    small.connection.execute("update marts.dim_region set kostra_group_code = 'EKG13' where region_code = '3907'")
    small.star()
    small.close()
    write_explore(folder / "integrering.duckdb", folder / "report", municipality="3909", published_at=PUBLISHED)
    return folder / "report"


def content_of(folder: Path, indicator: str) -> dict[str, Any]:
    name, content = unpacked(folder / "utforsk" / f"{indicator}.js")
    assert name == indicator
    return content


def test_a_file_holds_values_bounds_and_states_by_area_and_year(explored: Path) -> None:
    content = content_of(explored, "settled_persons")
    assert content["years"] == [2019, 2020, 2021, 2022] and content["series"] == [[]]
    sandefjord, larvik, vestfold, country = (content["values"][0][at : at + 4] for at in (0, 4, 8, 12))
    assert larvik == [46, 29, 35, 168] and vestfold == [None, None, None, 879] and country[3] == 31258
    assert sandefjord == [None] * 4
    assert content["bounds"] == {3: (127, 159)}
    assert {at: word for at, word in enumerate(content["statuses"][0]) if word != "ok"} == {
        2: "suppressed",
        3: "interval",
    }
    shares = content_of(explored, "employed_share")
    larvik_at = 1
    assert {key[0]: values[larvik_at] for key, values in zip(shares["series"], shares["values"], strict=True)} == {
        "all": 61.3, "female": 55, "male": 67.5,
    }  # fmt: skip


def test_a_label_cannot_end_the_script_it_stands_in(explored: Path) -> None:
    text = (explored / PAGE).read_text(encoding="utf-8")
    assert EVIL not in text and "\\u003c/script\\u003e" in text


def test_the_page_is_taken_along_with_a_report_that_lies_elsewhere(explored: Path, tmp_path: Path) -> None:
    assert take_along(explored, tmp_path) == PAGE
    assert (tmp_path / "utforsk" / "settled_persons.js").is_file()
    assert take_along(tmp_path / "none", tmp_path / "other") is None


@pytest.fixture(params=[1280, 380])
def opened(request: pytest.FixtureRequest, explored: Path) -> Iterator[Any]:
    """The page opened from the folder, without a server, at the width of a desktop and of a phone."""
    with page(width=request.param) as browser_page:
        browser_page.goto(f"file://{quote(str(explored / PAGE))}#i=settled_persons&m=3909")
        browser_page.wait_for_selector("body[data-ready^='settled_persons 3909 2022']")
        yield browser_page


def test_a_browser_shows_figures_compares_and_keeps_the_choice_in_the_address(opened: Any) -> None:
    assert "168" in opened.inner_text("#table tr.own") and "879" in opened.inner_text("#table")
    assert opened.locator("#time svg[role=img], #strip svg[role=img]").count() == 2
    # a figure of which only bounds are known has no place, and is told of
    assert opened.locator("#rank tbody tr").count() == 1 and "1 kommuner uten sikkert tall" in opened.inner_text(
        "#rank"
    )
    assert violations(opened) == []
    opened.select_option("#add", "3907")
    opened.wait_for_selector("#chosen button")
    assert "127 til 159" in opened.inner_text("#table") and EVIL in opened.inner_text("#table")
    assert "a=3907" in opened.url
    opened.select_option("#indicator", "employed_share")
    opened.wait_for_selector("body[data-ready^='employed_share']")
    assert "61,3" in opened.inner_text("#table tr.own") and opened.locator("#bars svg").count() == 1
    opened.select_option("#by-sex", "female")
    opened.wait_for_function("document.querySelector('#table tr.own').innerText.includes('55,0')")
    assert "sex=female" in opened.url and violations(opened) == []
    opened.reload()
    opened.wait_for_selector("body[data-ready^='employed_share']")
    assert "55,0" in opened.inner_text("#table tr.own")
    with opened.expect_download() as saved:
        opened.click("p[data-view=table] button")
    lines = Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == '"Tall";"Kommune";"År";"Verdi";"Minst";"Høyst";"Status"'
    assert lines[1] == '"Sysselsatte";"Larvik";"2024";"55";"";"";"kjent"'


def test_a_place_without_a_kostra_group_says_that_and_whom_to_ask(opened: Any) -> None:
    assert "Hvilke kommuner Larvik ligner i folketall" in opened.inner_text("#kostra")
    assert "Spør den som drifter løsningen" in opened.inner_text("#kostra") and violations(opened) == []
    opened.select_option("#area", "3907")
    opened.wait_for_selector("body[data-ready*=' 3907 ']")
    assert opened.inner_text("#kostra") == ""
