"""A bad file holds or fails its own dataset only: the run says so, exits 1, and the published release stays as it was."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from tests.pipeline import Installation

HEADER = "Enhet;År;Kommunenummer;Kommune;Bosetting;Antall"


def settlement(rows: int = 356 * 3) -> list[str]:
    """A settlement table of Larvik over many years, as IMDi writes it."""
    measures = ("Anmodning om bosetting", "Vedtak om bosetting", "Faktisk bosetting")
    years = range(2020, 2024)
    lines = [f"Personer;{year};{code};;{name};{20 + year % 7}" for year in years for code in (3805, 3803, 3804) for name in measures]
    return [HEADER, *lines[:rows]]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with one good release; every test must leave it as it found it."""
    folder = tmp_path_factory.mktemp("bad_files")
    _write(folder / "extracts", settlement(), day=1)
    made = Installation(folder / "data")
    answer = made.call("run", "--extracts", str(folder / "extracts"))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    yield made


def _write(folder: Path, lines: list[str] | bytes, day: int, name: str = "imdi/k/bosatt_anmodede.csv") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    body = lines if isinstance(lines, bytes) else ("\n".join(lines) + "\n").encode("latin-1")
    path.write_bytes(body)
    stamp = time.mktime((2024, 1, day, 12, 0, 0, 0, 0, 0))
    os.utime(path, (stamp, stamp))


def _fingerprint(installation: Installation) -> dict[str, str]:
    release = installation.data / "releases" / installation.release
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(release.rglob("*")) if p.is_file()}


def _unknown_column() -> bytes:
    lines = settlement()
    return ("\n".join([lines[0] + ";Farge", *[line + ";blå" for line in lines[1:]]]) + "\n").encode("latin-1")


CASES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "unknown column": (_unknown_column, "failed", "Farge"),
    "html page": (lambda: b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "failed", "HTML"),
    "truncated": (lambda: "\n".join(settlement()).encode("latin-1")[:-7], "failed", "line"),
    "utf-8": (lambda: ("\n".join(settlement()) + "\n").encode("utf-8"), "failed", "UTF-8"),
    "half the rows": (lambda: ("\n".join(settlement(18)) + "\n").encode("latin-1"), "held", "rows fell from 36 to 18"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_stops_only_its_own_dataset(installation: Installation, tmp_path: Path, case: str) -> None:
    body, state, words = CASES[case]
    before = _fingerprint(installation)
    _write(tmp_path, body(), day=9)
    answer = installation.call("run", "--extracts", str(tmp_path))
    assert answer.returncode == 1, answer.stdout
    assert f"{state.upper()} imdi_bosatt_anmodede" in answer.stdout
    assert words in answer.stdout
    assert "Next:" in answer.stdout
    assert _fingerprint(installation) == before


def test_an_open_reader_keeps_its_release_while_a_new_one_is_published(installation: Installation, tmp_path: Path) -> None:
    file = (installation.data / "published" / "integrering.duckdb").resolve()
    ask = "select settled_persons from marts.fct_settlement where region_code = '3909' and year = 2023"
    with duckdb.connect(str(file), read_only=True) as reader:
        assert reader.execute(ask).fetchone() == (20 + 2023 % 7,)
        grown = [line.replace(";20", ";99") if ";2023;" not in line else line[: line.rindex(";")] + ";77" for line in settlement()]
        _write(tmp_path, grown, day=20)
        before = installation.release
        answer = installation.call("run", "--extracts", str(tmp_path))
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert installation.release != before
        assert reader.execute(ask).fetchone() == (20 + 2023 % 7,)
    assert installation.column(ask) == ["77"]


def test_rollback_points_readers_to_the_release_before(installation: Installation) -> None:
    listed = installation.call("releases", "list").stdout.splitlines()
    first = listed[0].split()[-0 if not listed[0].startswith("*") else 1]
    answer = installation.call("releases", "rollback", first)
    assert answer.returncode == 0, answer.stderr
    assert installation.release == first
    assert installation.call("releases", "rollback", "000099-00000000").returncode == 1
