"""The slides: which there are, native charts whose numbers are the marts', notes with sources, and the mark of demo data.

Here: the file read back. Not here: sentences (words/test_sentences.py), other files (test_report_files.py).
"""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pptx import Presentation

from report.assemble import build_report
from report.model import Cell, Figure, Line
from report.reading.marts import Marts
from report.slides import write_slides
from report.slides.deck import declared
from report.slides.plots import plot_of
from report.words.norwegian import Unit
from report.words.texts import texts, unit_of
from tests.report.test_report_files import FORMULA, LONG, PUBLISHED, with_settlement
from tests.support.pipeline import Installation
from tests.support.report_release import SmallRelease


def file_of(small: SmallRelease, target: Path) -> Path:
    return write_slides(small.report(PUBLISHED), target, PUBLISHED)


def slides_of(small: SmallRelease, tmp_path: Path) -> list[Any]:
    return list(Presentation(str(file_of(small, tmp_path / "l.pptx"))).slides)


def titles(slides: list[Any]) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in slides]


def charts(slide: Any) -> list[Any]:
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def notes(slide: Any) -> str:
    return slide.notes_slide.notes_text_frame.text


def test_settlement_is_a_chart_of_the_municipalitys_own_numbers(small: SmallRelease, tmp_path: Path) -> None:
    slide = slides_of(with_settlement(small), tmp_path)[3]
    (chart,) = charts(slide)
    assert list(chart.plots[0].categories) == ["2019", "2020", "2021", "2022", "2023*"]
    assert [(series.name, list(series.values)) for series in chart.series] == [
        ("Bosatte flyktninger", [46, 29, 35, 168, 96])
    ]
    assert "* Året var ikke omme da tallene ble hentet." in [
        s.text_frame.text for s in slide.shapes if s.has_text_frame
    ]
    assert "Hentet 25.09.2023" in notes(slide)
    assert "https://www.imdi.no/" in notes(slide)
    # what PowerPoint opens under «Rediger data» is the same
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert [row[1] for row in book.active.iter_rows(min_row=2, values_only=True)] == [46, 29, 35, 168, 96]


def test_every_drawn_object_has_text_in_its_place_and_every_slide_a_title(small: SmallRelease, tmp_path: Path) -> None:
    slides = slides_of(with_settlement(small, is_demo=True), tmp_path)
    assert all(titles(slides))
    for slide in slides:
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert len(shape._element.xpath(".//p:cNvPr")[0].get("descr")) > 40
        languages = {run.get("lang") for run in slide._element.iter("{*}rPr")}
        assert languages == {"nb-NO"}
        assert "DEMODATA" in [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert notes(slide).startswith("DEMODATA")
    assert "DEMODATA" in charts(slides[3])[0].chart_title.text_frame.text


def test_what_this_release_lacks_is_named_on_the_last_slide_and_no_slide_is_empty(
    small: SmallRelease, tmp_path: Path
) -> None:
    slides = slides_of(small, tmp_path)
    first = ["Integrering i Larvik", "Dette svarer lysarkene på", "Det viktigste"]
    assert titles(slides) == [*first, "Ytelser: innvandrere og resten av befolkningen", "Hva nå"]
    (table,) = [shape.table for shape in slides[3].shapes if shape.has_table]
    assert [table.cell(1, column).text_frame.text for column in range(3)] == ["Økonomisk sosialhjelp", "nei", "nei"]
    said = slides[-1].placeholders[1].text_frame.text
    assert said.startswith(
        "Uten tall i denne utgaven: anmodning, vedtak og bosetting, bosetting, befolkning, utdanning,"
    )
    assert "DEMODATA" not in "".join(s.text_frame.text for slide in slides for s in slide.shapes if s.has_text_frame)


@pytest.mark.parametrize("label", [FORMULA, LONG])
def test_a_hostile_label_is_text_in_the_slide_and_in_the_data_behind_the_chart(
    small: SmallRelease, tmp_path: Path, label: str
) -> None:
    small.connection.execute("update marts.dim_region set region_name = ? where region_code = '3909'", [label])
    slides = slides_of(with_settlement(small, name=label), tmp_path)
    (chart,) = charts(slides[3])
    blob = chart.part.chart_workbook.xlsx_part.blob
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert label.strip()[:20] in notes(slides[3])


def test_the_same_release_and_time_give_the_same_file(small: SmallRelease, tmp_path: Path) -> None:
    report = with_settlement(small).report(PUBLISHED)
    first, second = (write_slides(report, tmp_path / f"{n}.pptx", PUBLISHED).read_bytes() for n in "ab")
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert b"2024-06-01T10:00:00Z" in archive.read("docProps/core.xml")


UNIT = unit_of("percent")


def shown(*lines: Line, years: tuple[int, ...] = (2022, 2023), unit: Unit = UNIT, **more: Any) -> Figure:
    return Figure("x", "Andel", unit, lines, years, **more)


def line(role: Any, name: str, *values: float | None, first: int = 2022, group: str = "", **more: Any) -> Line:
    cells = {
        first + place: Cell(v, v, v, "ok" if v is not None else "suppressed", **more) for place, v in enumerate(values)
    }
    return Line(role, name, cells, group)


def test_a_hidden_figure_is_a_gap_in_the_chart_and_a_word_under_it() -> None:
    plot = plot_of(shown(line("municipality", "Utsira", 4.0, None), line("country", "hele landet", 5.0, 6.0)))
    assert plot
    assert plot.kind == "lines"
    assert [series.values for series in plot.series] == [(4.0, None), (5.0, 6.0)]
    assert plot.remark == "Utsira 2023: skjult."
    assert "skjult" in plot.alt


def test_counts_are_not_drawn_beside_a_countrys_and_one_year_is_no_line() -> None:
    counts = shown(
        line("municipality", "Larvik", 35.0, 168.0), line("country", "hele landet", 4e3, 3e4), unit=unit_of("persons")
    )
    plot = plot_of(counts)
    assert plot
    assert [series.name for series in plot.series] == ["Larvik"]
    single = plot_of(shown(line("municipality", "Larvik", 4.0), line("county", "Vestfold", 5.0), years=(2022,)))
    assert single
    assert (single.kind, single.categories, single.series[0].values) == ("columns", ("Larvik", "Vestfold"), (4.0, 5.0))


def test_a_year_that_was_not_over_is_starred_also_where_it_stands_alone() -> None:
    own = line("municipality", "Larvik", 1.5, is_running=True)
    plot = plot_of(shown(own, line("country", "hele landet", 1.6), years=(2022,)))
    assert plot
    assert plot.title == "Andel, 2022*"
    assert plot.remark == "* Året var ikke omme da tallene ble hentet."


def test_groups_stand_side_by_side_in_the_newest_year_that_all_have() -> None:
    plot = plot_of(
        shown(
            line("municipality", "Larvik", 60.0, 61.0, group="Innvandrere"),
            line("municipality", "Larvik", 70.0, group="Resten"),
            line("county", "Vestfold", 62.0, 63.0, group="Innvandrere"),
        )
    )
    assert plot
    assert plot.title == "Andel, 2022"
    assert plot.categories == ("Larvik", "Vestfold")
    assert [(s.name, s.values) for s in plot.series] == [("Innvandrere", (60.0, 62.0)), ("Resten", (70.0, None))]


def test_a_forecast_known_from_below_says_so_at_the_year() -> None:
    cells = {2027: Cell(None, 5e6, None, "interval"), 2028: Cell(7e6, 7e6, 7e6, "ok")}
    plot = plot_of(
        shown(
            Line("other", "40 bosettes", cells), years=(2027, 2028), unit=unit_of("nok"), is_forecast=True, form="bars"
        )
    )
    assert plot
    assert plot.categories == ("2027 (minst)", "2028")
    assert plot.series[0].values == (5e6, 7e6)


def test_every_slide_has_its_title_in_words() -> None:
    assert {spec.slide for spec in declared()} == {*texts().slides["titles"], "title"}
    assert len(declared()) == 15


def test_slides_of_the_demo_in_the_order_of_the_presentation(demo: Installation, tmp_path: Path) -> None:
    """All fifteen, three of every four with a chart, and the numbers of the chart are those of the marts."""
    database = demo.data / "published" / "integrering.duckdb"
    with Marts.open(database) as marts:
        report = build_report(marts, "3909", 5, datetime(2026, 11, 1, tzinfo=UTC))
        rates = marts.rows("fct_grant_rate", {"grant_scheme": "integration_grant", "is_used": True, "rate_year": 2024})
    slides = list(Presentation(str(write_slides(report, tmp_path / "l.pptx", PUBLISHED))).slides)
    assert titles(slides)[1:4] == ["Dette svarer lysarkene på", "Det viktigste", "Anmodning, vedtak og bosetting"]
    assert [title.split(":")[0] for title in titles(slides)[9:]] == [
        "Satser", "Mottatte tilskudd", "Prognose", "Introduksjonsprogrammet nå", "Ytelser", "Hva nå"
    ]  # fmt: skip
    assert sum(bool(charts(slide)) for slide in slides) >= 11
    (chart,) = charts(slides[9])
    drawn = dict(zip(chart.plots[0].categories, chart.series[0].values, strict=True))
    later = {f"År {r['grant_year_n']}": r["amount_nok"] for r in rates if (r["grant_year_n"] or 0) > 1}
    assert later.items() <= drawn.items()
    # Tabell 14 of the committee prints 781 300 for an adult in a family over five years
    assert "781\u202f300 kroner" in slides[9].placeholders[1].text_frame.text
    assert sum([drawn["År 1, voksen eller barn i familie"], *later.values()]) == 781_300
