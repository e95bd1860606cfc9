"""Tables downloaded at ssb.no, as people change them: composed workbooks that are read the same, and what must stop the reader.

Here: composed xlsx. Not here: the extracts at hand (test_ssb_extracts.py); JSON-stat bodies (test_ssb_reader.py).
"""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from sources.dataset.recognition import Specimen
from sources.errors import LayoutError, SourceError, UnknownLabelError, ValueGrammarError
from sources.landing.observation import Reading
from sources.ports import Document
from sources.ssb import reader, website
from tests.support.nav_workbooks import Fault, write
from tests.support.ssb_bodies import own_spec, rows

TITLE = "99999: Prøvetabell, etter region, statistikkvariabel og år"
PLAIN: list[list[object]] = [
    [TITLE],
    [],
    ["", "N"],
    ["", "2024", "2025"],
    ["3907 Sandefjord", 5, 6],
    ["3909 Larvik", 7, ":"],
    [],
    ["Sist endret:"],
    ["N:"],
    ["20260615 08:00"],
    [],
    ["Måleenhet:"],
    ["N:"],
    ["personer"],
]


def workbook_of(tmp_path: Path, table: list[list[object]], *more: list[list[object]]) -> list[Document]:
    path = tmp_path / "extract.xlsx"
    book = xlsxwriter.Workbook(path)
    for content in (table, *more):
        sheet = book.add_worksheet()
        for number, row in enumerate(content):
            sheet.write_row(number, 0, row)
    book.close()
    return [Document(path, path.name)]


def edited(change: dict[int, list[object]]) -> list[list[object]]:
    return [change.get(number, row) for number, row in enumerate(PLAIN)]


def test_a_plain_extract(tmp_path: Path) -> None:
    reading = website.read_xlsx(own_spec(), workbook_of(tmp_path, PLAIN))
    assert rows(reading.table, "region_code", "period_start", "value", "value_status") == [
        ("3907", date(2024, 1, 1), 5.0, "ok"),
        ("3907", date(2025, 1, 1), 6.0, "ok"),
        ("3909", date(2024, 1, 1), 7.0, "ok"),
        ("3909", date(2025, 1, 1), None, "suppressed"),
    ]
    assert reading.updated_at == datetime(2026, 6, 15, 6, tzinfo=UTC)


def test_a_table_that_stands_lower_and_further_right_is_the_same_table(tmp_path: Path) -> None:
    moved = [[], [], *[["", "", *row] for row in PLAIN]]
    there = website.read_xlsx(own_spec(), workbook_of(tmp_path, moved))
    here = website.read_xlsx(own_spec(), workbook_of(tmp_path, PLAIN))
    columns = ("region_code", "period_start", "value", "value_status")
    assert rows(there.table, *columns) == rows(here.table, *columns)
    assert there.updated_at == here.updated_at


def test_a_renamed_or_extra_sheet_does_no_harm(tmp_path: Path) -> None:
    reading = website.read_xlsx(own_spec(), workbook_of(tmp_path, [["min egen graf", 1]], PLAIN))
    assert reading.table.num_rows == 4
    assert reading.notes["sheets without a table title left out"] == 1


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({5: ["3909 Larvik", 7, "avventer vedtak"]}, ValueGrammarError, "avventer vedtak"),
        ({5: ["3909 Larvik", "x", "y"]}, ValueGrammarError, "'x'"),
        ({5: ["Sum Vestfold", 7, 8]}, UnknownLabelError, "Sum Vestfold"),
        ({3: ["", "2024", "Andel"]}, ValueGrammarError, "'Andel'"),
        ({2: ["", "Antall"]}, UnknownLabelError, "'Antall'"),
        ({0: ["12345: Annen tabell, etter region, statistikkvariabel og år"]}, LayoutError, "a title of table 99999"),
        ({0: ["Prøvetabell"]}, LayoutError, "none in sheets"),
        ({3: []}, LayoutError, "3 variables"),
        ({4: [], 5: []}, LayoutError, "header rows and figures"),
        ({13: ["prosent"]}, LayoutError, "unit persons for 'N'; found percent"),
        ({13: ["1000 personer"]}, LayoutError, "unit persons for 'N'; found thousand_persons"),
        ({13: ["1000 hester"]}, UnknownLabelError, "'1000 hester'"),
    ],
)
def test_what_must_stop_the_reader(
    tmp_path: Path, change: dict[int, list[object]], error: type[SourceError], message: str
) -> None:
    with pytest.raises(error, match=message):
        website.read_xlsx(own_spec(), workbook_of(tmp_path, edited(change)))


def test_what_the_owner_added_is_left_out_when_the_spec_lists_it(tmp_path: Path) -> None:
    columns = [c.model_dump() for c in own_spec().columns]
    columns[0]["ignore_labels"] = ["Sum Vestfold"]
    added = [*PLAIN[:6], ["Sum Vestfold", 12, 6], *PLAIN[6:]]
    reading = website.read_xlsx(own_spec(columns=columns), workbook_of(tmp_path, added))
    assert reading.table.num_rows == 4
    assert reading.notes["rows of the owner left out"] == 1


def test_a_second_block_must_repeat_its_header(tmp_path: Path) -> None:
    """Figures after other text are not taken for the table, since their columns may mean something else."""
    added = [*PLAIN[:6], [], ["", "Endring", "Prosent"], ["3911 Færder", 1, 2]]
    reading = website.read_xlsx(own_spec(), workbook_of(tmp_path, added))
    assert "3911" not in reading.table["region_code"].to_pylist()


def regions_of(reading: Reading) -> list[tuple[object, ...]]:
    return rows(reading.table, "region_code", "region_level", "period_start", "value")


COUNTIES = edited({3: ["", "2021", "2023"], 4: ["Viken", 5, 6], 5: ["Troms og Finnmark - Romsa ja Finnmárku", 7, 8]})


def test_counties_without_their_code_are_those_of_the_year(tmp_path: Path) -> None:
    assert regions_of(website.read_xlsx(own_spec(), workbook_of(tmp_path, COUNTIES))) == [
        ("30", "county", date(2021, 1, 1), 5.0),
        ("30", "county", date(2023, 1, 1), 6.0),
        ("54", "county", date(2021, 1, 1), 7.0),
        ("54", "county", date(2023, 1, 1), 8.0),
    ]


@pytest.mark.parametrize("label", ["Viken", "Bergen", "Vestfold og Telemark"])
def test_a_name_that_is_no_county_of_the_year_stops_and_its_advice_works(tmp_path: Path, label: str) -> None:
    table = workbook_of(tmp_path, edited({5: [label, 7, 8]}))
    with pytest.raises(UnknownLabelError) as caught:
        website.read_xlsx(own_spec(), table)
    assert f"options.reading.regions ({label}: 'NN')" in caught.value.next_step
    reading = {"measure_units": {"n_persons": "persons"}, "regions": {label: "39"}}
    named = website.read_xlsx(own_spec(options={"reading": reading}), table)
    assert ("39", "county", date(2024, 1, 1), 7.0) in regions_of(named)
    columns = [{**c.model_dump(), "ignore_labels": [label] if c.name == "Region" else []} for c in own_spec().columns]
    assert website.read_xlsx(own_spec(columns=columns), table).table.num_rows == 2


@pytest.mark.parametrize("row", [1, 2, 3])
def test_a_link_under_the_title_is_no_header(tmp_path: Path, row: int) -> None:
    linked = [*PLAIN[:row], ["https://www.ssb.no/statbank/table/99999/"], *PLAIN[row:]]
    there = website.read_xlsx(own_spec(), workbook_of(tmp_path, linked))
    assert regions_of(there) == regions_of(website.read_xlsx(own_spec(), workbook_of(tmp_path, PLAIN)))


def test_what_stands_right_of_an_empty_column_is_the_owners(tmp_path: Path) -> None:
    """Notes, shares and the same table turned round, beside the table; a column that only the gap parts is kept."""
    beside: dict[int, list[object]] = {
        2: ["", "N", None, "N", None, "Sandefjord", 5],
        3: ["", "2024", None, "2025", None, "N", "Andel"],
        4: ["3907 Sandefjord", 5, None, 6, None, "2024", 0.5],
        5: ["3909 Larvik", 7, None, ":", None, "sjekk", 0.7],
    }
    reading = website.read_xlsx(own_spec(), workbook_of(tmp_path, edited(beside)))
    assert regions_of(reading) == regions_of(website.read_xlsx(own_spec(), workbook_of(tmp_path, PLAIN)))
    assert reading.notes["columns of the owner left out"] == 2


def test_a_table_of_another_number_in_the_workbook_is_left_out_and_counted(tmp_path: Path) -> None:
    other = [["12345: En annen tabell, etter region og år"], [], ["", "2024"], ["3909 Larvik", 99]]
    reading = website.read_xlsx(own_spec(), workbook_of(tmp_path, PLAIN, other))
    assert reading.table.num_rows == 4
    assert reading.notes["tables of another number left out"] == 1


def test_a_new_mark_is_read_when_the_spec_says_what_it_means(tmp_path: Path) -> None:
    table = workbook_of(tmp_path, edited({5: ["3909 Larvik", 7, "(r)"]}))
    with pytest.raises(ValueGrammarError, match="into `markers` of the dataset spec"):
        website.read_xlsx(own_spec(), table)
    reading = website.read_xlsx(own_spec(markers={"(r)": "suppressed"}), table)
    assert rows(reading.table, "region_code", "value", "value_status")[-1] == ("3909", None, "suppressed")


def test_an_english_title_is_a_title(tmp_path: Path) -> None:
    english = edited({0: ["99999: Trial table, by region, contents and year"], 5: ["0 The whole country", 7, 8]})
    documents = workbook_of(tmp_path, english)
    found = reader.recognise(Specimen(documents[0].path))
    assert found and (found.form, found.table) == ("ssb_website_xlsx", "99999")
    assert ("00", "country", date(2025, 1, 1), 8.0) in regions_of(website.read_xlsx(own_spec(), documents))


def test_an_error_cell_stops_the_table_and_is_named(tmp_path: Path) -> None:
    """Also where errors fill the row, which then would look like the end of the table."""
    for change in ({5: ["3909 Larvik", 7, Fault("#N/A")]}, {4: ["3907 Sandefjord", Fault("#N/A"), Fault("#N/A")]}):
        path = write(tmp_path / "error.xlsx", {"Ark1": edited(change)})
        with pytest.raises(ValueGrammarError, match=r"sheet 'Ark1', cell [BC][56].*#N/A"):
            website.read_xlsx(own_spec(), [Document(path, path.name)])
