"""Files of the municipality that are refused: damaged lines, wrong lists, numbers of two persons. Never a value of theirs.

Here: what is refused, and in which words. Not here: the figures of good files (test_kostra_files.py).
"""

import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from sources.kostra.reading import settled as settled_list
from sources.kostra.reading.groups import group_lines
from sources.kostra.reading.records import read_attachment
from sources.kostra.reading.settled import read_settled, write_templates
from sources.kostra.refusal import PrivateFileError
from tests.support.kostra_files import (
    Recipient,
    duf,
    identities,
    layout_of,
    line_11f,
    write_11f,
    write_settled,
)
from tests.support.kostra_here import aggregates_here

PEOPLE = identities(60)
SHIPPED = Path(settled_list.__file__).parents[1] / "templates"
SECRET = PEOPLE[3]


def good_lines(year: int = 2025) -> list[str]:
    return [line_11f(year, Recipient(number, grants={1: 7_654_321}), n) for n, number in enumerate(PEOPLE[:6], start=1)]


def replaced(line: str, field: str, text: str, year: int = 2025) -> str:
    spec = layout_of("11F", year).checked_fields()[field]
    return line[: spec.at - 1] + text.rjust(spec.size)[: spec.size] + line[spec.end :]


def encoded(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("latin-1")


def damage(name: str) -> bytes:
    lines = good_lines()
    bad = {
        "short": [*lines[:3], lines[3][:-1], *lines[4:]],
        "shifted": [*lines[:3], lines[3][:30] + " " + lines[3][30:-1], *lines[4:]],
        "other_year": [line.replace("390925", "390931", 1) for line in lines],
        "mixed_years": [*lines[:3], "390926" + lines[3][6:], *lines[4:]],
        "old_layout": [line_11f(2024, Recipient(SECRET, grants={1: 5}), 1).replace("390924", "390925", 1)],
        "other_municipality": [*lines[:3], "3907" + lines[3][4:], *lines[4:]],
        "unknown_code": [*lines[:3], replaced(lines[3], "VKLO", "0"), *lines[4:]],
        "letters_in_amount": [*lines[:3], replaced(lines[3], "BIDRAG", "76O4321"), *lines[4:]],
        "blank_mandatory": [*lines[:3], replaced(lines[3], "KJONN", " "), *lines[4:]],
        "tabulator": [*lines[:3], replaced(lines[3], "BYDELSNR", "\t "), *lines[4:]],
        "same_person_twice": [*lines, replaced(lines[3], "PERSON_JOURNALNR", "99999999")],
        "no_month": [*lines[:3], replaced(replaced(lines[3], "STMND_1", "  "), "BIDRAG_1", " "), *lines[4:]],
        "no_date": [*lines[:3], replaced(lines[3], "FODSELSDATO", "31022000"), *lines[4:]],
    }
    if name == "utf8":
        return "\n".join([lines[0], replaced(lines[1], "PERSON_JOURNALNR", "Ærøskøb1")]).encode("utf-8")
    if name == "bom":
        return b"\xef\xbb\xbf" + encoded(lines)
    if name == "empty":
        return b""
    return encoded(bad[name])


DAMAGED = {
    "short": ("linje 4", "337 tegn"),
    "shifted": ("linje 4", "felt KJONN"),
    "other_year": ("felt VERSION", "kjent filbeskrivelse"),
    "mixed_years": ("linje 4", "felt VERSION"),
    "old_layout": ("recordlengden for 2025", "annet år"),
    "other_municipality": ("linje 4", "felt KOMMUNE_NR"),
    "unknown_code": ("linje 4", "felt VKLO"),
    "letters_in_amount": ("linje 4", "felt BIDRAG"),
    "blank_mandatory": ("linje 4", "felt KJONN"),
    "tabulator": ("linje 4", "styretegn"),
    "same_person_twice": ("linje 7", "samme mottaker som på linje 4"),
    "no_month": ("linje 4", "STMND"),
    "no_date": ("linje 4", "felt FODSELSDATO"),
    "utf8": ("ISO-8859-1", "UTF-8"),
    "bom": ("ISO-8859-1", "BOM"),
    "empty": ("tom fil", "KOSTRA-fil"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_refused_without_a_value_from_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / "11F.dat"
    path.write_bytes(damage(name))
    settled = write_settled(tmp_path / "b.csv", [(PEOPLE[0], "", "01.06.2023", "flyktning", "")])
    with pytest.raises(PrivateFileError) as refusal:
        aggregates_here([path], settled, municipality="3909")
    text = str(refusal.value)
    for expected in (*DAMAGED[name], "Gjør dette:"):
        assert expected in text, text
    assert_no_secret(refusal.value)


def assert_no_secret(error: BaseException) -> None:
    assert error.__cause__ is None
    assert error.__context__ is None
    for secret in (SECRET, SECRET[:6], "7654321", "76O4321", "31022000"):
        assert secret not in str(error)
        assert secret not in repr(error)


SETTLED_ROW = (SECRET, "", "01.06.2023", "flyktning", "")
BAD_LISTS: dict[str, tuple[tuple[str, str, str, str, str], str]] = {
    "check digits": (
        (SECRET[:-1] + str((int(SECRET[-1]) + 1) % 10), "", "01.06.2023", "flyktning", ""),
        "«fødselsnummer»",
    ),
    "duf": (("", "20211234", "01.06.2023", "flyktning", ""), "«duf-nummer»"),
    "no number": (("", "", "01.06.2023", "flyktning", ""), "minst ett"),
    "date": ((SECRET, "", "2023-13-01", "flyktning", ""), "«bosettingsdato»"),
    "category": ((SECRET, "", "01.06.2023", "turist", ""), "«kategori»"),
    "left before": ((SECRET, "", "01.06.2023", "flyktning", "01.06.2022"), "«flyttet ut»"),
    "twice": ((PEOPLE[0], "", "01.06.2023", "flyktning", ""), "samme nummer som på linje 2"),
}


@pytest.mark.parametrize("name", BAD_LISTS)
def test_a_wrong_list_is_refused_in_norwegian(name: str, tmp_path: Path) -> None:
    row, expected = BAD_LISTS[name]
    path = write_settled(tmp_path / "b.csv", [(PEOPLE[0], "", "01.06.2023", "flyktning", ""), row])
    with pytest.raises(PrivateFileError, match="linje 3") as refusal:
        read_settled(path)
    assert expected in str(refusal.value)
    assert_no_secret(refusal.value)


def test_a_list_without_the_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text(f"navn;nummer\nKari;{SECRET}\n", encoding="utf-8")
    with pytest.raises(PrivateFileError, match="bruk malen") as refusal:
        read_settled(path)
    assert_no_secret(refusal.value)


def test_a_list_with_names_is_refused(tmp_path: Path) -> None:
    path = write_settled(tmp_path / "b.csv", [SETTLED_ROW])
    path.write_text(path.read_text(encoding="utf-8").replace("flyttet ut\n", "flyttet ut;Navn\n"), encoding="utf-8")
    with pytest.raises(PrivateFileError, match="1 kolonner til") as refusal:
        read_settled(path)
    assert_no_secret(refusal.value)


def test_the_excel_template_filled_in_is_read_back(tmp_path: Path) -> None:
    plain, sheet = write_templates(tmp_path)
    for template in (plain, sheet):
        with pytest.raises(PrivateFileError, match="uten personer"):
            read_settled(template)
    filled = tmp_path / "filled.xlsx"
    workbook = xlsxwriter.Workbook(filled)
    page = workbook.add_worksheet()
    page.write_row(0, 0, ["Fødselsnummer", "DUF-nummer", "Bosettingsdato", "Kategori", "Flyttet ut"])
    page.write_number(1, 0, int(PEOPLE[0]))
    page.write_datetime(1, 2, date(2023, 6, 1), workbook.add_format({"num_format": "dd.mm.yyyy"}))
    page.write_string(1, 3, "Flyktning")
    page.write_row(2, 0, ["", duf(3), "02.07.2021", "enslig mindreårig", "01.01.2024"])
    workbook.close()
    settled = read_settled(filled)
    assert settled.identity.tolist() == [PEOPLE[0].encode(), b""]
    assert settled.duf.tolist() == [b"", duf(3).encode()]
    assert settled.settled_on.astype(str).tolist() == ["2023-06-01", "2021-07-02"]
    assert settled.category.tolist() == ["refugee", "unaccompanied_minor"]
    assert np.isnat(settled.left_on).tolist() == [True, False]


def test_the_templates_that_ship_are_those_the_reader_asks_for(tmp_path: Path) -> None:
    for made in write_templates(tmp_path):
        assert made.read_bytes() == (SHIPPED / made.name).read_bytes()


def test_two_numbers_that_point_to_two_persons_are_refused(tmp_path: Path) -> None:
    settled = read_settled(write_settled(tmp_path / "b", [SETTLED_ROW, ("", duf(1), "01.06.2023", "flyktning", "")]))
    path = write_11f(tmp_path / "a", 2025, [Recipient(SECRET, duf=duf(1), grants={1: 1})])
    records = read_attachment(path, "3909")
    assert records is not None
    with pytest.raises(PrivateFileError, match="to ulike personer") as refusal:
        group_lines(records, settled)
    assert_no_secret(refusal.value)


def test_a_file_of_one_space_means_nobody(tmp_path: Path) -> None:
    (tmp_path / "11F.dat").write_bytes(b" \r\n")
    settled = write_settled(tmp_path / "b.csv", [SETTLED_ROW])
    result = aggregates_here([tmp_path / "11F.dat"], settled, municipality="3909")
    assert set(result.tables) == {"kostra_file_receipt"}
    assert any("ingen mottakere" in message for message in result.messages)


def test_the_same_attachment_and_year_twice_is_refused(tmp_path: Path) -> None:
    people = [Recipient(number, grants={1: 100}) for number in PEOPLE[:9]]
    files = [write_11f(tmp_path / name, 2025, people) for name in ("a", "b")]
    with pytest.raises(PrivateFileError, match="11F 2025 to ganger"):
        aggregates_here(files, write_settled(tmp_path / "l.csv", [SETTLED_ROW]), municipality="3909")


@pytest.mark.parametrize("name", ["short", "unknown_code", "no_month", "blank_mandatory"])
def test_a_refusal_of_a_short_file_tells_no_number_of_lines(name: str, tmp_path: Path) -> None:
    path = tmp_path / "11F.dat"
    lines = damage(name).splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], lines[3], lines[1]]))
    settled = write_settled(tmp_path / "b.csv", [(PEOPLE[0], "", "01.06.2023", "flyktning", "")])
    with pytest.raises(PrivateFileError, match="på én eller flere linjer") as refusal:
        aggregates_here([path], settled)
    assert " av 3" not in str(refusal.value)
    path.write_bytes(b"".join(lines))
    with pytest.raises(PrivateFileError, match="på færre enn 5 av 6 linjer"):
        aggregates_here([path], settled)
    with pytest.raises(PrivateFileError, match="på én eller flere linjer"):
        aggregates_here([path], settled, threshold=7)


@pytest.mark.parametrize("name", [f"11F {SECRET}.dat", f"11F_{SECRET[:6]}-{SECRET[6:]}.dat", f"{duf(12)}.dat"])
def test_a_number_in_the_name_of_a_file_is_not_told(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    settled = write_settled(tmp_path / f"bosatte {SECRET}.csv", [SETTLED_ROW])
    for body, gone in ((damage("short"), False), (b"", False), (b"", True)):
        path.write_bytes(body)
        if gone:
            path.unlink()
        with pytest.raises(PrivateFileError, match="…") as refusal:
            aggregates_here([path], settled)
        assert_no_secret(refusal.value)
        assert duf(12) not in str(refusal.value)
    path.write_bytes(b" ")
    assert SECRET[6:] not in "\n".join(aggregates_here([path], settled).messages)
    settled.write_text("", encoding="utf-8")
    with pytest.raises(PrivateFileError, match=r"bosatte …\.csv"):
        read_settled(settled)


OUTSIDE = dict.fromkeys(("ZZZZZZZ2", "A4294967295", "A99999999999", "XFD1048576"), "en celle utenfor arket")


@pytest.mark.parametrize(
    ("reference", "told"),
    [*OUTSIDE.items(), ("B0", "ikke lar seg åpne"), ("XFE2", "fant ingen eller flere av: duf-nummer")],
)
def test_a_workbook_with_a_cell_out_of_range_is_refused(reference: str, told: str, tmp_path: Path) -> None:
    """The parser ends the process without a word on the first four; they must not reach it."""
    _, template = write_templates(tmp_path)
    damaged = tmp_path / "bosatte.xlsx"
    with zipfile.ZipFile(template) as archive, zipfile.ZipFile(damaged, "w") as target:
        for entry in archive.namelist():
            target.writestr(entry, archive.read(entry).replace(b'r="B1"', b'r="' + reference.encode() + b'"'))
    with pytest.raises(PrivateFileError, match=told):
        read_settled(damaged)


def test_an_error_in_a_cell_of_the_list_is_not_an_empty_cell(tmp_path: Path) -> None:
    """The parser gives #N/A as nothing: a person who has moved would have stayed."""
    workbook = xlsxwriter.Workbook(tmp_path / "bosatte.xlsx")
    page = workbook.add_worksheet()
    page.write_row(0, 0, ["Fødselsnummer", "DUF-nummer", "Bosettingsdato", "Kategori", "Flyttet ut"])
    page.write_row(1, 0, [SECRET, "", "01.06.2023", "flyktning"])
    page.write_formula(1, 4, "=NA()", None, "#N/A")
    workbook.close()
    with pytest.raises(PrivateFileError, match="linje 2, felt «flyttet ut»") as refusal:
        read_settled(tmp_path / "bosatte.xlsx")
    assert_no_secret(refusal.value)
