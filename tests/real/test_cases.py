"""Small inputs that went wrong for somebody, each with the outcome it must have.

Here: the files of shared/cases as they lie there. Not here: the same faults on composed files, which run in any clone
(test_workbook.py, test_recognition.py, test_discovery.py, test_jsonstat.py).
"""

import shutil
from pathlib import Path

import pytest

from orchestration.runs.refresh import Outcome, refresh_file
from sources.dataset.discovery import discover
from sources.dataset.registry import forms
from sources.dataset.spec import load_specs
from sources.dataset.workbook import CHART_SHEETS, open_workbook
from sources.errors import SpecError
from sources.landing.observation import Reading
from sources.landing.store import Landing
from sources.ports import Document

SPECS = load_specs()


def read(folder: Path) -> dict[str, tuple[str, Reading]]:
    """Name of a file -> its dataset and what is read of it; every file of the folder is known."""
    found = discover(folder, SPECS)
    assert found.unknown == []
    readings = {}
    for one in found.candidates:
        reading = forms()[str(one.form)].read(SPECS[one.dataset_id], [Document(one.path, one.path.name)])
        assert isinstance(reading, Reading)
        readings[one.relative] = (one.dataset_id, reading)
    return readings


def outcome(folder: Path, landing: Path) -> Outcome:
    [found] = discover(folder, SPECS).candidates
    return refresh_file(Landing(landing), SPECS[found.dataset_id], found)


def test_an_error_cell_stops_the_dataset_and_is_named(shared: Path, tmp_path: Path) -> None:
    said = outcome(shared / "cases" / "error_cell", tmp_path)
    assert said.state == "failed"
    assert all(words in said.message for words in ("'3. Kommune Antall'", "cell D225", "#N/A"))


def test_a_chart_sheet_is_left_out_and_counted(shared: Path) -> None:
    [(dataset_id, reading)] = read(shared / "cases" / "chart_sheet").values()
    assert (dataset_id, reading.table.num_rows, reading.notes[CHART_SHEETS]) == ("nav_hl060", 7380, 1)


@pytest.mark.parametrize("name", ["capS", "folder"])
def test_a_workbook_as_other_programs_write_it_opens(shared: Path, name: str) -> None:
    [sheet] = open_workbook(shared / "cases" / "ooxml" / f"{name}.xlsx")
    assert sheet.rows == [["*", "x", "Januar", "1 234", "Larvik"], ["3909 Larvik", 5.0, 0.5, 12.0, None]]


def test_workbooks_as_a_countys_statistician_keeps_them(shared: Path) -> None:
    found = read(shared / "cases" / "owners_workbooks")
    assert {name.split()[0]: (dataset_id, reading.table.num_rows) for name, (dataset_id, reading) in found.items()} == {
        "Arbeidsstyrken": ("ssb_13563", 88),
        "Figur1_arbeid_utdanning.xlsx": ("ssb_10824", 11),
        "Telemark": ("nav_hl060", 7380),
        "Utdanningsnivå_samlet.xlsx": ("ssb_09429", 497),
    }
    table = found["Arbeidsstyrken SSB 13563.xlsx"][1].table
    wanted = {"region_code": "30", "category": "all", "value": 1_028_164.0}  # Viken, 15 and over, 2020
    assert wanted in table.select(list(wanted)).to_pylist()
    assert {len(code) for code in table["region_code"].to_pylist()} == {2}


@pytest.mark.parametrize("case", ["cp1252_commas", "cp1252_semicolons_norwegian_date", "backslash"])
def test_the_list_as_excel_saves_it(shared: Path, case: str) -> None:
    [found] = discover(shared / "cases" / "extracts_csv" / case, SPECS).candidates
    assert (found.dataset_id, found.date_basis) == ("imdi_bosatt_anmodede", "extracts.csv")
    assert found.retrieved_at.date().isoformat() == "2023-09-25"


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("short_line", "nothing for source"),
        ("impossible_date", "2023-02-30"),
        ("misspelt_path", "no file 'åpne fil.csv'"),
    ],
)
def test_a_wrong_line_of_the_list_is_named(shared: Path, case: str, words: str) -> None:
    with pytest.raises(SpecError, match=f"line 2: .*{words}"):
        discover(shared / "cases" / "extracts_csv" / case, SPECS)


def test_jsonstat_with_a_list_a_null_and_quotes_is_read(shared: Path) -> None:
    found = read(shared / "cases" / "jsonstat")
    assert sorted(found) == ["label_list.json", "unit_null.json", "value_str.json"]
    for dataset_id, reading in found.values():
        assert (dataset_id, reading.table["value"].to_pylist()) == ("ssb_13563", [100.0] * 12)
        assert set(reading.table["unit"].to_pylist()) == {"persons"}


def test_names_that_browsers_and_people_give(shared: Path, tmp_path: Path) -> None:
    """The value tells which file was read: 168 and the number of its folder."""
    for folder in sorted((shared / "cases" / "file_names").iterdir()):
        there = shutil.copytree(folder, tmp_path / folder.name)
        [(dataset_id, reading)] = read(there).values()
        assert dataset_id == "imdi_bosatt_anmodede"
        assert reading.table["value"].to_pylist() == [168.0 + int(folder.name)]
