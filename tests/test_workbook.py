"""Workbooks from outside: what is read, and every way one can be a trap.

Here: sources/workbook.py. Not here: what the sheets of a publisher mean.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from sources import workbook
from sources.errors import LayoutError, NotOfKindError
from sources.workbook import SHEET_STEP, as_text, cell_name, is_workbook, open_workbook


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
    monkeypatch.setattr(workbook, "MAX_TOTAL_BYTES", 50_000)
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
    "name", ["../evil.xml", "/etc/evil.xml", "xl/../../evil.xml", "xl\\evil.xml", "C:/evil.xml", "a\nb"]
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
    with pytest.raises(LayoutError, match="cells in a sheet"):
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
