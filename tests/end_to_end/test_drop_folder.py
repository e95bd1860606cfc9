"""The drop folder holds what its owner put there last: used, or told loudly, never a silent «unchanged»."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration.runs.decisions import decide_release
from tests.support.folder_runs import START, Folder
from tests.support.pipeline import Installation
from tests.support.small_tables import body_of, settlement
from tests.support.small_upstream import imdi_long

NAME = "imdi/k/bosatt_anmodede.csv"
COPIES = [
    "bosatt_anmodede (1).csv",
    "bosatt_anmodede - Kopi.csv",
    "bosatt_anmodede – Kopi.csv",
    "bosatt_anmodede 2024.csv",
    "bosatt_anmodede alle kommuner.csv",
    "bosatt_anmodede.csv.csv",
    "bosatt-anmodede.csv",
    "Kopi av bosatt_anmodede.csv",
]


def _body(settled: int) -> bytes:
    """Larvik's settlement of 2021 and 2022 as IMDi's long file has it."""
    return imdi_long({("3805", 2021): 35, ("3805", 2022): settled}).encode("latin-1")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_file_that_is_put_back_is_used_again(folder: Folder) -> None:
    """168, 170, and 168 put back with the date it had: what serves follows, and so does what served on a day."""
    first = folder.put(NAME, _body(168))
    dated = folder.day
    assert folder.run() == {first.name: "refreshed"}
    folder.put(NAME, _body(170))
    folder.run()
    assert folder.figure("3805", 2022) == 170
    between = folder.day
    folder.put(NAME, _body(168), dated)
    assert folder.run() == {first.name: "refreshed"}
    assert "put back in the folder" in folder.message(first.name)
    assert folder.figure("3805", 2022) == 168
    assert folder.figure("3805", 2022, as_of=between) == 170
    assert folder.run() == {first.name: "unchanged"}
    folder.put(NAME, _body(170))
    assert folder.run() == {first.name: "refreshed"} and folder.figure("3805", 2022) == 170


def test_a_file_put_back_that_loses_a_year_is_held_and_a_person_decides(folder: Folder) -> None:
    folder.put(NAME, _body(168))
    folder.run()
    longer = imdi_long({("3805", 2021): 35, ("3805", 2022): 168, ("3909", 2024): 58}).encode("latin-1")
    folder.put(NAME, longer)
    folder.run()
    was_in_use, between = folder.in_use(), folder.day
    folder.put(NAME, _body(168))
    assert folder.run() == {"bosatt_anmodede.csv": "held"}
    assert "years lost: 2024" in folder.message("bosatt_anmodede.csv")
    assert folder.in_use() == was_in_use
    assert folder.run() == {"bosatt_anmodede.csv": "held"}, "until somebody decides"
    release = str(folder.seen[0].release_id)
    decide_release(folder.workspace(), folder.dataset, release, "accepted")
    assert folder.in_use() == release
    assert folder.in_use(as_of=between) == was_in_use
    assert folder.in_use(as_of=START + timedelta(hours=12)) == release, "it was in use before it was replaced"


@pytest.mark.parametrize("age", [timedelta(days=900), timedelta(0)], ids=["older", "same-date"])
def test_a_file_in_the_place_of_another_is_newer_whatever_its_date(folder: Folder, age: timedelta) -> None:
    folder.put(NAME, _body(168))
    folder.run()
    folder.put(NAME, _body(170), START - age)
    assert folder.run() == {"bosatt_anmodede.csv": "refreshed"}
    assert folder.figure("3805", 2022) == 170
    assert folder.run() == {"bosatt_anmodede.csv": "unchanged"}


@pytest.mark.parametrize("name", COPIES)
def test_names_that_people_and_browsers_give_are_known(folder: Folder, name: str) -> None:
    folder.put(NAME, _body(168))
    folder.run()
    folder.put(f"imdi/k/{name}", _body(170))
    assert folder.run()[name] == "refreshed"
    assert folder.figure("3805", 2022) == 170
    states = folder.run()
    assert states == {name: "unchanged", "bosatt_anmodede.csv": "history"}
    assert f"older than {name}" in folder.message("bosatt_anmodede.csv")


@pytest.mark.parametrize("number", range(7))
def test_the_cases_of_file_names(folder: Folder, shared: Path, number: int) -> None:
    case = next((shared / "cases" / "file_names" / f"{number:02}").iterdir())
    folder.put(case.name, case.read_bytes())
    assert folder.run() == {case.name: "refreshed"}
    assert folder.figure("3805", 2022) == 168 + number


def test_an_older_file_beside_a_newer_one_is_held_until_somebody_decides(folder: Folder) -> None:
    folder.put(NAME, _body(170))
    folder.run()
    copy = "bosatt_anmodede (1).csv"
    folder.put(f"imdi/k/{copy}", _body(168), START - timedelta(days=9))
    for _ in range(2):
        assert folder.run()[copy] == "held"
        assert "is older than bosatt_anmodede.csv of 2025-03-01, which lies there too" in folder.message(copy)
    assert folder.figure("3805", 2022) == 170
    (folder.drop / NAME).unlink()
    assert folder.run() == {copy: "refreshed"}
    assert folder.figure("3805", 2022) == 168


def test_accepting_an_older_file_puts_it_to_use(folder: Folder) -> None:
    folder.put(NAME, _body(170))
    folder.run()
    copy = "bosatt_anmodede (1).csv"
    folder.put(copy, _body(168), START - timedelta(days=9))
    folder.run()
    release = next(str(o.release_id) for o in folder.seen if o.name == copy)
    decide_release(folder.workspace(), folder.dataset, release, "accepted")
    assert folder.figure("3805", 2022) == 168
    assert folder.run() == {copy: "unchanged", "bosatt_anmodede.csv": "history"}


def test_two_files_of_one_date_are_not_guessed_between(folder: Folder) -> None:
    """Copied together, so their file dates lie seconds apart and say nothing."""
    copy = "bosatt_anmodede (1).csv"
    folder.put(NAME, _body(168))
    folder.put(copy, _body(170), START + timedelta(seconds=2))
    for _ in range(2):
        assert folder.run() == {"bosatt_anmodede.csv": "held", copy: "held"}
        assert "claims the same dataset and date as" in folder.message(copy)
    assert folder.in_use() is None
    (folder.drop / copy).unlink()
    assert folder.run() == {"bosatt_anmodede.csv": "refreshed"}
    folder.put("bosatt_anmodede_igjen.csv", _body(168), START)
    assert folder.run() == {"bosatt_anmodede.csv": "unchanged", "bosatt_anmodede_igjen.csv": "unchanged"}, (
        "equal figures are no claim"
    )


def test_a_run_ends_in_1_and_the_board_tells_what_lies_there_unused(small: Installation, tmp_path: Path) -> None:
    """The whole way: run, closing table, exit code, the same on the next run, and the board."""
    shutil.copytree(small.data, tmp_path / "data", symlinks=True)
    installation = Installation(tmp_path / "data")
    drop = tmp_path / "extracts"
    shutil.copytree(small.data.parent / "extracts", drop)
    copy = drop / "imdi" / "k" / "bosatt_anmodede - Kopi.csv"
    changed = [
        line.replace(";2022;3805;;Faktisk bosetting;", ";2022;3805;;Faktisk bosetting;9") for line in settlement()
    ]
    copy.write_bytes(body_of(changed))
    shutil.copystat(drop / NAME, copy)
    for _ in range(2):
        answer = installation.call("run", "--extracts", str(drop))
        assert answer.returncode == 1
        said = "HOLDT TILBAKE imdi_bosatt_anmodede (bosatt_anmodede - Kopi.csv): gjelder samme datasett og dato"
        assert said in answer.stdout
        assert "\n  Ta i bruk: integrering releases accept imdi_bosatt_anmodede " in answer.stdout
        assert "Still published: release" in answer.stdout
    board = installation.call("status").stdout
    assert "HOLDT TILBAKE imdi_bosatt_anmodede" in board
