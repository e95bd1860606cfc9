"""A copy in an object store: only what is new goes there, a copy that breaks off is the one before, a restore is checked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from bench.opens import build_generation, publish_generation
from tests.support.pipeline import Installation
from warehouse.errors import NoRelease, VerificationFailed, WarehouseError, WrongSetting
from warehouse.paths import DATABASE, DataFolder
from warehouse.release import mirror
from warehouse.release.mirror import pull, push
from warehouse.release.publish import read_manifest, release_ids


@pytest.fixture(params=["memory", "file"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield "memory://copy/integrering" if request.param == "memory" else f"file://{tmp_path}/copy"
    if request.param == "memory":
        fsspec.filesystem("memory").rm("/copy", recursive=True)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A data folder of two landed files with equal bytes, one of other bytes, and one release."""
    made = DataFolder(tmp_path / "data")
    for name, text in {
        "datasets/a/1/receipt.json": "one",
        "datasets/b/1/receipt.json": "one",
        "bodies/x": "two",
    }.items():
        (made.landing / name).parent.mkdir(parents=True, exist_ok=True)
        (made.landing / name).write_text(text, encoding="utf-8")
    build_generation(made, 1)
    publish_generation(made, 1, keep=2)
    return made


def _tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def _release_files(folder: DataFolder) -> int:
    return sum(len(read_manifest(folder.releases / name).files) + 1 for name in release_ids(folder))


def test_what_was_pushed_comes_back_whole(folder: DataFolder, address: str, tmp_path: Path) -> None:
    pushed = push(folder, address)
    assert pushed.files == 2 + _release_files(folder), "equal bytes lie in the store once"
    restored = DataFolder(tmp_path / "restored")
    done = pull(address, restored)
    assert _tree(restored.landing) == _tree(folder.landing)
    assert _tree(restored.releases) == _tree(folder.releases)
    assert done.release_id == os.path.basename(os.readlink(restored.published)) == release_ids(folder)[0]
    assert not os.access(restored.published / DATABASE, os.W_OK) or os.geteuid() == 0
    assert (restored.published / DATABASE).stat().st_mode & 0o222 == 0


def test_only_what_is_new_is_copied_and_what_is_gone_is_removed(folder: DataFolder, address: str) -> None:
    push(folder, address)
    again = push(folder, address)
    assert (again.files, again.removed) == (0, 0)
    (folder.landing / "bodies" / "x").unlink()
    (folder.landing / "bodies" / "x.delta").write_text("d", encoding="utf-8")
    for number in (2, 3):
        build_generation(folder, number)
        publish_generation(folder, number, keep=2)
    third = push(folder, address)
    assert third.files == 1 + _release_files(folder)
    assert third.removed == 1 + _release_files(folder) // 2
    assert third.release_id == release_ids(folder)[-1]


def test_a_push_that_breaks_off_leaves_the_copy_before(
    folder: DataFolder, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every object, in turn: what is in the store can be restored to what was pushed before."""
    push(folder, address)
    before = _tree(folder.landing), release_ids(folder)
    (folder.landing / "bodies" / "y").write_text("three", encoding="utf-8")
    build_generation(folder, 2)
    publish_generation(folder, 2, keep=2)
    put = mirror.Store.put
    for turn, stop in enumerate([0, 1, 1, 2]):
        count = iter(range(stop))

        def failing(self: mirror.Store, source: Path, key: str, count: Iterator[int] = count) -> None:
            if next(count, None) is None:
                raise ConnectionError("the line went dead")
            put(self, source, key)

        monkeypatch.setattr(mirror.Store, "put", failing)
        with pytest.raises(ConnectionError):
            push(folder, address)
        restored = DataFolder(tmp_path / f"restored-{turn}")
        done = pull(address, restored)
        assert done.release_id == before[1][0]
        assert _tree(restored.landing) in (before[0], _tree(folder.landing))
    monkeypatch.undo()
    assert push(folder, address).release_id == release_ids(folder)[1]


def test_damage_in_the_store_is_seen_and_nothing_is_restored(folder: DataFolder, tmp_path: Path) -> None:
    push(folder, f"file://{tmp_path}/copy")
    damaged = max((tmp_path / "copy" / "landing" / "objects").iterdir())
    damaged.write_bytes(b"xyz")
    restored = DataFolder(tmp_path / "restored")
    with pytest.raises(VerificationFailed, match="the hash that was recorded"):
        pull(f"file://{tmp_path}/copy", restored)
    assert not restored.landing.exists() and not restored.published.exists()
    index = tmp_path / "copy" / "landing" / "index.json"
    index.write_text('{"../../escaped": "00"}', encoding="utf-8")
    with pytest.raises(VerificationFailed, match="names inside the data folder"):
        pull(f"file://{tmp_path}/copy", restored)
    assert not (tmp_path / "escaped").exists()


def test_a_restore_writes_over_nothing_and_needs_a_copy(folder: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="without landing and releases"):
        pull(f"file://{tmp_path}/copy", folder)
    with pytest.raises(NoRelease, match="integrering mirror push"):
        pull(f"file://{tmp_path}/nothing", DataFolder(tmp_path / "empty"))


@pytest.mark.parametrize(
    "address", ["", "/tmp/x", "https://example.org/x", "s3://key:secret@bucket/x", "s3://b/x?token=1"]
)
def test_addresses_that_hold_secrets_or_are_none_are_refused(folder: DataFolder, address: str) -> None:
    with pytest.raises(WrongSetting) as problem:
        push(folder, address)
    assert "secret" not in str(problem.value) and "token" not in str(problem.value)


def test_an_installation_lives_on_from_its_copy(small: Installation, tmp_path: Path) -> None:
    """Push, lose the machine, pull: the release is there at once, and a run finds nothing to do but to build the same."""
    copy = Installation(tmp_path / "data")
    shutil.copytree(small.data, copy.data, symlinks=True)
    answer = copy.call("mirror", "push", f"file://{tmp_path}/copy")
    assert answer.returncode == 0, answer.stderr
    assert copy.release in answer.stdout
    elsewhere = Installation(tmp_path / "elsewhere")
    answer = elsewhere.call("mirror", "pull", f"file://{tmp_path}/copy")
    assert answer.returncode == 0, answer.stderr
    assert elsewhere.release == small.release
    assert _tree(elsewhere.data / "landing") == _tree(small.data / "landing")
    question = "select municipality_code, year, municipality_value from comparison order by all"
    assert elsewhere.rows(question) == small.rows(question)
