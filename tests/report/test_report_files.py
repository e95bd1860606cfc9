"""The three files of a report, made from a small release, and what hostile labels do in them.

Here: write_report and what comes out. Not here: wording at the edges (words/test_sentences.py), or the report of a run on the
real files (tests/real/test_report_real.py).
"""

import base64
import hashlib
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from report import write_report
from report.reading.areas import UnknownMunicipalityError
from report.sections.declarations import IndicatorFigure, MartFigure, SplitTable, Topic, declarations
from report.words.texts import texts
from tests.support.report_release import SmallRelease

PUBLISHED = datetime(2024, 6, 1, 10, tzinfo=UTC)
EVIL = "<script>alert(\"x\")</script> & 'q'"
FORMULA = "=cmd|'/c calc'!A1"
LONG = "Svært langt navn som ingen kolonne har plass til " * 6
THIN = "\u202f"


class Page(HTMLParser):
    """What of a page matters here: elements with attributes, and the text outside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside not in ("script", "style"):
            self.text.append(data)


def with_settlement(small: SmallRelease, name: str = "Bosatte flyktninger", *, is_demo: bool = False) -> SmallRelease:
    """IMDi's settlement of Larvik and Vestfold as in the release of 25 September 2023, the country hidden in part."""
    small.dataset("d", "2023-09-25", title=name, is_demo=is_demo)
    small.indicator("settled_persons", name, "persons")
    figures = {2019: (46, 170), 2020: (29, 115), 2021: (35, 134), 2022: (168, 879), 2023: (96, 663)}
    for year, (own, county) in figures.items():
        small.value("settled_persons", "3909", year, own, is_whole_year=year < 2023)
        small.value("settled_persons", "39", year, county, geography_basis="summed", is_whole_year=year < 2023)
    small.value(
        "settled_persons", "00", 2022, None, value_low=31255, value_high=31261, value_status="interval",
        geography_basis="summed", reason="hidden_parts",
    )  # fmt: skip
    return small


def written(small: SmallRelease, tmp_path: Path, **more: object) -> tuple[str, pypdf.PdfReader, CalamineWorkbook]:
    given = {"municipality": "3909", "years": 5, "published_at": PUBLISHED} | more
    page, pdf, book, *_ = write_report(small.close(), tmp_path / "report", **given)
    return page.read_text(encoding="utf-8"), pypdf.PdfReader(pdf), CalamineWorkbook.from_path(str(book))


def pdf_text(pdf: pypdf.PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))


def rows_of(book: CalamineWorkbook, sheet: str) -> list[list[object]]:
    return book.get_sheet_by_name(sheet).to_python()


def test_files_have_stable_names_and_every_section(small: SmallRelease, tmp_path: Path) -> None:
    paths = write_report(
        with_settlement(small).close(), tmp_path / "r", municipality="3909", years=5, published_at=PUBLISHED
    )
    assert [path.name for path in paths] == [
        "rapport-3909.html", "rapport-3909.pdf", "rapport-3909.xlsx", "lysark-3909.pptx", "profil-3909.pdf",
        "redaksjonsnotat-3909.txt",
    ]  # fmt: skip
    named = texts().sections
    # a section without a figure is left out: what it lacks stands in the one list of what is missing
    absent = {"education", "introduction_programme", "work_living_conditions", "money", "forecast", "peers", "cadence"}
    kept = [spec for spec in declarations().sections if spec.section not in absent]
    titles = [named[spec.section]["title"] for spec in kept]
    page = Page(paths[0].read_text(encoding="utf-8"))
    assert [t for t in titles if t not in page.text] == []
    ids = {attrs.get("id") for _, attrs in page.elements}
    assert not ids & {f"kap-{section}" for section in absent}
    book = CalamineWorkbook.from_path(str(paths[2]))
    assert book.sheet_names == [*(named[spec.section]["sheet"] for spec in kept), "Data"]
    outline = [entry.title for entry in pypdf.PdfReader(paths[1]).outline if not isinstance(entry, list)]
    assert outline == [named[spec.section]["title"] for spec in kept if not spec.is_annex]


def test_settlement_beside_the_county_and_the_running_year_in_words(small: SmallRelease, tmp_path: Path) -> None:
    page, pdf, book = written(with_settlement(small), tmp_path)
    sentence = "2023 er ikke komplett: Tallene ble hentet 25. september 2023, før året var omme."
    assert sentence in page
    assert sentence in pdf_text(pdf)
    table = re.search(r"<caption>Bosatte flyktninger.*?</table>", page, re.S)
    assert table
    cells = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", table.group(0))
    rows = {name: re.findall(r">(\d[^<]*)</?(?:span|td)", rest) for name, rest in cells}
    assert rows["Larvik"] == ["46", "29", "35", "168", "96"]
    assert rows["Vestfold"] == ["170", "115", "134", "879", "663"]
    sheet = rows_of(book, "Data")
    head = sheet[3]
    found = {
        (r[head.index("Område")], r[head.index("År")]): r[head.index("Verdi")]
        for r in sheet[4:]
        if r[1] == "Bosatte flyktninger"
    }
    assert [found["Larvik", year] for year in (2020.0, 2021.0, 2022.0)] == [29, 35, 168]
    assert [found["Vestfold", year] for year in (2020.0, 2021.0, 2022.0)] == [115, 134, 879]
    assert found["Hele landet", 2022.0] in ("", None), "an interval is no number"
    interval = next(r for r in sheet if r[2] == "Hele landet" and r[3] == 2022)
    assert interval[5:7] == [31255, 31261]
    assert interval[8] == "intervall"
    assert interval[13] == date(2023, 9, 25)


def test_at_least_four_years_even_when_fewer_are_asked_for(small: SmallRelease, tmp_path: Path) -> None:
    page, _, _ = written(with_settlement(small), tmp_path, years=2)
    head = re.search(r"<caption>Bosatte flyktninger.*?<thead>(.*?)</thead>", page, re.S)
    assert head
    assert re.findall(r">(\d{4})<", head.group(1)) == ["2020", "2021", "2022", "2023"]


def test_what_is_missing_is_told_once_and_commands_are_for_the_editor(small: SmallRelease, tmp_path: Path) -> None:
    small.indicator("employed_share", "Sysselsatte", "percent", dataset_id="imdi_x")
    small.add(
        "dim_dataset", dataset_id="imdi_x", title_nb="Sysselsetting", has_release=False, is_demo=False,
        attribution_nb="Kilde: IMDi", link="https://www.imdi.no/",
    )  # fmt: skip
    page, pdf, _ = written(with_settlement(small), tmp_path)
    assert page.count("Ikke hentet fra IMDi ennå.") == 1
    assert "Sysselsetting" in page and "sosialhjelp per mottaker, etter kommunens egne tall" in pdf_text(pdf)
    command = re.compile(r"integrering (?:run|report|private|status)|--[a-z]|«[^»]*mal[^»]*»|malen|MAPPE")
    assert not command.search(pdf_text(pdf))
    note = (tmp_path / "report" / "redaksjonsnotat-3909.txt").read_text(encoding="utf-8")
    assert "integrering private --kostra FIL --settled FIL" in note and "https://www.imdi.no/" in note


def test_an_old_figure_is_left_out_and_listed(small: SmallRelease, tmp_path: Path) -> None:
    """In 2024: a share of 2013 that only the country has, and one of the municipality of 2022."""
    small.dataset("d", "2023-01-10")
    small.indicator("employed_share", "Sysselsatte", "percent")
    small.indicator("unemployed_share", "Arbeidsledige", "percent")
    small.value("employed_share", "00", 2013, 66.8)
    small.value("unemployed_share", "3909", 2022, 2.1)
    page, pdf, _ = written(small, tmp_path)
    assert "66,8" not in page and "Ikke for Larvik; det nyeste for fylke eller land er fra 2013." in pdf_text(pdf)
    assert "2,1 prosent" in page


def test_another_municipality_of_the_same_county(small: SmallRelease, tmp_path: Path) -> None:
    page, _, _ = written(with_settlement(small), tmp_path, municipality="3907")
    assert "<title>Integrering i Sandefjord</title>" in page
    assert "Tallet finnes ikke for Sandefjord i denne utgaven." in page
    assert "879" in page


def test_a_municipality_that_is_its_county_is_not_set_beside_itself(small: SmallRelease, tmp_path: Path) -> None:
    small.add("dim_region", region_code="0301", region_name="Oslo", region_level="municipality", county_code="03")
    small.add("dim_region", region_code="03", region_name="Oslo", region_level="county", county_code="03")
    small.dataset("d", "2024-02-01")
    small.indicator("settled_persons", "Bosatte flyktninger", "persons")
    small.indicator("higher_education_share", "Høyere utdanning", "percent")
    for region in ("0301", "03"):
        small.value("settled_persons", region, 2023, 1130)
    small.value("higher_education_share", "03", 2022, 44.5)
    page, _, _ = written(small, tmp_path, municipality="0301")
    assert "Oslo sammenlignet med hele landet" in page
    assert f"I 2023 bosatte Oslo 1{THIN}130 flyktninger." in page
    assert "100,0 prosent" not in page
    assert "I 2022 var det 44,5 prosent i Oslo fylke." in page, "what only the county has is still told"


def test_of_several_indicators_the_one_with_the_newest_year_is_shown(small: SmallRelease, tmp_path: Path) -> None:
    small.dataset("d", "2024-02-01")
    small.indicator("settled_per_1000", "Bosatte per 1000 (gammel)", "per_1000")
    small.indicator("settled_per_1000_harmonised", "Bosatte per 1000 (ny)", "per_1000")
    small.value("settled_per_1000", "3909", 2014, 1.5)
    small.value("settled_per_1000_harmonised", "3909", 2023, 2.0)
    page, _, _ = written(small, tmp_path)
    assert "I 2023 bosatte Larvik 2,0 flyktninger per 1000 innbyggere." in page
    assert "(gammel)" not in page


@pytest.mark.parametrize("code", ["39", "0000", "00", "3909'; drop table x; --"])
def test_what_is_no_municipality_is_refused(small: SmallRelease, tmp_path: Path, code: str) -> None:
    with pytest.raises(UnknownMunicipalityError, match="four digits"):
        written(small, tmp_path, municipality=code)


@pytest.mark.parametrize("label", [EVIL, FORMULA, LONG, "@SUM(1)", "\t=1+1", "{{ 7*7 }} #panic() $x$ *fet*"])
def test_hostile_labels_are_harmless_and_readable(small: SmallRelease, tmp_path: Path, label: str) -> None:
    small.connection.execute("update marts.dim_region set region_name = ? where region_code = '3909'", [label])
    text, pdf, book = written(with_settlement(small, name=label), tmp_path)
    page = Page(text)
    scripts = re.findall(r"<script>(.*?)</script>", text, re.S)
    assert len(scripts) == len([tag for tag, _ in page.elements if tag == "script"]) == 1
    allowed = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{allowed}'" in text, "only the page's own script runs, and no label is in it"
    assert label.strip() in " ".join("".join(page.text).split()) or label.strip() in "".join(page.text)
    assert "{{ 49" not in text
    plain = pdf_text(pdf).replace(" ", "").replace("-", "").replace("\u00ad", "")
    assert label.split()[0].replace("-", "")[:20] in plain
    for name in book.sheet_names:
        for row in rows_of(book, name):
            for value in row:
                assert not (isinstance(value, str) and re.match(r"\s*[=+@\t]", value)), value


def test_the_page_is_whole_and_accessible(small: SmallRelease, tmp_path: Path) -> None:
    text, _, _ = written(with_settlement(small), tmp_path)
    page = Page(text)
    tags = [tag for tag, _ in page.elements]
    assert ("html", {"lang": "nb"}) in page.elements
    assert tags.count("h1") == 1
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels)), "no heading level is skipped"
    assert not [attrs for tag, attrs in page.elements if tag in ("link", "img", "iframe") or "src" in attrs]
    links = [a["href"] or "" for tag, a in page.elements if tag == "a" and a.get("href")]
    beside = [link for link in links if not link.startswith(("#", "https://"))]
    assert all((tmp_path / "report" / link).is_file() for link in beside), "each picture that is linked to is there"
    assert {"figurer/settled_persons-3909.png", "figurer/settled_persons-3909.svg", "#settled_persons"} <= set(links)
    assert "url(" not in text
    assert "default-src 'none'" in text
    drawings = [attrs for tag, attrs in page.elements if attrs.get("role") == "img"]
    assert drawings
    assert all(
        "Larvik" in (d["aria-label"] or "")
        or "Vestfold" in (d["aria-label"] or "")
        or "landet" in (d["aria-label"] or "")
        for d in drawings
    )
    assert all("scope" in attrs for tag, attrs in page.elements if tag == "th")
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_the_pdf_is_tagged_as_pdf_ua(small: SmallRelease, tmp_path: Path) -> None:
    _, pdf, _ = written(with_settlement(small), tmp_path)
    root = pdf.trailer["/Root"]
    assert root["/Lang"].lower().startswith("nb")
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata
    assert pdf.metadata.title == "Integrering i Larvik"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    kinds, without_text = _structure(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/Table", "/TR", "/TH", "/TD", "/Figure", "/P"} <= kinds
    assert without_text == 0, "every drawing has a text in its place"
    assert all("/Tabs" in page and page["/Tabs"] == "/S" for page in pdf.pages)


def _structure(element: pypdf.generic.DictionaryObject) -> tuple[set[str], int]:
    """Kinds of structure elements in the tree, and how many figures lack an alternative text."""
    kinds, bare, waiting = set[str](), 0, [element]
    while waiting:
        node = waiting.pop()
        if kind := node.get("/S"):
            kinds.add(str(kind))
            bare += str(kind) == "/Figure" and not node.get("/Alt")
        below = node.get("/K", [])
        below = below.get_object() if hasattr(below, "get_object") else below
        for child in below if isinstance(below, list) else [below]:
            found = child.get_object() if hasattr(child, "get_object") else child
            if isinstance(found, pypdf.generic.DictionaryObject):
                waiting.append(found)
    return kinds, bare


def test_demo_data_is_marked_on_every_page_chart_and_sheet(small: SmallRelease, tmp_path: Path) -> None:
    text, pdf, book = written(with_settlement(small, is_demo=True), tmp_path)
    assert text.count('class="demo-banner"') == 1
    assert text.count('fill-opacity="0.13"') == text.count('role="img"') > 0
    assert all("DEMODATA" in page.extract_text() for page in pdf.pages)
    assert all("DEMODATA" in str(rows_of(book, name)[1][0]) for name in book.sheet_names)
    honest, _, _ = written(with_settlement(SmallRelease(tmp_path / "second.duckdb")), tmp_path)
    assert "DEMODATA" not in Page(honest).text


def test_a_year_is_whole_where_the_mart_says_so_though_the_file_came_before_its_end(
    small: SmallRelease, tmp_path: Path
) -> None:
    small.dataset("d", "2022-10-28")
    small.indicator("short_residence_share", "Kort botid", "percent")
    small.value("short_residence_share", "3909", 2022, 17.3)
    page, _, _ = written(small, tmp_path)
    assert "I 2022 hadde 17,3 prosent av innvandrerne i Larvik bodd i Norge i under fem år." in page
    assert "2022 er ikke komplett" not in page


def test_every_declaration_has_its_words() -> None:
    known = {"findings", "key_figures", "peers", "missing", "missing_sources", "breaks", "sources"}
    from report.assemble import TOPICS

    for section in declarations().sections:
        assert set(texts().sections[section.section]) == {"title", "sheet", "intro"}
        for asked in section.shows:
            if isinstance(asked, SplitTable):
                assert {"title", "header"} <= set(texts().topics[asked.split])
                continue
            if isinstance(asked, MartFigure):
                words = texts().figures[asked.figure]
                assert {"title", "missing"} <= set(words)
                assert all(line.name in words for line in asked.lines if line.name)
                assert asked.unit in texts().units
            elif isinstance(asked, Topic):
                assert asked.topic in TOPICS or asked.topic in known
            else:
                assert isinstance(asked, IndicatorFigure)
                assert not asked.unit or asked.unit in texts().units


def test_same_release_and_time_give_the_same_files(small: SmallRelease, tmp_path: Path) -> None:
    database = with_settlement(small).close()
    given = {"municipality": "3909", "years": 5, "published_at": PUBLISHED}
    first = write_report(database, tmp_path / "a", **given)
    second = write_report(database, tmp_path / "b", **given)
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
