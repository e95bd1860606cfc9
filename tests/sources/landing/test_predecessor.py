"""One rule for the release that another would replace: whole, partial, whole; long, wide, long; and cut files."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sources.landing.predecessor import was_accepted
from sources.landing.store import Decision
from tests.support.folder_runs import Folder

LONG = "imdi/long/k_bosatt_anmodede_1995-2023.csv"
WIDE = "imdi/wide/k_bosatt_anmodede_2022_vintage2_sep.csv"
SIX = ("3909", "3907", "3905", "3903", "3901", "3911", "3805", "3804", "3803", "3802", "3801", "3811")
"""The municipalities of Vestfold of today and their codes of 2020-2023: what a controller ticks on the website."""


def _changed(body: bytes, factor: float, years: Iterable[int] | None = None) -> bytes:
    """A long file with the figures of some years multiplied; figures in per cent too, as a slip of a script would."""
    wanted = None if years is None else {str(year).encode() for year in years}
    lines = []
    for line in body.split(b"\n"):
        cells = line.split(b";")
        figure = cells[-1].strip(b"\r")
        if figure.isdigit() and (wanted is None or cells[1].strip(b'"') in wanted):
            cells[-1] = str(round(int(figure) * factor)).encode() + cells[-1][len(figure) :]
        lines.append(b";".join(cells))
    return b"\n".join(lines)


def _only(body: bytes, keep: Iterable[str] = (), *, years: Iterable[int] = ()) -> bytes:
    """The header and the lines of some municipality codes or years."""
    header, *lines = body.split(b"\n")
    codes, wanted = {code.encode() for code in keep}, {str(year).encode() for year in years}
    kept = [
        line
        for line in lines
        if (cells := line.split(b";"))
        and len(cells) > 2
        and (cells[2].strip(b'"') in codes or cells[1].strip(b'"') in wanted)
    ]
    return b"\n".join([header, *kept, b""])


@pytest.fixture
def long(upstream: Path) -> bytes:
    return (upstream / LONG).read_bytes()


@pytest.mark.parametrize("fault", ["doubled", "fifteen years gone"])
def test_a_partial_download_between_two_whole_ones_opens_no_door(tmp_path: Path, long: bytes, fault: str) -> None:
    """Larvik settled 168 in 2022 (IMDi). After the whole file six municipalities are downloaded, then a faulty whole one."""
    folder = Folder(tmp_path)
    name = "imdi/k/bosatt_anmodede.csv"
    folder.put(name, long)
    assert folder.run() == {"bosatt_anmodede.csv": "refreshed"}
    assert folder.figure("3805", 2022) == 168

    folder.put("vestfold/bosatt_anmodede_seks.csv", _only(long, SIX))
    assert folder.run() == {"bosatt_anmodede.csv": "unchanged", "bosatt_anmodede_seks.csv": "not_used"}
    assert "covers less than what is in use" in folder.message("bosatt_anmodede_seks.csv")

    faulty = _changed(long, 2) if fault == "doubled" else _only(long, years=range(2010, 2024))
    folder.put(name, faulty)
    assert folder.run()["bosatt_anmodede.csv"] == "held"
    wanted = "total went from" if fault == "doubled" else "years lost: 1995-2009"
    assert wanted in folder.message("bosatt_anmodede.csv")
    assert folder.figure("3805", 2022) == 168


def test_another_form_between_two_of_one_form_opens_no_door(tmp_path: Path, upstream: Path, long: bytes) -> None:
    """The whole file, the website's wide file of the same table, then the whole file halved."""
    folder = Folder(tmp_path, day=datetime(2022, 9, 1, tzinfo=UTC))
    long = _only(long, years=range(1995, 2023))
    folder.put("k/bosatt_anmodede.csv", long)
    folder.run()
    wide = (upstream / WIDE).read_bytes()
    folder.put("nettsted/bosatt_anmodede_alle.csv", wide)
    states = folder.run()
    folder.put("k/bosatt_anmodede.csv", _changed(long, 0.5, range(1995, 2022)))
    assert folder.run()["bosatt_anmodede.csv"] == "held", states
    assert "total went from" in folder.message("bosatt_anmodede.csv")


def test_years_are_compared_across_forms(tmp_path: Path, upstream: Path, long: bytes) -> None:
    folder = Folder(tmp_path, day=datetime(2022, 9, 1, tzinfo=UTC))
    folder.put("nettsted/bosatt_anmodede.csv", (upstream / WIDE).read_bytes())
    assert folder.run() == {"bosatt_anmodede.csv": "refreshed"}
    folder.put("nettsted/bosatt_anmodede.csv", _only(long, years=range(2010, 2023)))
    assert folder.run() == {"bosatt_anmodede.csv": "held"}
    assert "years lost: 1995-2009" in folder.message("bosatt_anmodede.csv")


def test_a_cut_first_file_is_held_against_what_every_whole_file_holds(tmp_path: Path, long: bytes) -> None:
    """T8: three of four measures gone, or the last years, in the first file of a new installation."""
    header, *lines = long.split(b"\n")
    settled = b"\n".join([header, *(line for line in lines if b"Vedtak om bosetting" in line), b""])
    for number, (body, reason) in enumerate(
        [
            (settled, "no figure of requested, settled, which every whole file holds"),
            (_only(long, years=range(1995, 2020)), "years 2020-2022 are missing"),
        ]
    ):
        folder = Folder(tmp_path / str(number))
        folder.put("bosatt_anmodede.csv", body)
        assert folder.run() == {"bosatt_anmodede.csv": "held"}
        assert reason in folder.message("bosatt_anmodede.csv")
        assert folder.in_use() is None


def test_a_first_download_of_some_municipalities_says_how_many(tmp_path: Path, long: bytes) -> None:
    folder = Folder(tmp_path)
    folder.put("bosatt_anmodede.csv", _only(long, SIX))
    assert folder.run() == {"bosatt_anmodede.csv": "refreshed"}
    assert "dekker 6 av 356 kommuner" in folder.seen[0].remark


def test_what_was_decided_before_is_known_as_of_then() -> None:
    day = datetime(2025, 1, 1, tzinfo=UTC)
    gate = Decision(state="accepted", decided_at=day)
    rejected = Decision(state="rejected", decided_at=day + timedelta(days=5), decided_by="person", earlier=[gate])
    again = Decision(
        state="accepted", decided_at=day + timedelta(days=9), decided_by="person", earlier=[gate, rejected]
    )
    assert [was_accepted(again, day + timedelta(days=n)) for n in (0, 4, 6, 9)] == [True, True, False, True]
    assert not was_accepted(rejected, None)
    assert was_accepted(again, None)
