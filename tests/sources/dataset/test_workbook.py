"""Workbooks from outside: what is read, and every way one can be a trap.

Here: sources/dataset/workbook.py. Not here: what the sheets of a publisher mean.
"""

import io
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from sources.dataset import workbook_parts
from sources.dataset.workbook import (
    CHART_SHEETS,
    SHEET_STEP,
    Unreadable,
    as_text,
    cell_name,
    is_workbook,
    open_workbook,
    refuse_unreadable,
)
from sources.errors import LayoutError, NotOfKindError, ValueGrammarError


def make(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """A plain workbook."""
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return path


def changed(
    path: Path, target: Path, replace: dict[str, bytes] | None = None, add: dict[str, bytes] | None = None
) -> Path:
    """A copy of a workbook with members replaced or added."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, (replace or {}).get(entry.filename, old.read(entry)))
        for name, body in (add or {}).items():
            new.writestr(name, body)
    return target


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return make(tmp_path / "plain.xlsx", {"A": [["kode", "tall"], ["0301", 5], ["", 2.5]], "B": [["x"]]})


def test_rows_are_text_numbers_and_nothing(plain: Path) -> None:
    first, second = open_workbook(plain)
    assert (first.name, first.number, second.name, second.number) == ("A", 1, "B", 2)
    assert first.rows == [["kode", "tall"], ["0301", 5.0], [None, 2.5]]
    assert [as_text(cell) for cell in first.rows[1]] == ["0301", "5"]


def test_a_cell_is_named_as_excel_names_it(plain: Path) -> None:
    second = open_workbook(plain)[1]
    assert second.place(0) == 2 * SHEET_STEP + 1
    assert cell_name(1, second.place(0)) == "sheet 2, cell A1"
    assert cell_name(12, 3 * SHEET_STEP + 28) == "sheet 3, cell AB12"


def test_a_zip_bomb_is_stopped_by_its_ratio(plain: Path, tmp_path: Path) -> None:
    bomb = b"<worksheet>" + b" " * (40 * 1024 * 1024) + b"</worksheet>"
    path = changed(plain, tmp_path / "bomb.xlsx", {"xl/worksheets/sheet1.xml": bomb})
    assert path.stat().st_size < 100_000
    with pytest.raises(LayoutError, match="grows more than 150 times"):
        open_workbook(path)


def test_a_zip_that_lies_about_its_size_is_stopped_by_what_comes_out(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_parts, "MAX_TOTAL_BYTES", 50_000)
    body = b"<worksheet>" + bytes(range(32, 60)) * 4000 + b"</worksheet>"
    path = changed(plain, tmp_path / "large.xlsx", {"xl/worksheets/sheet1.xml": body})
    with pytest.raises(LayoutError, match="bytes unpacked"):
        open_workbook(path)


def test_too_many_members(plain: Path, tmp_path: Path) -> None:
    path = changed(plain, tmp_path / "many.xlsx", add={f"xl/x{n}.xml": b"<x/>" for n in range(2_001)})
    with pytest.raises(LayoutError, match="at most 2000 members"):
        open_workbook(path)


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
        b"<! doctype x>",
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entities_are_refused(plain: Path, tmp_path: Path, declaration: bytes) -> None:
    body = b'<?xml version="1.0" encoding="UTF-8"?>' + declaration + b"<sst/>"
    path = changed(plain, tmp_path / "entities.xlsx", {"xl/sharedStrings.xml": body})
    with pytest.raises(NotOfKindError, match="document type or entity"):
        open_workbook(path)


def test_xml_in_another_encoding_cannot_hide_a_declaration(plain: Path, tmp_path: Path) -> None:
    body = "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE x><sst/>".encode("utf-16")
    with pytest.raises(NotOfKindError, match="another encoding"):
        open_workbook(changed(plain, tmp_path / "utf16.xlsx", {"xl/sharedStrings.xml": body}))


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/etc/evil.xml", "xl/../../evil.xml", "..\\evil.xml", "C:/evil.xml", "a\nb"]
)
def test_member_names_that_lead_elsewhere(plain: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(NotOfKindError, match="a member named"):
        open_workbook(changed(plain, tmp_path / "path.xlsx", add={name: b"x"}))


@pytest.mark.parametrize(
    "name", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/embeddings/object.bin", "xl/activeX/a.bin"]
)
def test_macros_and_embedded_objects(plain: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(NotOfKindError, match="macros or embedded"):
        open_workbook(changed(plain, tmp_path / "macro.xlsx", add={name: b"x"}))


def test_a_macro_workbook_by_its_content_type(plain: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(plain) as archive:
        types = archive.read("[Content_Types].xml").replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )
    with pytest.raises(NotOfKindError, match="declares macros"):
        open_workbook(changed(plain, tmp_path / "macro.xlsx", {"[Content_Types].xml": types}))


def test_external_links_are_not_followed(plain: Path, tmp_path: Path) -> None:
    links = {"xl/externalLinks/externalLink1.xml": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x"><externalLink/>'}
    sheets = open_workbook(changed(plain, tmp_path / "links.xlsx", add=links))
    assert sheets[0].rows[1] == ["0301", 5.0]


def test_two_members_of_one_name(plain: Path, tmp_path: Path) -> None:
    with pytest.raises(NotOfKindError, match="two members of one name"):
        open_workbook(changed(plain, tmp_path / "two.xlsx", add={"xl/Workbook.xml": b"<workbook/>"}))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<!DOCTYPE html><html></html>", "not a zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old .xls"),
        (b"", "not a zip"),
        (b"PK\x03\x04" + b"\0" * 40, "damaged"),
    ],
)
def test_other_bytes_under_the_name_of_a_workbook(tmp_path: Path, body: bytes, found: str) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(body)
    with pytest.raises(NotOfKindError, match=found):
        open_workbook(path)


def test_a_workbook_cut_short(plain: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.xlsx"
    path.write_bytes(plain.read_bytes()[:-200])
    with pytest.raises(NotOfKindError, match="damaged"):
        open_workbook(path)


def test_another_kind_of_zip(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(NotOfKindError, match="without a workbook"):
        open_workbook(path)


def test_a_lone_cell_far_away_is_not_read_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write(0, 0, 1)
    sheet.write(1_048_575, 16_383, 1)
    book.close()
    with pytest.raises(LayoutError, match="cells in all sheets"):
        open_workbook(path)


def test_the_error_names_the_file_as_people_call_it(tmp_path: Path) -> None:
    path = tmp_path / "0123abcd"
    path.write_bytes(b"<html>")
    with pytest.raises(NotOfKindError) as caught:
        open_workbook(path, "HL060.xlsx")
    assert caught.value.where == "HL060.xlsx"
    assert str(tmp_path) not in str(caught.value)


def test_only_the_first_bytes_tell() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", "b")
    assert is_workbook(buffer.getvalue())
    assert not is_workbook(b"region;2021")


def renamed(path: Path, target: Path, name_of: Callable[[str], str], texts: dict[bytes, bytes]) -> Path:
    """A copy of a workbook as another program lays it out: other member names, and its own references to them."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            body = old.read(entry)
            for before, after in texts.items():
                body = body.replace(before, after)
            new.writestr(name_of(entry.filename), body)
    return target


def with_sheet(plain: Path, target: Path, rows: str) -> Path:
    """A copy whose first sheet holds these rows."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    body = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    return changed(plain, target, {"xl/worksheets/sheet1.xml": body})


@pytest.mark.parametrize("shown", ["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!"])
def test_an_error_is_no_empty_cell_and_is_named(plain: Path, tmp_path: Path, shown: str) -> None:
    rows = f'<row r="7"><c r="B7" t="e"><f>1/0</f><v>{shown}</v></c><c r="C7"><v>3</v></c></row>'
    path = with_sheet(plain, tmp_path / "error.xlsx", rows)
    with pytest.raises(ValueGrammarError, match=f"HL060.xlsx, sheet 'A', cell B7: .*{shown}"):
        refuse_unreadable(open_workbook(path, "HL060.xlsx")[0].rows[6][1], "HL060.xlsx")


def test_an_error_where_nobody_looks_stops_nothing(plain: Path, tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>3</v></c><c r="D1" t="e"><v>#DIV/0!</v></c></row><row r="9"><c t="e"><v>#N/A</v></c></row>'
    sheet = open_workbook(with_sheet(plain, tmp_path / "owner.xlsx", rows))[0]
    assert [len(row) for row in sheet.rows] == [4] * 9
    assert sheet.rows[0][0] == 3 and isinstance(sheet.rows[0][3], Unreadable)
    assert isinstance(sheet.rows[8][0], Unreadable) and sheet.rows[8][0].cell == "A9"


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN"])
def test_a_number_without_a_value_is_no_figure(plain: Path, tmp_path: Path, number: str) -> None:
    path = with_sheet(plain, tmp_path / "inf.xlsx", f'<row r="1"><c r="A1"><v>{number}</v></c></row>')
    try:
        cell = open_workbook(path)[0].rows[0][0]
    except NotOfKindError:
        return
    assert isinstance(cell, Unreadable)


def test_a_chart_sheet_is_left_out_and_counted(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "charts.xlsx")
    book.add_worksheet("Tall").write_row(0, 0, ["a", 1])
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Tall!$B$1:$B$1"})
    book.add_chartsheet("Diagram1").set_chart(chart)
    book.add_worksheet("Mer").write_row(0, 0, ["b", 2])
    book.close()
    notes: Counter[str] = Counter()
    sheets = open_workbook(tmp_path / "charts.xlsx", notes=notes)
    assert [(sheet.name, sheet.number, sheet.rows) for sheet in sheets] == [
        ("Tall", 1, [["a", 1.0]]),
        ("Mer", 2, [["b", 2.0]]),
    ]
    assert notes == {CHART_SHEETS: 1}


@pytest.mark.parametrize(
    ("name_of", "texts"),
    [
        (lambda name: name.replace("sharedStrings", "SharedStrings"), {b"sharedStrings.xml": b"SharedStrings.xml"}),
        (lambda name: name.replace("xl/worksheets", "xl/sheets"), {b"worksheets/sheet": b"sheets/sheet"}),
        (lambda name: name.replace("/", "\\"), {}),
        (lambda name: name.replace("xl/", "excel/"), {b'"xl/': b'"/excel/', b"/xl/": b"/excel/"}),
        (lambda name: name.upper() if name.startswith("xl/worksheets/sheet") else name, {}),
        (lambda name: name.replace("workbook.xml", "Mappe1.xml"), {b"workbook.xml": b"Mappe1.xml"}),
    ],
    ids=[
        "capitals",
        "another folder",
        "backslashes",
        "another root",
        "letters of another case",
        "another workbook name",
    ],
)
def test_parts_are_found_by_their_relationships(
    plain: Path, tmp_path: Path, name_of: Callable[[str], str], texts: dict[bytes, bytes]
) -> None:
    first, second = open_workbook(renamed(plain, tmp_path / "other.xlsx", name_of, texts))
    assert first.rows == [["kode", "tall"], ["0301", 5.0], [None, 2.5]]
    assert (second.name, second.rows) == ("B", [["x"]])


def test_what_a_sheet_claims_of_its_size_costs_nothing(plain: Path, tmp_path: Path) -> None:
    """A column formatted to the end: a million rows and cells that hold nothing, and a dimension to match."""
    far = "".join(f'<row r="{n}" s="3"><c r="XFD{n}" s="3"/></row>' for n in range(1_048_000, 1_048_577))
    path = with_sheet(plain, tmp_path / "claims.xlsx", '<row r="1"><c r="B1"><v>5</v></c></row>' + far)
    claimed = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
    )
    with zipfile.ZipFile(path) as archive:
        body = archive.read("xl/worksheets/sheet1.xml").split(b">", 1)[1]
    path = changed(path, tmp_path / "claims too.xlsx", {"xl/worksheets/sheet1.xml": claimed + body})
    tracemalloc.start()
    assert open_workbook(path)[0].rows == [[None, 5.0]]
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_many_sheets_together_stay_under_the_cap(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "many.xlsx")
    for _ in range(3):
        book.add_worksheet().write(399_999, 4, 1)
    book.close()
    with pytest.raises(LayoutError, match="cells in all sheets"):
        open_workbook(tmp_path / "many.xlsx")


def test_one_long_text_shown_in_many_cells_is_counted_each_time(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_parts, "MAX_TEXT_BYTES", 10_000)
    texts = b"<sst><si><t>" + b"x" * 3_000 + b"</t></si></sst>"
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 5))
    path = with_sheet(plain, tmp_path / "texts.xlsx", rows)
    with pytest.raises(LayoutError, match="bytes of text"):
        open_workbook(changed(path, tmp_path / "long.xlsx", {"xl/sharedStrings.xml": texts}))


def test_damage_inside_a_member_is_a_damaged_workbook(plain: Path, tmp_path: Path) -> None:
    """Bytes that the zip's own directory does not tell of: each ends in the typed error or in the same cells."""
    body, whole = plain.read_bytes(), open_workbook(plain)
    for place in range(0, len(body), 7):
        path = tmp_path / "bent.xlsx"
        path.write_bytes(body[:place] + bytes([body[place] ^ 0x41]) + body[place + 1 :])
        try:
            assert open_workbook(path) == whole
        except (NotOfKindError, LayoutError):
            continue


@pytest.mark.parametrize("reference", [b"ZZZZZZZ2", b"A4294967295", b"A99999999999"])
def test_a_cell_out_of_any_sheet_is_refused_and_does_not_end_the_process(reference: bytes, tmp_path: Path) -> None:
    """The parser aborts on such a reference, which no exception handler sees."""
    whole, damaged = tmp_path / "whole.xlsx", tmp_path / "damaged.xlsx"
    book = xlsxwriter.Workbook(whole)
    book.add_worksheet().write_row(0, 0, ["kommune", "antall"])
    book.close()
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(damaged, "w") as target:
        for name in archive.namelist():
            target.writestr(name, archive.read(name).replace(b'r="B1"', b'r="' + reference + b'"'))
    with pytest.raises(LayoutError):
        open_workbook(damaged)
