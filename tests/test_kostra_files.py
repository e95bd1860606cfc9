"""Reading the municipality's own files: hand-worked figures in every layout year, and clear refusals.

Here: 11F, 11CF, accounts and the list of settled persons. Not here: hiding small figures (test_kostra_disclosure).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.kostra import settled as settled_list
from sources.kostra.accounts import expenditure_rows
from sources.kostra.aggregates import ALL, UNALLOCATED, YEAR, CellTable, Row, programme_cells, social_assistance_cells
from sources.kostra.groups import GROUPS, group_lines
from sources.kostra.identity import birth_year_and_day, is_identity_number
from sources.kostra.municipality import codes_of
from sources.kostra.private import private_aggregates
from sources.kostra.records import read_accounts, read_attachment
from sources.kostra.refusal import PrivateFileError
from sources.kostra.settled import SettledList, read_settled, write_templates
from tests.kostra_files import (
    Participant,
    Recipient,
    duf,
    identities,
    layout_of,
    line_11f,
    random_recipients,
    record,
    synthetic_identity,
    write_11cf,
    write_11f,
    write_accounts,
    write_settled,
)

WITHIN, BEYOND, OTHER, LOOSE = GROUPS
YEARS = range(2022, 2027)
PEOPLE = identities(60)
SHIPPED = Path(settled_list.__file__).parent / "templates"


def code_in(year: int) -> str:
    """Larvik's number in a reporting year."""
    return "3805" if year < 2024 else "3909"


def cells_of(path: Path, settled: SettledList) -> CellTable:
    records = read_attachment(path, "3909")
    assert records is not None
    make = social_assistance_cells if records.layout.attachment == "11F" else programme_cells
    return make(records, group_lines(records, settled), settled)


def hand_worked_list(folder: Path, year: int) -> SettledList:
    rows = [
        (PEOPLE[0], "", f"15.03.{year}", "flyktning", ""),
        (PEOPLE[1], "", f"01.01.{year - 4}", "flyktning", ""),
        (PEOPLE[2], "", f"31.12.{year - 5}", "familiegjenforent", ""),
        (PEOPLE[3], "", f"01.02.{year + 1}", "flyktning", ""),
        ("", duf(7), f"01.06.{year - 1}", "kollektiv beskyttelse", ""),
        (PEOPLE[10], "", f"01.06.{year - 1}", "kollektiv beskyttelse", ""),
        (PEOPLE[11], "", f"01.06.{year - 1}", "flyktning", f"31.12.{year - 1}"),
    ]
    return read_settled(write_settled(folder / "bosatte.csv", rows))


@pytest.mark.parametrize(
    ("year", "codes"),
    [
        (2017, ["0712", "0709", "0728"]),
        (2019, ["3805", "0712"]),
        (2022, ["3805"]),
        (2023, ["3909", "3805"]),
        (2025, ["3909"]),
    ],
)
def test_the_numbers_larvik_reported_under(year: int, codes: list[str]) -> None:
    assert codes_of("3909", year) == codes


def test_a_file_under_the_number_of_its_year_is_read(tmp_path: Path) -> None:
    people = [Recipient(number, grants={1: 100}) for number in PEOPLE[:6]]
    old = read_attachment(write_11f(tmp_path / "old", 2022, people, "3805"), "3909")
    assert old is not None
    assert len(old) == 6
    with pytest.raises(PrivateFileError, match="kommunenummer 3909 på alle linjer"):
        read_attachment(write_11f(tmp_path / "new", 2025, people, "3805"), "3909")


@pytest.mark.parametrize("year", YEARS)
def test_social_assistance_of_seven_recipients_by_hand(year: int, tmp_path: Path) -> None:
    people = [
        Recipient(PEOPLE[0], grants={1: 10_000, 2: 11_000}, livelihood="6", children=True),
        Recipient(PEOPLE[1], grants={2: 5_000}, loans={3: 2_000}),
        Recipient(PEOPLE[2], grants={m: 1_000 for m in range(1, 13)}),
        Recipient(PEOPLE[3], grants={12: 400}),
        Recipient(PEOPLE[4], grants={2: 300}),
        Recipient("", grants={2: 70}),
        Recipient("", duf=duf(7), grants={1: 6, 2: 6}, year_grant=500),
    ]
    table = cells_of(write_11f(tmp_path / "11F.dat", year, people, code_in(year)), hand_worked_list(tmp_path, year))
    recipients, grant, loan = table.cells["recipients"], table.cells["grant"], table.cells["loan"]
    by_group = {group: recipients[Row(YEAR, group)].value for group in (*GROUPS, ALL)}
    assert by_group == {WITHIN: 3, BEYOND: 1, OTHER: 2, LOOSE: 1, ALL: 7}
    assert [recipients[Row(m, WITHIN)].value for m in (1, 2, 3, 4)] == [2, 3, 1, 0]
    assert grant[Row(YEAR, WITHIN)].value == 21_000 + 5_000 + 500
    assert grant[Row(2, WITHIN)].value == 16_000
    assert grant[Row(UNALLOCATED, WITHIN)].value == 500
    assert grant[Row(YEAR, ALL)].value == 39_270
    assert (loan[Row(3, WITHIN)].value, loan[Row(YEAR, BEYOND)].value) == (2_000, 0)
    assert (grant[Row(YEAR, WITHIN)].largest, grant[Row(YEAR, WITHIN)].second) == (21_000, 5_000)
    assert table.cells["person_months"][Row(YEAR, WITHIN)].value == 2 + 2 + 2
    assert recipients[Row(YEAR, WITHIN, "livelihood", "6")].value == 1
    assert recipients[Row(YEAR, WITHIN, "children", "with_children")].value == 1
    cohorts = {
        code: recipients[Row(YEAR, WITHIN, "settlement_year", str(code))].value for code in range(year - 4, year + 1)
    }
    assert cohorts == {year - 4: 1, year - 3: 0, year - 2: 0, year - 1: 1, year: 1}
    assert grant[Row(YEAR, WITHIN, "settlement_year", str(year))].value == 21_000
    settled = {code: table.cells["settled"][Row(YEAR, WITHIN, "settlement_year", str(code))].value for code in cohorts}
    assert settled == {year - 4: 1, year - 3: 0, year - 2: 0, year - 1: 2, year: 1}
    assert recipients[Row(YEAR, BEYOND, "category", "family_reunified")].value == 1


@pytest.mark.parametrize("year", YEARS)
def test_programme_by_hand(year: int, tmp_path: Path) -> None:
    people = [
        Participant(PEOPLE[0], [1, 2, 3], 60_000, had_introduction=True),
        Participant(PEOPLE[1], [12], 9_000, status="3", outcome="01"),
        Participant(PEOPLE[2], [], 0, status="2"),
        Participant(PEOPLE[5], [1], 20_000),
    ]
    table = cells_of(write_11cf(tmp_path / "11CF.dat", year, people, code_in(year)), hand_worked_list(tmp_path, year))
    assert table.cells["recipients"][Row(YEAR, WITHIN)].value == 2
    assert table.cells["benefit"][Row(YEAR, WITHIN)].value == 69_000
    assert table.cells["benefit"][Row(YEAR, ALL)].value == 89_000
    assert table.cells["recipients"][Row(1, ALL)].value == 2
    assert table.cells["person_months"][Row(YEAR, BEYOND)].value == 0
    assert table.cells["recipients"][Row(YEAR, WITHIN, "introduction_before", "with_introduction")].value == 1
    assert table.cells["recipients"][Row(YEAR, WITHIN, "outcome", "01")].value == 1
    assert table.cells["recipients"][Row(YEAR, ALL, "status", "3")].value == 1


def test_age_comes_from_the_birth_date_field_or_the_identity_number(tmp_path: Path) -> None:
    settled = hand_worked_list(tmp_path, 2024)
    young, old = synthetic_identity(date(2004, 5, 1), 0), synthetic_identity(date(1950, 5, 1), 0)
    people = [Recipient(young, grants={1: 1}), Recipient(old, grants={1: 1}), Recipient("", grants={1: 1})]
    recipients = cells_of(write_11f(tmp_path / "a", 2024, people), settled).cells["recipients"]
    found = {
        code: recipients[Row(YEAR, ALL, "age_band", code)].value for code in ("age_under_25", "age_67_plus", "unknown")
    }
    assert found == {"age_under_25": 1, "age_67_plus": 1, "unknown": 1}
    people = [Recipient("", grants={1: 1}, born="31121999")]
    recipients = cells_of(write_11f(tmp_path / "b", 2025, people), settled).cells["recipients"]
    assert recipients[Row(YEAR, ALL, "age_band", "age_25_44")].value == 1


def test_identity_numbers() -> None:
    numbers = np.array([*PEOPLE[:5], PEOPLE[0][:-1] + "0", "12345678901", "           ", "0101500000A"], dtype="S11")
    assert is_identity_number(numbers).tolist() == [True] * 5 + [PEOPLE[0].endswith("0")] + [False] * 3
    born = synthetic_identity(date(2001, 2, 3), 0)
    years, days = birth_year_and_day(np.array([born, "x"], dtype="S11"))
    assert (years.tolist(), days.tolist()) == ([2001, 0], [203, 0])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40))
def test_groups_and_months_add_up_to_the_file(seed: int, count: int) -> None:
    rng = random.Random(seed)
    year = rng.choice(list(YEARS))
    people = random_recipients(rng, PEOPLE[:count])
    for person in people:
        if rng.random() < 0.1:
            person.identity = ""
        if rng.random() < 0.1 and person.grants:
            person.year_grant = sum(person.grants.values()) + rng.randint(1, 900)
    rows = [(n, "", f"01.06.{year - rng.randint(-1, 8)}", "flyktning", "") for n in rng.sample(PEOPLE, 20)]
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        settled = read_settled(write_settled(Path(name) / "b.csv", rows))
        table = cells_of(write_11f(Path(name) / "a", year, people, code_in(year)), settled)
    assert table.cells["recipients"][Row(YEAR, ALL)].value == count
    in_file = {
        "grant": sum(sum(p.grants.values()) if p.year_grant is None else p.year_grant for p in people),
        "loan": sum(sum(p.loans.values()) for p in people),
    }
    for measure, total in in_file.items():
        cells = table.cells[measure]
        assert cells[Row(YEAR, ALL)].value == total
        for period in range(UNALLOCATED + 1):
            assert sum(cells[Row(period, group)].value for group in GROUPS) == cells[Row(period, ALL)].value
        for group in GROUPS:
            assert sum(cells[Row(m, group)].value for m in range(1, UNALLOCATED + 1)) == cells[Row(YEAR, group)].value
    recipients = table.cells["recipients"]
    for breakdown in ("livelihood", "age_band", "children"):
        for group in (*GROUPS, ALL):
            parts = [c.value for row, c in recipients.items() if (row.group, row.breakdown) == (group, breakdown)]
            assert sum(parts) == recipients[Row(YEAR, group)].value
    cohorts = [c.value for row, c in recipients.items() if row.breakdown == "settlement_year"]
    assert sum(cohorts) == recipients[Row(YEAR, WITHIN)].value


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
        private_aggregates([path], settled, municipality="3909")
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
    with pytest.raises(PrivateFileError, match="to ulike personer") as refusal:
        cells_of(path, settled)
    assert_no_secret(refusal.value)


def test_a_file_of_one_space_means_nobody(tmp_path: Path) -> None:
    (tmp_path / "11F.dat").write_bytes(b" \r\n")
    settled = write_settled(tmp_path / "b.csv", [SETTLED_ROW])
    result = private_aggregates([tmp_path / "11F.dat"], settled, municipality="3909")
    assert set(result.tables) == {"kostra_file_receipt"}
    assert any("ingen mottakere" in message for message in result.messages)


def test_the_same_attachment_and_year_twice_is_refused(tmp_path: Path) -> None:
    people = [Recipient(number, grants={1: 100}) for number in PEOPLE[:9]]
    files = [write_11f(tmp_path / name, 2025, people) for name in ("a", "b")]
    with pytest.raises(PrivateFileError, match="11F 2025 to ganger"):
        private_aggregates(files, write_settled(tmp_path / "l.csv", [SETTLED_ROW]), municipality="3909")


def test_accounts_by_hand(tmp_path: Path) -> None:
    lines = [
        ("275", "089", 8_123), ("275", "010", 4_000), ("275", "590", 77), ("275", "700", -1_500), ("275", "790", -100),
        ("275", "690", -23), ("275", "510", 999), ("281", "470", 40_000), ("281", "470", 500), ("281", "520", 300),
        ("281", "920", -50), ("254", "010", 1), ("242", "010", 9_000), ("242", "810", -9_500),
    ]  # fmt: skip
    records = read_accounts(write_accounts(tmp_path / "0A", 2025, lines), "3909")
    rows = {row["function_code"]: row for row in expenditure_rows(records, "3909")}
    assert set(rows) == {"242", "275", "281"}
    assert rows["275"]["gross_operating_nok"] == (8_123 + 4_000 + 77 - 100 - 23) * 1000
    assert rows["275"]["net_operating_nok"] == (8_123 + 4_000 + 77 - 1_500 - 100 - 23) * 1000
    assert (rows["275"]["benefit_nok"], rows["275"]["loan_nok"]) == (8_123_000, None)
    assert (rows["281"]["benefit_nok"], rows["281"]["loan_nok"]) == (40_500_000, 300_000)
    assert rows["242"]["net_operating_nok"] == -500_000
    assert {row["quarter"] for row in rows.values()} == {0}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda line: line[:7] + "390700" + line[13:], "felt region"),
        (lambda line: line[:39] + "   12,345", "felt belop"),
        (lambda line: "0B" + line[2:], "felt skjema"),
        (lambda line: line + " ", "49 tegn"),
    ],
)
def test_damaged_accounts_are_refused(change: Callable[[str], str], expected: str, tmp_path: Path) -> None:
    path = write_accounts(tmp_path / "0A", 2025, [("275", "089", 10)])
    line = path.read_text(encoding="latin-1").rstrip("\r\n")
    path.write_text(change(line) + "\n", encoding="latin-1")
    with pytest.raises(PrivateFileError, match=expected):
        read_accounts(path, "3909")


def test_record_writer_of_the_tests_fills_the_whole_record() -> None:
    assert len(record(layout_of("11F", 2026), {})) == 338
