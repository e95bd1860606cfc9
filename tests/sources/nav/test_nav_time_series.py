"""NAV's time-series workbooks: the real HL060, and AAP155 and PST302 built to their described layouts.

Here: what is read and what is refused. Not here: the special deliveries (test_nav_special_delivery.py).
"""

import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from sources.dataset.registry import form_of
from sources.errors import LayoutError, NotOfKindError, SourceError, ValueGrammarError
from sources.klass.history import counties, municipalities
from sources.landing.observation import OBSERVATION_SCHEMA, Reading, drop_exact_duplicates
from sources.nav import reader
from sources.nav.layout import Months, period_of, value_of
from sources.ports import Document
from sources.raw import sheet_cells
from tests.support.nav_workbooks import MONTHS, Fault, aap155, count_of, pst302, write
from tests.support.ssb_bodies import rows, spec_of

NAME = "202210_HL060_helt_ledige_fylke_kommune_tidsserie_maaned.xlsx"


def hl060(extracts: Path) -> Document:
    return Document(extracts / "upstream" / "nav" / "nav_no_public" / NAME, NAME)


def figures(reading: Reading, measure: str) -> dict[tuple[str, int], tuple[float | None, str]]:
    """(region code, month) -> (value, status) of one measure."""
    names = ("region_code", "period_start", "measure", "value", "value_status")
    return {(code, start.month): (v, s) for code, start, m, v, s in rows(reading.table, *names) if m == measure}


def test_hl060_of_october_2022(extracts: Path) -> None:
    """Larvik 408 and 1.8 per cent; 356 municipalities and Svalbard; stars hidden, not zero."""
    reading = drop_exact_duplicates(reader.read(spec_of("nav/hl060"), [hl060(extracts)]), NAME)
    assert reading.table.schema == OBSERVATION_SCHEMA
    counts, shares = figures(reading, "unemployed_persons"), figures(reading, "unemployed_pct")
    assert counts[("3805", 10)] == (408.0, "ok")
    assert shares[("3805", 10)] == (1.8, "ok")
    assert counts[("00", 10)] == (45_406.0, "ok")
    assert counts[("38", 10)] == (4311.0, "ok")
    four_digits = {code for code, _ in counts if len(code) == 4}
    assert len(four_digits) == 357
    assert four_digits - {code for code, _ in municipalities(2022)} == {"2100"}
    assert {code for code, _ in counts if len(code) == 2} == {"00", *(code for code, _ in counties(2022))}
    assert len([1 for (code, _), (_, status) in counts.items() if len(code) == 4 and status == "suppressed"]) == 144
    assert counts[("3822", 10)] == (None, "suppressed")
    assert counts[("3823", 10)] == (None, "suppressed")
    assert {status for _, status in counts.values()} == {"ok", "suppressed"}


def test_sheets_that_a_county_added_are_left_out(shared: Path) -> None:
    reading = reader.read(spec_of("nav/hl060"), [hl060(shared)])
    assert reading.notes["other sheets left out"] == 3


def test_hl060_share_is_hidden_wherever_the_count_is(extracts: Path) -> None:
    reading = reader.read(spec_of("nav/hl060"), [hl060(extracts)])
    counts, shares = figures(reading, "unemployed_persons"), figures(reading, "unemployed_pct")
    hidden = {key for key, (_, status) in counts.items() if status == "suppressed"}
    assert hidden
    assert all(shares[key] == (None, "suppressed") for key in hidden)


def test_hl060_county_totals_lie_within_their_bounds(extracts: Path) -> None:
    """Vestfold og Telemark, October 2022: 4311 against 4305 shown and two hidden municipalities."""
    reading = reader.read(spec_of("nav/hl060"), [hl060(extracts)])
    counts = figures(reading, "unemployed_persons")
    parts = [
        figure for (code, month), figure in counts.items() if code.startswith("38") and len(code) == 4 and month == 10
    ]
    assert sum(value or 0 for value, _ in parts) == 4305
    assert sum(status == "suppressed" for _, status in parts) == 2
    assert reading.notes["county totals compared"] == 12 * 10
    assert reading.notes["county totals outside the sum of their municipalities"] == 0


def test_a_figure_leads_back_to_its_row(extracts: Path) -> None:
    document = hl060(extracts)
    reading = reader.read(spec_of("nav/hl060"), [document])
    names = ("source_row", "source_column", "region_code", "period_start", "value")
    row, column = next(r[:2] for r in rows(reading.table, *names) if r[2:] == ("3805", date(2022, 10, 1), 408.0))
    (said,) = sheet_cells(spec_of("nav/hl060"), [document], [(row, column)])
    assert "sheet '3. Kommune Antall', sheet 4, cell L" in said
    assert "3805 Larvik" in said
    assert said.endswith("408")


def test_aap155_counts_and_shares(tmp_path: Path) -> None:
    path = aap155(tmp_path / "AAP155.xlsx", {("3909", 8), ("3901", 2)})
    reading = reader.read(spec_of("nav/aap155"), [Document(path, path.name)])
    counts = figures(reading, "work_assessment_allowance_persons")
    shares = figures(reading, "work_assessment_allowance_pct")
    assert len({code for code, _ in counts}) == 357
    assert len(counts) == 357 * 8
    assert counts[("3909", 1)] == (count_of("3909", 1), "ok")
    assert counts[("3909", 8)] == (None, "suppressed")
    assert shares[("3909", 8)] == (None, "suppressed")
    assert shares[("3909", 7)][1] == "ok"
    assert reading.notes["shares beside a hidden count hidden too"] == 2
    assert reading.notes["county totals compared"] == 15 * 8
    assert set(reading.table["age_group"].to_pylist()) == {"age_18_66"}
    assert {start for (start,) in rows(reading.table, "period_start")} == {date(2026, m, 1) for m in range(1, 9)}


def test_pst302_levels(tmp_path: Path) -> None:
    path = pst302(tmp_path / "PST302.xlsx")
    reading = drop_exact_duplicates(reader.read(spec_of("nav/pst302"), [Document(path, path.name)]), path.name)
    counts = figures(reading, "disability_benefit_persons")
    assert reading.levels == ["city_district", "country", "county", "municipality"]
    assert counts[("00", 2)] == (1001.0, "ok")
    assert counts[("0301", 1)] == (None, "suppressed")
    assert counts[("030101", 1)] == (3.0, "ok")
    vestfold = sum(count_of(code, 1) for code, _ in municipalities(2026) if code.startswith("39"))
    assert counts[("39", 1)] == (vestfold, "ok")


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Januar - oktober 2022", Months(2022, 1, 10)),
        ("Januar 2026", Months(2026, 1, 1)),
        ("januar – august 2026", Months(2026, 1, 8)),
        ("Periode: 2026 01 - 2026 08", Months(2026, 1, 8)),
        ("Oppdatert 5. oktober 2022", None),
        ("Periode: 2025 11 - 2026 02", None),
    ],
)
def test_period_texts(text: str, period: Months | None) -> None:
    assert period_of(text) == period


def test_cells() -> None:
    assert value_of(0.0, "x") == (0.0, "ok")
    assert value_of(None, "x") == (None, "missing")
    assert value_of(" * ", "x") == (None, "suppressed")
    for marker in ("..", ":", "-", "<4", "1 234", "avventer vedtak"):
        with pytest.raises(ValueGrammarError):
            value_of(marker, "x")


def broken(tmp_path: Path, **change: object) -> Document:
    """An AAP155 with one sheet replaced or added."""
    path = aap155(tmp_path / "AAP155.xlsx", months=2, **change)
    return Document(path, path.name)


def sheet_rows(tmp_path: Path, name: str) -> list[list[object]]:
    """The rows of a sheet of a sound AAP155 of two months, to be changed."""
    path = aap155(tmp_path / "sound.xlsx", months=2)
    with CalamineWorkbook.from_path(path) as book:
        return [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]


def larvik(table: list[list[object]]) -> list[object]:
    return next(row for row in table if str(row[1]).startswith("3909"))


def test_a_renamed_sheet_is_refused_with_the_names_found(tmp_path: Path) -> None:
    path = write(
        tmp_path / "x.xlsx", {"Om": [["", "Periode: 2026 01 - 2026 02"]], "Tabell 1": [["", "", "Januar", "Februar"]]}
    )
    with pytest.raises(LayoutError, match="'kommune' and 'antall' in its name; found sheets 'Om', 'Tabell 1'"):
        reader.read(spec_of("nav/aap155"), [Document(path, path.name)])


def test_an_extra_sheet_does_no_harm(tmp_path: Path) -> None:
    extra = {"Viz": [["Larvik", 1]], "Telemark": [["", "", "Januar"], ["", "4001 Porsgrunn", 5]]}
    reading = reader.read(spec_of("nav/aap155"), [broken(tmp_path, **extra)])
    assert reading.notes["other sheets left out"] == 3


def test_a_header_that_has_moved_is_found(tmp_path: Path) -> None:
    table = [[""] * 4, [""] * 4, *sheet_rows(tmp_path, "1. Kommune. Antall")]
    wider = [[*row[:2], "", *row[2:]] for row in table]
    reading = reader.read(spec_of("nav/aap155"), [broken(tmp_path, **{"1. Kommune. Antall": wider})])
    assert figures(reading, "work_assessment_allowance_persons")[("3909", 2)] == (count_of("3909", 2), "ok")


@pytest.mark.parametrize(
    ("months", "found"),
    [
        (["Januar", "Mars"], "januar, mars"),
        (["Februar", "Mars"], "februar, mars"),
        (["Februar", "Januar"], "februar, januar"),
    ],
)
def test_months_with_a_gap_or_out_of_order(tmp_path: Path, months: list[str], found: str) -> None:
    table = sheet_rows(tmp_path, "1. Kommune. Antall")
    table = [[*row[:2], *months] if row[2:] == MONTHS[:2] else row for row in table]
    with pytest.raises(LayoutError, match=f"the months januar to februar.*found {found}"):
        reader.read(spec_of("nav/aap155"), [broken(tmp_path, **{"1. Kommune. Antall": table})])


def test_an_unknown_marker_holds_the_table(tmp_path: Path) -> None:
    table = sheet_rows(tmp_path, "1. Kommune. Antall")
    larvik(table)[2] = "avventer vedtak"
    with pytest.raises(
        ValueGrammarError, match=r"3909 Larvik\): expected a number, \* or nothing; found 'avventer vedtak'"
    ):
        reader.read(spec_of("nav/aap155"), [broken(tmp_path, **{"1. Kommune. Antall": table})])


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!"])
def test_an_excel_error_is_no_missing_figure_and_is_named_by_its_cell(tmp_path: Path, error: str) -> None:
    rows_of_share = [["", "", *MONTHS[:2]], ["", "3909 Larvik", 1.5, Fault(error)]]
    path = aap155(tmp_path / "AAP155.xlsx", months=2)
    assert reader.read(spec_of("nav/aap155"), [Document(path, "AAP155.xlsx")])
    top = [["", "Periode: 2026 01 - 2026 02"]]
    path = aap155(tmp_path / "AAP155.xlsx", months=2, **{"2. Kommune. Andel": [*top, *rows_of_share]})
    with pytest.raises(ValueGrammarError) as caught:
        reader.read(spec_of("nav/aap155"), [Document(path, "AAP155.xlsx")])
    assert error in caught.value.found
    assert "sheet '2. Kommune. Andel'" in caught.value.where and caught.value.where.endswith("cell D3")


def test_a_copied_sheet_and_another_time_in_an_owners_sheet_do_no_harm(tmp_path: Path) -> None:
    plain = reader.read(spec_of("nav/aap155"), [Document(aap155(tmp_path / "a.xlsx", months=2), "a.xlsx")])
    own = {"1. Kommune. Antall (2)": [["", "kladd"]], "Viz": [["", "Periode: 2025 01 - 2025 08"]]}
    mixed = reader.read(spec_of("nav/aap155"), [Document(aap155(tmp_path / "b.xlsx", months=2, **own), "b.xlsx")])
    assert (
        figures(mixed, "work_assessment_allowance_persons") == figures(plain, "work_assessment_allowance_persons") != {}
    )


def test_a_mark_that_the_spec_names_has_its_meaning(tmp_path: Path) -> None:
    rows_of_share = [["", "", *MONTHS[:2]], ["", "3909 Larvik", 1.5, "x"]]
    share = [["", "Periode: 2026 01 - 2026 02"], *rows_of_share]
    path = aap155(tmp_path / "AAP155.xlsx", months=2, **{"2. Kommune. Andel": share})
    spec = spec_of("nav/aap155")
    with pytest.raises(ValueGrammarError, match="add it to `markers` in the dataset spec"):
        reader.read(spec, [Document(path, "AAP155.xlsx")])
    named = reader.read(spec.model_copy(update={"markers": {"x": "suppressed"}}), [Document(path, "AAP155.xlsx")])
    assert figures(named, "work_assessment_allowance_pct")[("3909", 2)] == (None, "suppressed")


def test_an_error_in_a_sheet_of_the_owner_stops_nothing(tmp_path: Path) -> None:
    path = aap155(tmp_path / "AAP155.xlsx", months=2, Viz=[["", Fault("#REF!")]])
    assert reader.read(spec_of("nav/aap155"), [Document(path, "AAP155.xlsx")]).notes["other sheets left out"] == 2


def test_a_missing_municipality_is_named(tmp_path: Path) -> None:
    table = [row for row in sheet_rows(tmp_path, "1. Kommune. Antall") if not str(row[1]).startswith("3909")]
    with pytest.raises(
        LayoutError, match="the 357 municipalities of Klass for 2026; found 356; unknown: none; missing: 3909"
    ):
        reader.read(spec_of("nav/aap155"), [broken(tmp_path, **{"1. Kommune. Antall": table})])


def test_an_old_code_is_named(tmp_path: Path) -> None:
    table = sheet_rows(tmp_path, "1. Kommune. Antall")
    larvik(table)[1] = "3805 Larvik"
    with pytest.raises(LayoutError, match="unknown: 3805; missing: 3909"):
        reader.read(spec_of("nav/aap155"), [broken(tmp_path, **{"1. Kommune. Antall": table})])


def test_a_row_of_an_unknown_kind_is_named(tmp_path: Path) -> None:
    table = sheet_rows(tmp_path, "1. Kommune. Antall")
    larvik(table)[1] = "Larvik"
    with pytest.raises(LayoutError, match="found 'Larvik'"):
        reader.read(spec_of("nav/aap155"), [broken(tmp_path, **{"1. Kommune. Antall": table})])


def test_rows_shifted_against_their_labels_are_caught_by_the_county_totals(tmp_path: Path) -> None:
    """The labels move down by one row inside the sheet, the figures stay: no single cell is wrong in form."""
    table = sheet_rows(tmp_path, "1. Kommune. Antall")
    doubled = [
        [*r[:2], *[c * 2 if isinstance(c, float) else c for c in r[2:]]] if str(r[1])[:4].isdigit() else r
        for r in table
    ]
    with pytest.raises(LayoutError, match="county totals that agree"):
        reader.read(spec_of("nav/aap155"), [broken(tmp_path, **{"1. Kommune. Antall": doubled})])


def test_two_periods_in_one_workbook(tmp_path: Path) -> None:
    table = sheet_rows(tmp_path, "2. Kommune. Andel")
    table[5][1] = "Periode: 2025 01 - 2025 02"
    with pytest.raises(LayoutError, match="one period"):
        reader.read(spec_of("nav/aap155"), [broken(tmp_path, **{"2. Kommune. Andel": table})])


def test_no_period_no_year(tmp_path: Path) -> None:
    change = {name: [row for row in sheet_rows(tmp_path, name) if "Periode" not in str(row)] for name in TABLES}
    with pytest.raises(LayoutError, match="one period such as"):
        reader.read(spec_of("nav/aap155"), [broken(tmp_path, **change)])


TABLES = ("1. Kommune. Antall", "2. Kommune. Andel")


def test_forms_are_known_from_the_sheets(extracts: Path, tmp_path: Path) -> None:
    renamed = tmp_path / "nedlastet (3).xlsx"
    shutil.copy(hl060(extracts).path, renamed)
    assert form_of(renamed) == "nav_hl060"
    assert form_of(aap155(tmp_path / "a.xlsx", months=1)) == "nav_aap155"
    assert form_of(pst302(tmp_path / "p.xlsx")) == "nav_pst302"
    assert form_of(write(tmp_path / "other.xlsx", {"A": [["x", 1]]})) is None
    assert set(reader.READERS) >= {"nav_hl060", "nav_aap155", "nav_pst302", "nav_ned155", "nav_workbook"}


def test_a_damaged_workbook_is_known_by_its_name_and_refused(tmp_path: Path) -> None:
    path = tmp_path / "202608_HL060.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert form_of(path) == "nav_hl060"
    with pytest.raises(NotOfKindError):
        reader.read(spec_of("nav/hl060"), [Document(path, path.name)])


def test_an_html_page_instead_of_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "HL060.xlsx"
    path.write_text("<!DOCTYPE html><html>Siden finnes ikke</html>", encoding="utf-8")
    with pytest.raises(SourceError, match="not a zip archive"):
        reader.read(spec_of("nav/hl060"), [Document(path, path.name)])
