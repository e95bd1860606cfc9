"""A bad file holds or fails its own dataset only: the run says so, exits 1, and the published release stays as it was."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.pipeline import Installation

K = "Enhet;År;Kommunenummer;Kommune"
HEADERS = {
    "bosatt_anmodede": f"{K};Bosetting;Antall",
    "flyktning_botid_flytting": f"{K};Sekundærflytting;Botid i Norge;Antall",
    "befolkning_innvandringsgrunn": f"{K};Innvandringsgrunn;Kjønn;Antall",
    "intro_deltakere": f"{K};Kjønn;Antall",
    "befolkning_hovedgruppe": f"{K};Bakgrunn;Kjønn;Antall",
}
LABELS = {
    "bosatt_anmodede": ("Anmodning om bosetting", "Vedtak om bosetting", "Faktisk bosetting"),
    "flyktning_botid_flytting": ("alle;Alle", "Bosatt her;Alle", "Flyttet hit;Alle"),
    "befolkning_innvandringsgrunn": ("Alle;Alle", "Arbeidsinnvandrere;Alle", "Uoppgitt;Alle"),
    "intro_deltakere": ("Alle", "Kvinner", "Menn"),
    "befolkning_hovedgruppe": ("Hele befolkningen;Alle", "Innvandrere;Kvinner", "Innvandrere;Menn"),
}


def table(name: str, rows: int = 36) -> list[str]:
    """A small table of three municipalities over four years, as IMDi writes it: 36 lines under the header."""
    places, years = (3805, 3803, 3804), range(2020, 2024)
    lines = [f"Personer;{y};{code};;{labels};{20 + y % 7}" for y in years for code in places for labels in LABELS[name]]
    return [HEADERS[name], *lines[:rows]]


def settlement() -> list[str]:
    return table("bosatt_anmodede")


def _body(lines: list[str], encoding: str = "latin-1") -> bytes:
    return ("\n".join(lines) + "\n").encode(encoding)


def _write(folder: Path, name: str, body: bytes, day: int) -> None:
    path = folder / "imdi" / "k" / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    stamp = time.mktime((2024, 1, day, 12, 0, 0, 0, 0, 0))
    os.utime(path, (stamp, stamp))


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with one good release of five datasets."""
    folder = tmp_path_factory.mktemp("bad_files")
    for name in HEADERS:
        _write(folder / "extracts", name, _body(table(name)), day=1)
    made = Installation(folder / "data")
    answer = made.call("run", "--extracts", str(folder / "extracts"))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return made


def _fingerprint(installation: Installation) -> dict[str, str]:
    release = installation.data / "releases" / installation.release
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(release.rglob("*")) if p.is_file()}


def test_a_bad_file_stops_only_its_own_dataset(installation: Installation, tmp_path: Path) -> None:
    coloured = [line + (";Farge" if n == 0 else ";blå") for n, line in enumerate(table("befolkning_innvandringsgrunn"))]
    bad = {
        "bosatt_anmodede": (_body(table("bosatt_anmodede", rows=18)), "HELD", "rows fell from 36 to 18"),
        "flyktning_botid_flytting": (b"<!DOCTYPE html><html>502 Bad Gateway</html>", "FAILED", "HTML"),
        "befolkning_innvandringsgrunn": (_body(coloured), "FAILED", "Farge"),
        "intro_deltakere": (_body(table("intro_deltakere"))[:-9], "FAILED", "line"),
        "befolkning_hovedgruppe": (_body(table("befolkning_hovedgruppe"), "utf-8"), "FAILED", "UTF-8"),
    }
    for name, (body, _, _) in bad.items():
        _write(tmp_path, name, body, day=9)
    before = _fingerprint(installation)
    answer = installation.call("run", "--extracts", str(tmp_path))
    assert answer.returncode == 1, answer.stdout
    for name, (_, state, words) in bad.items():
        message = next(line for line in answer.stdout.splitlines() if line.startswith(f"{state} imdi_{name} "))
        assert words in message
        assert "Next:" in message
    assert "1 held, 4 failed" in answer.stdout
    assert _fingerprint(installation) == before


def test_an_open_reader_keeps_its_release_while_a_new_one_is_published(
    installation: Installation, tmp_path: Path
) -> None:
    file = (installation.data / "published" / "integrering.duckdb").resolve()
    ask = "select settled_persons from marts.fct_settlement where region_code = '3909' and year = 2023"
    with duckdb.connect(str(file), read_only=True) as reader:
        assert reader.execute(ask).fetchone() == (20 + 2023 % 7,)
        grown = [line[: line.rindex(";")] + ";77" if ";2023;" in line else line for line in settlement()]
        _write(tmp_path, "bosatt_anmodede", _body(grown), day=20)
        before = installation.release
        answer = installation.call("run", "--extracts", str(tmp_path))
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert installation.release != before
        assert reader.execute(ask).fetchone() == (20 + 2023 % 7,)
    assert installation.column(ask) == ["77"]


def test_a_rebuilt_slice_equals_a_full_rebuild(installation: Installation, tmp_path: Path) -> None:
    """The release before was built by replacing the slices of one dataset; rebuilt from landing it has the same content."""
    by_slices = json.loads((installation.data / "published" / "manifest.json").read_text())
    answer = installation.call("run", "--extracts", str(tmp_path), "--full")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    whole = json.loads((installation.data / "published" / "manifest.json").read_text())
    assert whole["release_id"] != by_slices["release_id"]
    assert {t["name"]: t["content_hash"] for t in whole["tables"]} == {
        t["name"]: t["content_hash"] for t in by_slices["tables"]
    }


def test_rollback_points_readers_to_the_release_before(installation: Installation) -> None:
    listed = installation.call("releases", "list").stdout.splitlines()
    first = listed[0].lstrip("* ").split()[0]
    answer = installation.call("releases", "rollback", first)
    assert answer.returncode == 0, answer.stderr
    assert installation.release == first
    assert installation.call("releases", "rollback", "000099-00000000").returncode == 1
