"""Reading the municipality's own files: hand-worked figures in every layout year.

Here: 11F, 11CF and accounts. Not here: refusals (test_kostra_refusals), hiding small figures (test_kostra_disclosure).
"""

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.kostra.aggregates import ALL, UNALLOCATED, YEAR, CellTable, Row, programme_cells, social_assistance_cells
from sources.kostra.reading import settled as settled_list
from sources.kostra.reading.accounts import expenditure_rows
from sources.kostra.reading.groups import GROUPS, group_lines
from sources.kostra.reading.identity import birth_year_and_day, is_identity_number
from sources.kostra.reading.municipality import codes_of
from sources.kostra.reading.records import read_accounts, read_attachment
from sources.kostra.reading.settled import SettledList, read_settled
from sources.kostra.refusal import PrivateFileError
from tests.support.kostra_files import (
    Participant,
    Recipient,
    duf,
    identities,
    layout_of,
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
SHIPPED = Path(settled_list.__file__).parents[1] / "templates"


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
