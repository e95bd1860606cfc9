"""Whole runs that meet a bad file, an open reader, kill -9 or little memory: what is published stays whole, and the next run
ends as one that never failed.

Here: one installation that goes through it all, test by test. Not here: a kill at every step to the disk
(test_kill_boundaries.py) or inside dbt's own writing (test_kill_dbt.py).
"""

import contextlib
import hashlib
import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from tests.support.explored import explored
from tests.support.pipeline import Installation, borrowed
from tests.support.small_tables import SHOWN_FIRST, SHOWN_LATER, body_of, settlement, table, write
from tests.support.warm import Call
from warehouse.paths import DATABASE, DataFolder
from warehouse.release.publish import read_manifest

LARVIK_2023 = "select settled_persons from marts.fct_settlement where region_code = '3909' and year = 2023"
FIRST_FIGURE, LATER_FIGURE = 20 + 2023 % 7, 77


@pytest.fixture(scope="module")
def installation(small: Installation) -> Iterator[Installation]:
    """The small installation: the tests of this file change it, one after the other."""
    with borrowed(small) as changed:
        yield changed


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the second vintage of the settlement table, 77 settled everywhere in 2023."""
    folder = tmp_path_factory.mktemp("later")
    grown = [line[: line.rindex(";")] + f";{LATER_FIGURE}" if ";2023;" in line else line for line in settlement(2)]
    write(folder, "bosatt_anmodede", body_of(grown), day=20)
    return folder


def _fingerprint(installation: Installation) -> dict[str, str]:
    release = installation.data / "releases" / installation.release
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(release.rglob("*")) if p.is_file()}


def _content(installation: Installation) -> dict[str, str]:
    """The hash of each published table's content."""
    return {table.name: table.content_hash for table in read_manifest(installation.data / "published").tables}


def _figure(installation: Installation) -> int:
    """Larvik's figure in the published file, which has all its tables."""
    file = (installation.data / "published" / DATABASE).resolve()
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("select count(*) > 20 from duckdb_views() where schema_name = 'marts'").fetchone()[0]
        return connection.execute(LARVIK_2023).fetchone()[0]


def _kill_when(call: Call, is_there: Callable[[], bool]) -> None:
    """End a run and all its children once it has come to a stage, or when looking for it fails."""
    try:
        while not is_there():
            assert not call.is_over(), f"the run ended before it came there: {call.completed(1).stderr}"
            time.sleep(0.02)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(call.pid, signal.SIGKILL)
    assert call.wait() == -signal.SIGKILL


def test_a_bad_file_stops_only_its_own_dataset(installation: Installation, tmp_path: Path) -> None:
    coloured = [line + (";Farge" if n == 0 else ";blå") for n, line in enumerate(table("befolkning_innvandringsgrunn"))]
    mangled = body_of(table("befolkning_hovedgruppe"), "utf-8").decode("latin-1").encode("utf-8")
    bad = {
        "bosatt_anmodede": (body_of(table("bosatt_anmodede", rows=18)), "HOLDT TILBAKE", "færre rader: 18, mot 36 før"),
        "flyktning_botid_flytting": (b"<!DOCTYPE html><html>502 Bad Gateway</html>", "FEILET", "HTML"),
        "befolkning_innvandringsgrunn": (body_of(coloured), "FEILET", "Farge"),
        "intro_deltakere": (body_of(table("intro_deltakere"))[:-9], "FEILET", "line"),
        # letters broken by a program that took UTF-8 for Latin-1: «Ã…r»; a sound UTF-8 file is read as one saved again
        "befolkning_hovedgruppe": (mangled, "FEILET", "UTF-8"),
    }
    for name, (body, _, _) in bad.items():
        write(tmp_path, name, body, day=9)
    before = _fingerprint(installation)
    answer = installation.call("run", "--extracts", str(tmp_path))
    assert answer.returncode == 1, answer.stdout
    for name, (_, state, words) in bad.items():
        message = next(line for line in answer.stdout.splitlines() if line.startswith(f"{state} imdi_{name} "))
        assert words in message
        assert state == "HOLDT TILBAKE" or "Next:" in message
    assert "releases accept imdi_bosatt_anmodede" in answer.stdout
    assert "1 held, 4 failed" in answer.stdout
    assert _fingerprint(installation) == before


def test_a_run_killed_while_files_land_publishes_nothing(installation: Installation, later: Path) -> None:
    call = installation.start("run", "--extracts", str(later))
    _kill_when(call, lambda: "bosatt_anmodede: refreshed" in call.errors.read_text(encoding="utf-8"))
    assert _figure(installation) == FIRST_FIGURE


def test_an_open_reader_keeps_its_release_while_a_new_one_is_published(installation: Installation, later: Path) -> None:
    file = (installation.data / "published" / DATABASE).resolve()
    with duckdb.connect(str(file), read_only=True) as reader:
        assert reader.execute(LARVIK_2023).fetchone() == (FIRST_FIGURE,)
        before = installation.release
        answer = installation.call("run", "--extracts", str(later))
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert installation.release != before
        assert reader.execute(LARVIK_2023).fetchone() == (FIRST_FIGURE,)
    assert _figure(installation) == LATER_FIGURE


def _holders(installation: Installation, release_id: str, count: int) -> set[str]:
    """The published tables and pages of a release that hold a count, as a number or inside a text."""
    release, alone = installation.data / "releases" / release_id, rf"(^|[^0-9a-z.]){count}(\.0)?($|[^0-9a-z])"
    texts = {p.name: p.read_text(encoding="utf-8") for p in release.rglob("*.html")}
    texts |= {p.name: json.dumps(explored(p)[1]) for p in release.rglob("utforsk/*.js") if p.name != "vega.js"}
    found = {name for name, text in texts.items() if re.search(alone, text)}
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


def test_a_cell_hidden_in_one_vintage_is_not_filled_from_another(installation: Installation) -> None:
    """Fault 27: 4719 stood in the first vintage and is hidden in the second; 4723 the other way about."""
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


def test_a_rebuild_equals_the_slices_also_after_kills(installation: Installation, later: Path) -> None:
    """Faults 31 and 38: the release before replaced the slices of one dataset. Everything built anew, by one thread with less
    memory, killed among the models and while it publishes, and with dbt's files torn, ends in the same content."""
    folder, by_slices = DataFolder(installation.data), _content(installation)
    release, started = installation.release, time.time()
    stages: tuple[Callable[[], bool], ...] = (
        lambda: _written_since(started, folder.dbt_target / "run") > 20,
        lambda: any(folder.releases.glob(f".candidate*/{DATABASE}")),
    )
    narrow = Installation(installation.data, {"INTEGRERING_THREADS": "1", "INTEGRERING_MEMORY_LIMIT": "700MB"})
    for is_there in stages:
        _kill_when(narrow.start("run", "--extracts", str(later), "--full"), is_there)
        assert (installation.release, _figure(installation)) == (release, LATER_FIGURE)
    for name in ("manifest.json", "partial_parse.msgpack", "run_results.json"):
        _tear(folder.dbt_target / name)
    answer = narrow.call("run", "--extracts", str(later), "--full")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert installation.release != release
    assert _content(installation) == by_slices


def _written_since(moment: float, folder: Path) -> int:
    """How many statements dbt has written down, each just before it runs it."""
    count = 0
    for path in folder.rglob("*.sql"):
        with contextlib.suppress(OSError):
            count += path.stat().st_mtime > moment
    return count


def _tear(path: Path) -> None:
    """Half of a file, as a kill while dbt writes it leaves it (one random kill in a hundred or two does)."""
    body = path.read_bytes() if path.exists() else b"{}"
    path.write_bytes(body[: len(body) // 2])


def test_rollback_points_readers_to_the_release_before(installation: Installation) -> None:
    _, oldest, *_ = installation.call("releases", "list").stdout.splitlines()
    first = oldest.lstrip("* ").split()[0]
    answer = installation.call("releases", "rollback", first)
    assert answer.returncode == 0, answer.stderr
    assert installation.release == first
    assert installation.call("releases", "rollback", "000099-00000000").returncode == 1
