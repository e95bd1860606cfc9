"""A process that kills itself at each step that reaches the disk: fsync, rename, link, removal. One line of JSON per stage.

Here: the stages and the killing, run as `python -m tests.support.kill_boundaries FOLDER` with no
thread of its own, since it forks. Not here: assertions (test_kill_boundaries.py).
"""

import hashlib
import importlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.runs.refresh import refresh_file
from sources.dataset.discovery import Candidate
from sources.dataset.spec import load_specs
from sources.klass.history import municipalities
from sources.landing.compaction import compact
from sources.landing.store import Landing
from tests.support.small_upstream import imdi_long
from warehouse.paths import DataFolder
from warehouse.release.publish import Publication, TableDoc, publish, read_manifest, release_ids

for _name in ("pandas", "pyarrow.dataset"):
    importlib.import_module(
        _name
    )  # the readers import it when they need it: once here, and not in each of a hundred forks

STEPS = ("fsync", "replace", "rename", "symlink")
REMOVALS = ("unlink", "rmdir")
"""Where old releases are removed, a kill between two files counts too."""
DATASET = "imdi_bosatt_anmodede"
SPEC = load_specs()[DATASET]
DAY = datetime(2025, 9, 2, tzinfo=UTC)


def in_fork(work: Callable[[], Any]) -> tuple[int, Any]:
    """(signal that ended it or 0, what it returned) of a function run in a process of its own."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code = 1
        try:
            os.write(writer, json.dumps(work()).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status), None
    assert os.WEXITSTATUS(status) == 0, "the work itself failed"
    return 0, json.loads(text)


def killed_at(step: int, work: Callable[[], Any], steps: tuple[str, ...]) -> Callable[[], Any]:
    """The work, in a process that kills itself just before its step number ``step`` (from 0)."""

    def run() -> Any:
        left = [step]
        for name in steps:
            original = getattr(os, name)

            def counted(*given: Any, original: Callable = original, **named: Any) -> Any:
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left[0] -= 1
                return original(*given, **named)

            setattr(os, name, counted)
        return work()

    return run


def land(folder: Path, settled: int) -> str:
    """A vintage of the settlement table through intake and gates; the outcome."""
    path = folder / f"{settled}.csv"
    cells = {(code, 2024): settled if code == "3909" else 42 for code, _ in municipalities(2024)}
    path.write_bytes(imdi_long(cells).encode("latin-1"))
    landing, spec = Landing(folder / "landing"), SPEC
    day = DAY + timedelta(days=settled)
    outcome = refresh_file(landing, spec, Candidate(path, path.name, DATASET, "imdi_long", day, "test"))
    compact(landing, {DATASET: spec}, [(DATASET, str(outcome.release_id))])
    return outcome.state


def landed(folder: Path) -> dict[str, str]:
    """Every file of landing under its final name, with its hash; and that what stands under a hash has it."""
    root, found = folder / "landing", {}
    for path in sorted(p for p in root.rglob("*") if p.is_file() and not p.name.startswith(".")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if "blobs" in path.parts and path.suffix == "":
            assert path.name in (digest, digest[2:]) or digest.endswith(path.name), path
        found[path.relative_to(root).as_posix()] = digest
    return found


def publish_codes(folder: Path, codes: list[str]) -> str:
    """A build file of these codes, published; the hash of the content."""
    data = DataFolder(folder)
    data.build.mkdir(parents=True, exist_ok=True)
    data.build_file.unlink(missing_ok=True)
    with duckdb.connect(str(data.build_file)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_region as select unnest(?) as region_code", [["00", *codes]])
        connection.execute("alter table marts.dim_region add column region_level varchar")
        connection.execute(
            "update marts.dim_region set region_level = if(region_code = '00', 'country', 'municipality')"
        )
    table = TableDoc("dim_region", "Areas", {"region_code": "The code"}, ("region_code",), ("region_code",))
    return publish(Publication(data, [table], "f", "3909", False, {}, keep=2)).content


def published(folder: Path) -> list[str]:
    """The codes a reader gets. Every release that is listed is whole: going back to it works."""
    for release_id in release_ids(DataFolder(folder)):
        release = folder / "releases" / release_id
        for name, digest in read_manifest(release).files.items():
            assert hashlib.sha256((release / name).read_bytes()).hexdigest() == digest, release / name
    with duckdb.connect(str((folder / "published" / "integrering.duckdb").resolve()), read_only=True) as connection:
        return sorted(code for (code,) in connection.execute("select region_code from marts.dim_region").fetchall())


def torment(
    folder: Path,
    first: Callable[[Path], Any],
    second: Callable[[Path], Any],
    look: Callable[[Path], Any],
    steps: tuple[str, ...],
) -> dict:
    """Do the first work, then the second killed at every step; what is seen after each kill, and after going on."""
    start, whole = folder / "start", folder / "whole"
    start.mkdir(parents=True)
    in_fork(lambda: first(start))
    shutil.copytree(start, whole, symlinks=True)
    in_fork(lambda: second(whole))
    seen, ended, step = [], [], 0
    while True:
        torn = folder / str(step)
        shutil.copytree(start, torn, symlinks=True)
        ended_by, _ = in_fork(killed_at(step, lambda torn=torn: second(torn), steps))
        if ended_by == 0:
            break
        left, _, later = in_fork(lambda torn=torn: (look(torn), second(torn), look(torn)))[1]
        seen.append(left)
        ended.append(later)
        step += 1
    before, after = (in_fork(lambda place=place: look(place))[1] for place in (start, whole))
    return {"kills": step, "before": before, "after": after, "seen": seen, "ended": ended}


def main(folder: Path) -> None:
    stages = {
        "landing": (lambda f: land(f, 40), lambda f: land(f, 41), landed, STEPS),
        "publication": (
            lambda f: [publish_codes(f, codes) for codes in (["3905"], ["3901"], ["3907"])],
            lambda f: publish_codes(f, ["3907", "3909"]),
            published,
            (*STEPS, *REMOVALS),
        ),
    }
    for name, given in stages.items():
        print(json.dumps({"stage": name, **torment(folder / name, *given)}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
