"""A bad file holds or fails its own dataset only: the run says so, exits 1, and the published release stays as it was."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.support.pipeline import Installation
from tests.support.small_tables import SHOWN_FIRST, SHOWN_LATER, body_of, settlement, table, write


@pytest.fixture(scope="module")
def installation(small: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A copy of the small installation: the tests of this file change it, one after the other."""
    data = tmp_path_factory.mktemp("bad_files") / "data"
    shutil.copytree(small.data, data, symlinks=True)
    return Installation(data)


def _fingerprint(installation: Installation) -> dict[str, str]:
    release = installation.data / "releases" / installation.release
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(release.rglob("*")) if p.is_file()}


def test_a_bad_file_stops_only_its_own_dataset(installation: Installation, tmp_path: Path) -> None:
    coloured = [line + (";Farge" if n == 0 else ";blå") for n, line in enumerate(table("befolkning_innvandringsgrunn"))]
    mangled = body_of(table("befolkning_hovedgruppe"), "utf-8").decode("latin-1").encode("utf-8")
    bad = {
        "bosatt_anmodede": (body_of(table("bosatt_anmodede", rows=18)), "HELD", "rows fell from 36 to 18"),
        "flyktning_botid_flytting": (b"<!DOCTYPE html><html>502 Bad Gateway</html>", "FAILED", "HTML"),
        "befolkning_innvandringsgrunn": (body_of(coloured), "FAILED", "Farge"),
        "intro_deltakere": (body_of(table("intro_deltakere"))[:-9], "FAILED", "line"),
        # letters broken by a program that took UTF-8 for Latin-1: «Ã…r»; a sound UTF-8 file is read as one saved again
        "befolkning_hovedgruppe": (mangled, "FAILED", "UTF-8"),
    }
    for name, (body, _, _) in bad.items():
        write(tmp_path, name, body, day=9)
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
        grown = [line[: line.rindex(";")] + ";77" if ";2023;" in line else line for line in settlement(vintage=2)]
        write(tmp_path, "bosatt_anmodede", body_of(grown), day=20)
        before = installation.release
        answer = installation.call("run", "--extracts", str(tmp_path))
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert installation.release != before
        assert reader.execute(ask).fetchone() == (20 + 2023 % 7,)
    assert installation.column(ask) == ["77"]


def _holders(installation: Installation, release_id: str, count: int) -> set[str]:
    """The published tables and pages of a release that hold a count, as a number or inside a text."""
    release, alone = installation.data / "releases" / release_id, rf"(^|[^0-9a-z.]){count}(\.0)?($|[^0-9a-z])"
    pages = [*release.rglob("*.html"), *(p for p in release.rglob("utforsk/*.js") if p.name != "vega.js")]
    found = {p.name for p in pages if re.search(alone, p.read_text(encoding="utf-8"))}
    with duckdb.connect(str(release / "integrering.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' "
            "union all select view_name from duckdb_views() where schema_name = 'marts'"
        ).fetchall()
        for (name,) in tables:
            ask = f"select count(*) from marts.{name} as line where regexp_matches(cast(to_json(line) as varchar), ?)"
            if connection.execute(ask, [alone]).fetchone() != (0,):
                found.add(name)
    return found


def test_a_cell_hidden_in_one_vintage_is_not_filled_from_another(
    small: Installation, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    """Fault 27: 4719 stood in the first vintage and is hidden in the second; 4723 the other way about."""
    data = tmp_path_factory.mktemp("two_vintages") / "data"
    shutil.copytree(small.data, data, symlinks=True)
    installation = Installation(data)
    write(tmp_path, "bosatt_anmodede", body_of(settlement(vintage=2)), day=20)
    answer = installation.call("run", "--extracts", str(tmp_path))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    first, second = sorted(p.name for p in (installation.data / "releases").iterdir())
    views = {"fct_indicator_value", "comparison", "comparison_total", "sammenligning"}
    shown = (
        {"fct_figure_municipality", "fct_settlement", "settlement_by_source"}
        | views
        | {"settled_cohort", "decided_persons.js"}
    )
    assert _holders(installation, first, SHOWN_FIRST) == shown
    assert _holders(installation, first, SHOWN_LATER) == set()
    assert _holders(installation, second, SHOWN_FIRST) == set()
    assert _holders(installation, second, SHOWN_LATER) == shown | {"fct_revision"}
    columns = "decided_persons, decided_persons_low as low, decided_persons_high as high"
    assert installation.rows(f"select {columns} from fct_settlement where region_code = '3907' and year = 2020") == [
        {"decided_persons": "", "low": "1", "high": "4"}
    ]
    revisions = installation.rows(
        "select value_before, status_before, value_after, status_after from fct_revision "
        "join fct_dataset_release using (dataset_id, release_id) "
        "where is_in_use and measure = 'decided' and year = 2020 order by published_region_code"
    )
    assert [list(row.values()) for row in revisions] == [
        ["", "suppressed", "4723", "ok"],
        ["", "withheld", "", "suppressed"],
    ]


def test_a_rebuilt_slice_equals_a_full_rebuild(installation: Installation, tmp_path: Path) -> None:
    """Fault 38: the release before replaced the slices of one dataset; rebuilt, by one thread with less memory, it is equal."""
    by_slices = json.loads((installation.data / "published" / "manifest.json").read_text())
    narrow = Installation(installation.data, {"INTEGRERING_THREADS": "1", "INTEGRERING_MEMORY_LIMIT": "700MB"})
    answer = narrow.call("run", "--extracts", str(tmp_path), "--full")
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
