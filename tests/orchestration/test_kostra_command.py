"""`integrering private` as a person calls it: aggregates land, and no identifier of the input is anywhere afterwards.

Here: the command line. Not here: the stages inside (test_kostra_privacy) or what aggregates reveal (test_kostra_disclosure).
"""

from pathlib import Path

import pytest

from tests.sources.kostra.test_kostra_privacy import PEOPLE, canaries, place
from tests.support.kostra_files import write_accounts
from tests.support.pipeline import Installation

__all__ = ["place"]


def _traces(folder: Path) -> list[str]:
    found = []
    for path in [p for p in folder.rglob("*") if p.is_file()]:
        body = path.read_bytes()
        found += [path.name for canary in canaries() if canary in body]
    return found


def _call(place: Path, settled: str = "bosatte.csv") -> tuple[Installation, int, str]:
    folder, installation = place / "input", Installation(place / "data")
    files = ["--kostra", str(folder / "11F.dat"), "--kostra", str(folder / "11CF.dat")]
    answer = installation.call(
        "private", *files, "--settled", str(folder / settled), "--accounts", str(folder / "0A.dat")
    )
    return installation, answer.returncode, answer.stdout + answer.stderr


def test_aggregates_land_and_nobody_is_left_behind(place: Path) -> None:
    _, code, output = _call(place)
    assert code == 0, output
    assert "kostra_social_assistance_by_group: utgave" in output
    assert list((place / "data" / "landing" / "blobs").rglob("*"))
    assert _traces(place / "data") == []
    assert not any(canary in output.encode() for canary in canaries())


def test_a_year_that_was_read_is_replaced_or_purged_on_demand_only(place: Path) -> None:
    installation, code, _ = _call(place)
    assert code == 0
    _, again, refused = _call(place)
    assert again == 1
    assert "--replace" in refused
    done = installation.call("private", "purge", "--year", "2025")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3909, 2025: fjernet fra mottaket, kostra_social_assistance_by_group" in done.stdout
    assert not list((place / "data" / "landing" / "datasets").glob("kostra_social_assistance_by_group/*"))
    assert "ingen egne tall" in installation.call("private", "purge", "--year", "2024").stdout


@pytest.mark.parametrize("damage", ["date", "number"])
def test_a_refusal_names_the_line_and_no_person(place: Path, damage: str) -> None:
    listed = place / "input" / "bosatte.csv"
    text = listed.read_text(encoding="utf-8-sig")
    wrong = (
        text.replace("01.06.2023", "31.02.2023", 1) if damage == "date" else text.replace(PEOPLE[3], PEOPLE[3][:-1], 1)
    )
    assert wrong != text
    listed.write_text(wrong, encoding="utf-8")
    _, code, output = _call(place)
    assert code == 1
    assert "linje" in output
    assert not any(canary in output.encode() for canary in canaries())
    assert PEOPLE[3][:-1] not in output
    assert _traces(place / "data") == []


def test_a_file_that_is_not_there_is_refused_without_the_number_in_its_name(place: Path) -> None:
    (place / "input" / "bosatte.csv").rename(place / "input" / "liste.csv")
    _, code, output = _call(place, f"bosatte {PEOPLE[3]}.csv")
    assert code == 1
    assert "bosatte …" in output
    assert PEOPLE[3] not in output


def test_accounts_are_read_without_any_file_of_persons(tmp_path: Path) -> None:
    accounts = write_accounts(tmp_path / "0A.dat", 2025, [("281", "470", 4_000), ("275", "089", 900)])
    answer = Installation(tmp_path / "data").call("private", "--accounts", str(accounts))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "Regnskap 2025: 2 linjer lest, funksjoner funnet: 275, 281." in answer.stdout
    assert "kostra_accounts_expenditure: utgave" in answer.stdout


def test_attachments_without_the_list_of_settled_persons_are_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "11F.dat").write_text(" ")
    installation = Installation(tmp_path / "data")
    for options, words in ((["--kostra", str(tmp_path / "11F.dat")], "--settled"), ([], "--accounts")):
        answer = installation.call("private", *options)
        assert answer.returncode == 2
        assert words in answer.stdout + answer.stderr
