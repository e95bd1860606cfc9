"""Another version of the engine: the same landing gives the same content, and a build file of another version is no obstacle.

Here: fault 38, with another DuckDB where the person who runs the tests has put one. Not here: threads, memory and slices
(test_whole_runs.py), or that old readers open a release (test_warehouse.py).
"""

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.build.preparation import GEOGRAPHY, current_state
from orchestration.workspace import Workspace
from tests.support.pipeline import Installation
from warehouse.release.content import columns_of, content_hash
from warehouse.release.state import what_changed
from warehouse.settings import Settings


def test_another_version_of_an_engine_means_a_full_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(Settings(data_dir=tmp_path))
    before, _ = current_state(workspace)
    assert not what_changed(before, current_state(workspace)[0], geography=GEOGRAPHY).full
    monkeypatch.setattr("orchestration.build.preparation.version", lambda name: "1.5.5")
    assert what_changed(before, current_state(workspace)[0], geography=GEOGRAPHY).full


def test_content_does_not_depend_on_the_version_of_the_storage(tmp_path: Path) -> None:
    found = set()
    with duckdb.connect() as connection:
        for number, version in enumerate(("v1.0.0", "v1.2.0", "latest")):
            file = tmp_path / f"{number}.duckdb"
            connection.execute(f"attach '{file}' as written (storage_version '{version}')")
            connection.execute(
                "create table written.main.figures as select i as region_code, i / 7.0 as value, "
                "date '2024-01-01' + i::int as day, case when i % 3 = 0 then null else 'æ' || i end as label "
                "from range(10000) t(i)"
            )
            columns = [name for name, _ in columns_of(connection, "main", "figures", "written")]
            found.add(content_hash(connection, "written.main.figures", columns))
            connection.execute("detach written")
    assert len(found) == 1


def test_another_duckdb_rebuilds_to_the_same_content(small: Installation, tmp_path: Path) -> None:
    """Downgrade and upgrade without a word: each run finds a build file of the other version and makes it anew."""
    other = os.environ.get("OTHER_DUCKDB")
    if not other:
        pytest.skip("OTHER_DUCKDB names no folder with another DuckDB (pip install --target FOLDER duckdb==1.5.5)")
    data, extracts = tmp_path / "data", tmp_path / "extracts"
    shutil.copytree(small.data, data, symlinks=True)
    extracts.mkdir()
    releases = [data / "releases" / small.release]
    for environment in ({"PYTHONPATH": other}, {}):
        installation = Installation(data, environment)
        answer = installation.call("run", "--extracts", str(extracts))
        assert answer.returncode == 0, answer.stdout + answer.stderr
        releases.append(data / "releases" / installation.release)
    assert len(set(releases)) == 3
    for later in releases[1:]:
        assert _differing(releases[0], later) == {}


def _differing(first: Path, second: Path) -> dict[str, int]:
    """Rows that only one of two releases holds, by table. Not by hashes: each engine may have its own."""
    names = [{path.name for path in (folder / "parquet").iterdir()} for folder in (first, second)]
    assert names[0] == names[1] and len(names[0]) > 20
    found = {}
    with duckdb.connect() as connection:
        for name in sorted(names[0]):
            one, two = (f"select * from read_parquet('{folder / 'parquet' / name}')" for folder in (first, second))
            ask = f"select count(*) from (({one} except all {two}) union all ({two} except all {one}))"
            (rows,) = connection.execute(ask).fetchone()
            if rows:
                found[name] = rows
    return found
