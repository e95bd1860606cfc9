"""Process faults that need no whole run: full disk, lost writes, little memory, locks, damaged state (32-37).

Each is caused, not imagined: a size limit of the operating system stands for the full disk, kill -9 for the crash.
"""

import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.build.preparation import current_state, prepare_build
from orchestration.workspace import Workspace
from sources.landing.observation import write_parquet
from sources.landing.store import Landing
from tests.support.pipeline import PROJECT, Installation
from warehouse.build import connect
from warehouse.errors import WriterBusy
from warehouse.lock import writer_lock
from warehouse.paths import DataFolder
from warehouse.release.publish import point_to
from warehouse.release.state import BuildState, read_state, write_state
from warehouse.settings import Settings


def in_child(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False, timeout=600
    )


_WRITE_UNDER_A_LIMIT = """
import resource, signal, sys
from pathlib import Path
from sources.landing.store import Landing
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    Landing(Path(sys.argv[1])).put_bytes(b"x" * 1_000_000)
except OSError as problem:
    print("refused", problem.errno)
"""


def test_a_full_disk_leaves_no_part_of_a_body_under_its_name(tmp_path: Path) -> None:
    answer = in_child(_WRITE_UNDER_A_LIMIT, str(tmp_path))
    assert answer.stdout.startswith("refused"), answer.stderr
    landing = Landing(tmp_path)
    whole = [p for p in (tmp_path / "blobs").rglob("*") if p.is_file() and not p.name.startswith(".")]
    assert whole == []
    digest = landing.put_bytes(b"x" * 1_000_000)
    assert landing.blob_path(digest).stat().st_size == 1_000_000, "with room again the same bytes land"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 100_000


def test_every_file_is_on_disk_before_its_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 32: write, fsync, rename, fsync of the folder; in that order, or a power cut leaves an empty name."""
    seen: list[str] = []
    replace, fsync = os.replace, os.fsync
    monkeypatch.setattr(os, "replace", lambda a, b: (seen.append("rename"), replace(a, b))[1])
    monkeypatch.setattr(os, "fsync", lambda handle: (seen.append("fsync"), fsync(handle))[1])
    Landing(tmp_path).put_bytes(b"body")
    write_parquet(pa.table({"a": [1]}), tmp_path / "rows.parquet")
    assert seen == ["fsync", "rename", "fsync"] * 2
    folder = DataFolder(tmp_path)
    (folder.releases / "000001-0badcafe").mkdir(parents=True)
    seen.clear()
    point_to(folder, "000001-0badcafe")
    assert seen == ["rename", "fsync"]


def test_little_memory_spills_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """Fault 34: a sort of some 60 MB under a limit of 40 MB."""
    with connect(tmp_path / "build.duckdb", memory_limit="40MB", threads=1) as connection:
        connection.execute(
            "create table sorted as select (i * 7919) % 1000003 as a, repeat('x', 30) || i as b "
            "from range(900000) t(i) order by a"
        )
        assert connection.execute("select count(*), min(a) from sorted").fetchone() == (900_000, 0)
    left = list((tmp_path / "spill").rglob("*")) if (tmp_path / "spill").exists() else []
    assert [p for p in left if p.is_file()] == []


_HOLD = """
import sys
from pathlib import Path
from warehouse.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_told_who_writes_and_a_killed_one_frees_the_lock(tmp_path: Path) -> None:
    """Fault 35: the second exits with a clear line; after kill -9 the lock is free at once, whatever its age."""
    lock = DataFolder(tmp_path).lock
    lock.parent.mkdir()
    command = [sys.executable, "-c", _HOLD, str(lock)]
    holder = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(WriterBusy, match=f"process {holder.pid}, started 20"), writer_lock(lock):
            pass
        answer = Installation(tmp_path).call("run")
        assert answer.returncode == 1
        assert f"process {holder.pid}" in answer.stderr
        assert "Traceback" not in answer.stderr
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate()
    with writer_lock(lock), writer_lock(lock):
        pass


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"code": "x"}', '{"unknown": 1}'])
def test_a_damaged_record_of_the_build_means_a_full_build(tmp_path: Path, damage: str) -> None:
    write_state(tmp_path, BuildState("code", {"imdi_tilskudd": ["all:0123456789abcdef"]}, "log"))
    assert read_state(tmp_path) is not None
    (tmp_path / "state.json").write_text(damage, encoding="utf-8")
    assert read_state(tmp_path) is None


@pytest.mark.parametrize("damaged", ["build.duckdb", "build.duckdb.wal"])
def test_a_damaged_build_file_is_made_anew_from_landing(
    tmp_path: Path, damaged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 37: the file (or its log) does not open. Nobody mends it: the same run builds from landing."""
    manifest = tmp_path / "manifest.json"  # parsing the models costs ten seconds, and none is built here
    manifest.write_text('{"nodes": {}, "sources": {}, "child_map": {}}', encoding="utf-8")
    monkeypatch.setattr("orchestration.build.preparation.ensure_manifest", lambda *_: manifest)
    workspace = Workspace(Settings(data_dir=tmp_path))
    folder = workspace.folder
    assert prepare_build(workspace).full
    write_state(folder.build, replace(current_state(workspace)[0], is_published=True))
    assert not prepare_build(workspace).full
    write_state(folder.build, replace(current_state(workspace)[0], is_published=True))
    (folder.build / damaged).write_bytes(b"not what was written" * 5000)
    assert prepare_build(workspace).full
    with connect(folder.build_file, read_only=True) as connection:
        assert connection.execute("select count(*) > 0 from landing.dataset").fetchone() == (True,)


def test_a_receipt_that_was_cut_is_not_a_release(tmp_path: Path) -> None:
    """A crash leaves temporary names at most; they are no releases."""
    folder = Landing(tmp_path).release_folder("imdi_tilskudd", "0123456789abcdef")
    folder.mkdir(parents=True)
    (folder / ".receipt.json.123.part").write_text(json.dumps({"dataset_id": "imdi"}), encoding="utf-8")
    assert Landing(tmp_path).receipts() == []
