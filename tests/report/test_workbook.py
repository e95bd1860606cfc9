"""The workbook: overview, wide themes with native charts, the long list, what is safe and what prints.

Here: cells and charts read back by a library of its own. Not here: which figures there are (test_report_files.py).
"""

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from report.assemble import build_report
from report.model import Cell, Figure, Line, Told
from report.reading.marts import Marts
from report.words.texts import unit_of
from report.writers.workbook import safe_text, write_workbook
from report.writers.workbook.cells import whole
from report.writers.workbook.themes import YearChange, change_of
from tests.report.test_report_files import FORMULA, PUBLISHED, with_settlement
from tests.support.report_release import SmallRelease

HEAD = 4
"""The row of the heads of a theme sheet."""


def opened(small: SmallRelease, tmp_path: Path) -> openpyxl.Workbook:
    report = small.report(PUBLISHED)
    return openpyxl.load_workbook(write_workbook(report, tmp_path / "b.xlsx", PUBLISHED))


def wide(sheet: Worksheet) -> dict[tuple[str, str], dict[object, object]]:
    """Title and area -> the row by its heads, of the first table of a theme sheet."""
    heads = [cell.value for cell in sheet[HEAD]]
    found = {}
    for row in sheet.iter_rows(min_row=HEAD + 1, values_only=True):
        if not row[0] or not row[1]:
            break
        found[row[0], row[1]] = dict(zip(heads, row, strict=True))
    return found


def test_a_theme_is_wide_and_a_cell_is_a_number_or_nothing(small: SmallRelease, tmp_path: Path) -> None:
    """Larvik 46, 29, 35, 168; the country's 2022 is known by its bounds only and must not be a word a chart draws as zero."""
    rows = wide(opened(with_settlement(small), tmp_path)["Bosetting og befolkning"])
    own, country = rows["Bosatte flyktninger", "Larvik"], rows["Bosatte flyktninger", "Hele landet"]
    assert [own[year] for year in range(2019, 2024)] == [46, 29, 35, 168, 96]
    assert own["Endring siste år"] == 133
    assert own["Merknad"] == "2023: foreløpig, året er ikke komplett"
    assert [country[year] for year in range(2019, 2024)] == [None] * 5
    assert "2022: 31\u202f255 til 31\u202f261; 2022: små tall er skjult i noen av delene" in str(country["Merknad"])
    assert "2019–2021, 2023: mangler" in str(country["Merknad"])


def test_a_native_chart_draws_the_cells_of_its_sheet(small: SmallRelease, tmp_path: Path) -> None:
    book = opened(with_settlement(small), tmp_path)
    sheet = book["Bosetting og befolkning"]
    (chart,) = sheet._charts
    assert [series.val.numRef.f for series in chart.series] == ["'Bosetting og befolkning'!$D$5:$H$5"]
    assert [cell.value for cell in sheet["D5:H5"][0]] == [46, 29, 35, 168, 96]
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        drawn = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert not any("dispBlanksAs" in chart for chart in drawn), "without it a blank is a gap"
    assert len(book["Oversikt"]._charts) == 1


def test_the_overview_has_headlines_with_change_and_sparkline(small: SmallRelease, tmp_path: Path) -> None:
    book = opened(with_settlement(small), tmp_path)
    rows = [row for row in book["Oversikt"].iter_rows(values_only=True) if row[0] == "Bosatte flyktninger"]
    assert rows == [
        ("Bosatte flyktninger", "flyktninger", 2022, 168, 879, "31\u202f255 til 31\u202f261", 133, None, None)
    ]
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        assert "<xm:f>'Bosetting og befolkning'!D5:H5</xm:f>" in archive.read("xl/worksheets/sheet1.xml").decode()


def test_every_sheet_prints_on_a4_and_the_widest_fits_its_width(small: SmallRelease, tmp_path: Path) -> None:
    for sheet in opened(with_settlement(small), tmp_path):
        assert sheet.page_setup.paperSize == "9" or sheet.page_setup.paperSize == 9
        assert sheet.page_setup.orientation == "landscape"
        held = sheet.column_dimensions.values()
        last = 9 if sheet.title == "Data" else 1000
        pixels = sum(c.width * 7 * (min(c.max, last) - c.min + 1) for c in held if c.min <= last)
        assert pixels * (sheet.page_setup.scale or 100) / 100 <= 1026, "27.2 cm between the margins at 96 to the inch"


@pytest.mark.parametrize(
    ("value", "held"), [(141593641.0, 141593641), (0.1 + 0.2, 0.3), (23.47826086956522, 23.4782608696), (1e-12, 1e-12)]
)
def test_whole_numbers_are_whole_and_none_is_lost(value: float, held: float) -> None:
    assert whole(value) == held
    assert isinstance(whole(value), int) == (value == int(value))


def test_the_workbook_holds_no_formula(small: SmallRelease, tmp_path: Path) -> None:
    small.connection.execute("update marts.dim_region set region_name = ? where region_code = '3909'", [FORMULA])
    opened(with_settlement(small, name=FORMULA), tmp_path)
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert not any("<f>" in sheet or "<f " in sheet for sheet in sheets)
    assert not any("hyperlink" in sheet for sheet in sheets)
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert charts
    asked = {found for chart in charts for found in re.findall("<c:f>(.*?)</c:f>", chart)}
    assert {found.split("!")[0] for found in asked} == {"&apos;Bosetting og befolkning&apos;"} or all(
        found.startswith("'Bosetting og befolkning'!") for found in asked
    )


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("  =1", "'  =1"),
        ("Larvik", "Larvik"),
        ("a\x00b", "a b"),
    ],
)
def test_texts_no_spreadsheet_takes_for_a_formula(text: str, safe: str) -> None:
    assert safe_text(text) == safe


def test_each_finding_stands_once_on_the_overview(small: SmallRelease, tmp_path: Path) -> None:
    with Marts.open(with_settlement(small).close()) as marts:
        report = build_report(marts, "3909", 5, PUBLISHED)
    told = tuple(Told(f"Tall {n}", "Opp", f"Setning {n}.", "Sikkert.") for n in range(3))
    book = openpyxl.load_workbook(write_workbook(replace(report, findings=told), tmp_path / "b.xlsx", PUBLISHED))
    shown = [str(row[0]) for row in book["Oversikt"].iter_rows(values_only=True) if row[0]]
    assert [text for text in shown if text.startswith("Tall ")] == [
        f"Tall {n}: Setning {n}. Sikkert." for n in range(3)
    ]
    assert shown.count("Det viktigste") == 1


@pytest.mark.parametrize(
    ("unit", "before", "now", "change"),
    [
        ("percent", 11.55, 11.74, 0.1),  # shown 11,6 and 11,7
        ("percent", 11.64, 11.56, 0.0),  # both shown 11,6
        ("nok", 91583074.86, 141593640.82, 50010566.0),  # whole kroner, as a sheet shows them
        ("persons", 35.0, 168.0, 133.0),
    ],
)
def test_a_change_is_that_of_the_figures_shown(unit: str, before: float, now: float, change: float) -> None:
    cells = {2022: Cell(before, before, before, "ok"), 2023: Cell(now, now, now, "ok")}
    line = Line("municipality", "Larvik", cells)
    found = change_of(Figure("x", "Tall", unit_of(unit), (line,), (2022, 2023)), line)
    assert found == YearChange(2023, change)
