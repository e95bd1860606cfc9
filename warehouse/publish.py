"""Publication: from the private build file to a release folder that readers can always open.

Here: writing the candidate, checking it, and moving the pointer last. Not here: building (dbt) or the report.
A crash, a failed check or a full disk at any moment leaves the previous release as it was: nothing is written into a
published folder, and the pointer moves in one atomic step after everything under the new name is on disk.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.build import connect
from warehouse.content import columns_of, content_hash
from warehouse.errors import VerificationFailed, WarehouseError
from warehouse.paths import DATABASE, DataFolder

STORAGE_VERSION = "v1.0.0"
"""Read by DuckDB 1.0 and everything after: BI tools lag behind."""

MEMORY_LIMIT = "1200MB"
"""Of the copy into the release: it runs in the process that landed the data. More made it no faster (measured)."""

SPACE_FACTOR = 3
"""Free space wanted before writing, in sizes of the build file."""

_IDENTIFIER = re.compile(r"^[a-z][a-z0-9_]*$")


@dataclass(frozen=True)
class TableFacts:
    """A table of a release."""

    name: str
    rows: int
    content_hash: str
    columns: list[str]


@dataclass(frozen=True)
class Manifest:
    """What a release is: its tables with content hashes, its files with byte hashes, and what it was made from."""

    release_id: str
    published_at: str
    is_demo: bool
    municipality: str
    fingerprint: str
    tables: list[TableFacts]
    files: dict[str, str] = field(default_factory=dict)
    releases_in_use: dict[str, list[str]] = field(default_factory=dict)

    @property
    def content(self) -> str:
        """One hash over the content of all tables: equal for equal landing, on any machine."""
        return hashlib.sha256(
            "\n".join(f"{t.name} {t.rows} {t.content_hash}" for t in self.tables).encode()
        ).hexdigest()


@dataclass(frozen=True)
class TableDoc:
    """What the manifest of the models says of a mart: description, columns, key and the order rows are stored in."""

    name: str
    description: str
    columns: dict[str, str]
    key: tuple[str, ...]
    order_by: tuple[str, ...]


@dataclass(frozen=True)
class Publication:
    """What is to be published. ``extras`` writes more files (report, dictionary) into the candidate folder."""

    folder: DataFolder
    tables: list[TableDoc]
    fingerprint: str
    municipality: str
    is_demo: bool
    releases_in_use: dict[str, list[str]]
    keep: int
    extras: Callable[[Path], None] = lambda _: None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def publish(work: Publication) -> Manifest:
    """Write, verify and publish a release; returns its manifest.

    Raises VerificationFailed when the candidate is not whole, WarehouseError when the disk lacks space. In both cases the
    published path is untouched.
    """
    _remove_leftovers(work.folder)
    _require_space(work.folder)
    number = next_number(work.folder)
    candidate = work.folder.releases / f".candidate-{number:06d}"
    try:
        candidate.mkdir(parents=True)
        facts = _write_tables(work, candidate)
        _verify(work, candidate, facts)
        release_id = f"{number:06d}-{_short_hash(facts)}"
        _write_manifest(work, candidate, release_id, facts)
        work.extras(candidate)
        manifest = _seal(work, candidate, release_id, facts)
    except OSError as problem:
        shutil.rmtree(candidate, ignore_errors=True)
        if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise _no_space(str(problem)) from problem
        raise
    except duckdb.Error as problem:
        shutil.rmtree(candidate, ignore_errors=True)
        raise VerificationFailed(
            expected="a candidate file that can be written and read",
            found=str(problem).splitlines()[0],
            where="publication",
            next_step="free disk space or run with --full; the previous release is untouched",
        ) from problem
    except BaseException:
        shutil.rmtree(candidate, ignore_errors=True)
        raise
    os.rename(candidate, work.folder.releases / release_id)
    _fsync(work.folder.releases)
    before = work.folder.published.resolve().name
    point_to(work.folder, release_id)
    _forget_old(work.folder, work.keep, before)
    return manifest


def next_number(folder: DataFolder) -> int:
    """The next run number: order comes from our own count, never from a clock."""
    return max((int(name[:6]) for name in release_ids(folder)), default=0) + 1


def release_ids(folder: DataFolder) -> list[str]:
    """Ids of the releases on disk, oldest first."""
    if not folder.releases.exists():
        return []
    return sorted(p.name for p in folder.releases.iterdir() if re.fullmatch(r"\d{6}-[0-9a-f]{8}", p.name))


def point_to(folder: DataFolder, release_id: str) -> None:
    """Move the published path to a release in one atomic step."""
    fresh = folder.root / ".published.new"
    fresh.unlink(missing_ok=True)
    os.symlink(Path("releases") / release_id, fresh, target_is_directory=True)
    os.replace(fresh, folder.published)
    _fsync(folder.root)


def _write_tables(work: Publication, candidate: Path) -> list[TableFacts]:
    (candidate / "parquet").mkdir()
    facts = []
    with connect(work.folder.build / "publication.duckdb.tmp", memory_limit=MEMORY_LIMIT) as connection:
        connection.execute("set preserve_insertion_order = true")
        connection.execute(f"attach {_quoted(work.folder.build_file)} as build (read_only)")
        connection.execute(f"attach {_quoted(candidate / DATABASE)} as release (storage_version '{STORAGE_VERSION}')")
        connection.execute("create schema release.marts")
        for table in work.tables:
            facts.append(_write_table(connection, table, candidate))
        connection.execute("checkpoint release")
        connection.execute("detach release")
    (work.folder.build / "publication.duckdb.tmp").unlink(missing_ok=True)
    return facts


def _write_table(connection: duckdb.DuckDBPyConnection, table: TableDoc, candidate: Path) -> TableFacts:
    name = _identifier(table.name)
    columns = columns_of(connection, "marts", name, "build")
    if not columns:
        raise VerificationFailed(
            expected=f"the table marts.{name} in the build file",
            found="no such table",
            where="publication",
            next_step="run with --full; the previous release is untouched",
        )
    names = [_identifier(column) for column, _ in columns]
    # a declared key settles the order of rows; without one, all columns do
    last = table.key or tuple(names)
    order = [*table.order_by, *[n for n in last if n not in table.order_by]]
    listed = ", ".join(f'"{n}"' for n in names)
    ordered = ", ".join(f'"{_identifier(n)}" nulls last' for n in order)
    connection.execute(
        f'create table release.marts."{name}" as select {listed} from build.marts."{name}" order by {ordered}'
    )
    connection.execute(f'comment on table release.marts."{name}" is {_text(table.description)}')
    for column, description in table.columns.items():
        if column in names and description:
            connection.execute(f'comment on column release.marts."{name}"."{column}" is {_text(description)}')
    target = candidate / "parquet" / f"{name}.parquet"
    connection.execute(f'copy release.marts."{name}" to {_quoted(target)} (format parquet, compression zstd)')
    rows, digest = content_hash(connection, f'release.marts."{name}"', columns)
    return TableFacts(name, rows, digest, names)


def _verify(work: Publication, candidate: Path, facts: list[TableFacts]) -> None:
    """Check the candidate file itself, opened anew: tables, rows, keys, and that no file of ours is left beside it."""
    file = candidate / DATABASE
    if file.with_name(file.name + ".wal").exists():
        raise _unfit("no write-ahead log beside the candidate", "one", "the file was not closed whole")
    with duckdb.connect(str(file), read_only=True) as connection:
        found = {
            t
            for (t,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'marts'"
            ).fetchall()
        }
        wanted = {table.name for table in work.tables}
        if found != wanted:
            raise _unfit(f"tables {sorted(wanted)}", f"{sorted(found)}", "the models and the file differ")
        for table, fact in zip(work.tables, facts, strict=True):
            rows = connection.execute(f'select count(*) from marts."{table.name}"').fetchone()[0]
            if rows != fact.rows:
                raise _unfit(f"{fact.rows} rows in {table.name}", str(rows), "run with --full")
            if table.key:
                key = ", ".join(f'"{_identifier(c)}"' for c in table.key)
                twice = connection.execute(
                    f'select count(*) from (select 1 from marts."{table.name}" group by {key} having count(*) > 1)'
                ).fetchone()[0]
                if twice:
                    raise _unfit(
                        f"each {', '.join(table.key)} once in {table.name}", f"{twice} of them twice", "run with --full"
                    )
        regions = connection.execute("select count(*) from marts.dim_region where region_level = 'country'").fetchone()[
            0
        ]
        if regions != 1:
            raise _unfit("one country in dim_region", str(regions), "check the Klass release in use")


def _seal(work: Publication, candidate: Path, release_id: str, facts: list[TableFacts]) -> Manifest:
    """Write the manifest with the hash of every file, make all of it read-only and safe on disk."""
    manifest = _write_manifest(work, candidate, release_id, facts)
    for path in sorted(candidate.rglob("*")):
        if path.is_file():
            os.chmod(path, 0o444)
            _fsync(path)
    for path in [p for p in candidate.rglob("*") if p.is_dir()] + [candidate]:
        _fsync(path)
    return manifest


def _write_manifest(work: Publication, candidate: Path, release_id: str, facts: list[TableFacts]) -> Manifest:
    files = {
        path.relative_to(candidate).as_posix(): _digest(path)
        for path in sorted(candidate.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    manifest = Manifest(
        release_id=release_id,
        published_at=work.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        is_demo=work.is_demo,
        municipality=work.municipality,
        fingerprint=work.fingerprint,
        tables=facts,
        files=files,
        releases_in_use=work.releases_in_use,
    )
    text = json.dumps({**asdict(manifest), "content": manifest.content}, indent=1, sort_keys=True)
    (candidate / "manifest.json").write_text(text, encoding="utf-8")
    return manifest


def read_manifest(release: Path) -> Manifest:
    """The manifest of a release folder."""
    raw: dict[str, Any] = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    raw.pop("content", None)
    raw["tables"] = [TableFacts(**table) for table in raw["tables"]]
    return Manifest(**raw)


def _forget_old(folder: DataFolder, keep: int, before: str) -> None:
    """Remove all but the last releases. The one published until now stays, however old: a reader may be opening it."""
    current = os.path.basename(os.readlink(folder.published))
    for release_id in release_ids(folder)[:-keep]:
        if release_id not in (current, before):
            shutil.rmtree(folder.releases / release_id, ignore_errors=True)


def _remove_leftovers(folder: DataFolder) -> None:
    if folder.releases.exists():
        for path in folder.releases.glob(".candidate-*"):
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.build.glob("publication.duckdb.tmp*"):
        path.unlink(missing_ok=True)


def _require_space(folder: DataFolder) -> None:
    folder.releases.mkdir(parents=True, exist_ok=True)
    wanted = SPACE_FACTOR * folder.build_file.stat().st_size
    free = shutil.disk_usage(folder.releases).free
    if free < wanted:
        raise _no_space(f"{free // 2**20} MiB free, {wanted // 2**20} MiB wanted")


def _no_space(found: str) -> WarehouseError:
    return WarehouseError(
        expected="room for the new release",
        found=found,
        where="the releases folder",
        next_step="free space or lower keep_releases; the previous release is untouched",
    )


def _unfit(expected: str, found: str, next_step: str) -> VerificationFailed:
    return VerificationFailed(expected=expected, found=found, where="the candidate file", next_step=next_step)


def _short_hash(facts: list[TableFacts]) -> str:
    return hashlib.sha256("\n".join(f"{t.name} {t.rows} {t.content_hash}" for t in facts).encode()).hexdigest()[:8]


def _identifier(name: str) -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"not a name this project makes: {name!r}")
    return name


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _digest(path: Path) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
