"""The county's copy of NAV's PDF: words split over columns, numbers as text, a header that fits nothing.

Here: the one such workbook at hand. Not here: NAV's own workbooks.
"""

from datetime import date
from pathlib import Path

import pytest

from sources.dataset.registry import form_of
from sources.errors import LayoutError
from sources.nav import hovedtall, reader
from sources.ports import Document
from tests.support.nav_workbooks import write
from tests.support.ssb_bodies import rows, spec_of

NAME = "hovedtall_vestfold_telemark_okt2022_janfeb2023_reworked.xlsx"


def test_the_copy_says_what_hl060_says(shared: Path) -> None:
    folder = shared / "upstream" / "nav" / "nav_no_public"
    path = folder / NAME
    assert form_of(path) == "nav_hovedtall_extract"
    copied = hovedtall.read(spec_of("nav/hovedtall_extract"), [Document(path, NAME)])
    source = folder / "202210_HL060_helt_ledige_fylke_kommune_tidsserie_maaned.xlsx"
    original = reader.read(spec_of("nav/hl060"), [Document(source, source.name)])
    names = ("region_code", "period_start", "measure", "value", "value_status")
    october = {row[:3]: row[3:] for row in rows(copied.table, *names) if row[1] == date(2022, 10, 1)}
    theirs = {row[:3]: row[3:] for row in rows(original.table, *names)}
    assert october[("3805", date(2022, 10, 1), "unemployed_persons")] == (408.0, "ok")
    assert october[("3805", date(2022, 10, 1), "unemployed_pct")] == (1.8, "ok")
    assert len(october) == 2 * 23
    assert all(theirs[key] == figure for key, figure in october.items())
    assert copied.notes["shares beside a hidden count hidden too"] == 2


def test_shares_of_two_months(shared: Path) -> None:
    path = shared / "upstream" / "nav" / "nav_no_public" / NAME
    reading = hovedtall.read(spec_of("nav/hovedtall_extract"), [Document(path, NAME)])
    names = ("region_code", "period_start", "measure", "value", "value_status")
    found = {row[:2]: row[3:] for row in rows(reading.table, *names) if row[1].year == 2023}
    assert found[("3805", date(2023, 1, 1))] == (2.4, "ok")
    assert found[("3805", date(2023, 2, 1))] == (2.3, "ok")
    assert found[("3823", date(2023, 1, 1))] == (None, "suppressed")
    assert len(found) == 2 * 23


@pytest.mark.parametrize(
    "row", [["3805", "Larvik", "4O8", "1,8"], ["3805", "Larvik", "408", "1.8 %"], ["3805", "Larvik", "", "1,8"]]
)
def test_a_cell_outside_the_grammar_is_named(tmp_path: Path, row: list[object]) -> None:
    path = write(tmp_path / "x.xlsx", {"Ledighet okt 2022": [["Antall", "Prosent_av_arbeidsstyrken"], row]})
    with pytest.raises(LayoutError, match=r"row 2 \(3805 Larvik\)"):
        hovedtall.read(spec_of("nav/hovedtall_extract"), [Document(path, path.name)])


def test_months_that_are_not_those_of_the_sheets_name(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", {"jan-mar 2023": [["x"], ["", "", "Januar", "Mars"], [3805, "Larvik", 1.0, 2.0]]})
    with pytest.raises(LayoutError, match="januar, februar, mars"):
        hovedtall.read(spec_of("nav/hovedtall_extract"), [Document(path, path.name)])
