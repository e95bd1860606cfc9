"""Publication: from the private build file to a release folder that readers can always open.

Here: writing the candidate, checking it, and moving the pointer last. Not here: building (dbt) or the report.
A crash, a failed check or a full disk at any moment leaves the previous release as it was: nothing is written into a
published folder, and the pointer moves in one atomic step after everything under the new name is on disk.
"""

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from sources.files import file_digest, fsync_folder
from warehouse.errors import VerificationFailed, WarehouseError
from warehouse.paths import DATABASE, DataFolder
from warehouse.quoting import literal
from warehouse.release.candidate import TableDoc, TableFacts, write_tables
from warehouse.release.content import hash_function

SPACE_FACTOR = 1
"""Free space wanted before writing, in sizes of the build file."""


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
    hash_function: str = ""
    views: list[str] = field(default_factory=list)

    @property
    def content(self) -> str:
        """One hash over the content of all tables: equal for equal landing, on any machine with the pinned engine."""
        return _content(self.tables)


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
        facts = write_tables(work.folder.build_file, candidate, work.tables)
        _verify(work, candidate, facts)
        manifest = _manifest(work, candidate, f"{number:06d}-{_content(facts)[:8]}", facts)
        _write_manifest(candidate, manifest)
        work.extras(candidate)
        manifest = _seal(candidate, manifest)
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
    os.rename(candidate, work.folder.releases / manifest.release_id)
    fsync_folder(work.folder.releases)
    before = work.folder.published.resolve().name
    point_to(work.folder, manifest.release_id)
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
    fsync_folder(folder.root)


def _verify(work: Publication, candidate: Path, facts: list[TableFacts]) -> None:
    """Check the candidate file itself, opened anew: tables, rows, keys, and that no file of ours is left beside it."""
    file = candidate / DATABASE
    if file.with_name(file.name + ".wal").exists():
        raise _unfit("no write-ahead log beside the candidate", "one", "the file was not closed whole")
    rows_of = {fact.name: fact.rows for fact in facts}
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts' order by all"
        ).fetchall()
        wanted = sorted(table.name for table in work.tables)
        if [name for (name,) in found] != wanted:
            raise _unfit(f"tables {wanted}", f"{[name for (name,) in found]}", "the models and the file differ")
        for table in work.tables:
            # that its query holds in this file; that a view loses no row is what numbers are checked for below
            connection.execute(f'select * from main."{table.name}" limit 0').fetchall()
            if table.is_view:
                continue
            rows = connection.execute(f'select count(*) from marts."{table.name}"').fetchone()[0]
            if rows != rows_of[table.name]:
                raise _unfit(f"{rows_of[table.name]} rows in {table.name}", str(rows), "run with --full")
            _verify_columns(connection, table, rows, candidate / "parquet" / f"{table.name}.parquet")
            _verify_references(connection, table)
        regions = connection.execute("select count(*) from marts.dim_region where region_level = 'country'").fetchone()[
            0
        ]
        if regions != 1:
            raise _unfit("one country in dim_region", str(regions), "check the Klass release in use")


def _verify_references(connection: duckdb.DuckDBPyConnection, table: TableDoc) -> None:
    """Every number stands for a row: the views join by it, and would lose the rows of one that does not."""
    for column, other, key in table.references:
        (lost,) = connection.execute(
            f'select count(*) from (select distinct "{column}" as number from marts."{table.name}") '
            f'where number is not null and number not in (select "{key}" from marts."{other}")'
        ).fetchone()
        if lost:
            raise _unfit(f"numbers of {other} in {table.name}.{column}", f"{lost} others", "run with --full")


def _verify_columns(connection: duckdb.DuckDBPyConnection, table: TableDoc, rows: int, parquet: Path) -> None:
    """Each key once, and no empty cell where the contract of the table allows none."""
    counts = [f'count("{column}")' for column in table.not_null]
    if counts:
        found = connection.execute(f'select {", ".join(counts)} from marts."{table.name}"').fetchone()
        for column, filled in zip(table.not_null, found, strict=True):
            if filled != rows:
                raise _unfit(
                    f"a value in every row of {table.name}.{column}", f"{rows - filled} empty", "run with --full"
                )
    if table.key and not _is_rising(connection, table, rows, parquet):
        key = ", ".join(f'"{column}"' for column in table.key)
        # two keys with one hash are a false alarm at worst, one in a hundred thousand at ten million rows
        distinct = f'select count(distinct hash({key})) from marts."{table.name}"'
        (once,) = connection.execute(distinct).fetchone()
        if once != rows:
            raise _unfit(
                f"each {', '.join(table.key)} once in {table.name}", f"{rows - once} of them twice", "run with --full"
            )


def _is_rising(connection: duckdb.DuckDBPyConnection, table: TableDoc, rows: int, parquet: Path) -> bool:
    """Whether each row, as read, comes strictly after the one before it in the order of the key: then no key stands twice.

    One pass without memory, where counting keys keeps them all. False says nothing: rows may come in another order (a seam
    between threads), or a part of the key be empty. Where rows do not lie by key, its Parquet file, written from them, does.
    """
    if table.is_packed:
        relation, order = literal(parquet), tuple(f'"{name}"' for name in table.key)
    elif set(table.order_by) <= set(table.key):
        relation, order = f'marts."{table.name}"', table.stored_order
    else:
        return False
    later = "false"
    for place in reversed(range(len(order))):
        later = f"(now_{place} > before_{place} or (now_{place} = before_{place} and {later}))"
    pairs = ", ".join(
        f"{term} as now_{place}, lag({term}) over () as before_{place}" for place, term in enumerate(order)
    )
    (rising,) = connection.execute(f"select count(*) from (select {pairs} from {relation}) where {later}").fetchone()
    return rising == max(rows - 1, 0)


def _seal(candidate: Path, manifest: Manifest) -> Manifest:
    """Write the manifest with the hash of every file there is now, make all of it read-only and safe on disk."""
    manifest = replace(manifest, files=_digests(candidate, manifest.files))
    _write_manifest(candidate, manifest)
    for path in sorted(candidate.rglob("*")):
        if path.is_file():
            os.chmod(path, 0o444)
            fsync_folder(path)
    for path in [p for p in candidate.rglob("*") if p.is_dir()] + [candidate]:
        fsync_folder(path)
    return manifest


def _manifest(work: Publication, candidate: Path, release_id: str, facts: list[TableFacts]) -> Manifest:
    with duckdb.connect() as connection:
        function = hash_function(connection)
    return Manifest(
        release_id=release_id,
        published_at=work.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        is_demo=work.is_demo,
        municipality=work.municipality,
        fingerprint=work.fingerprint,
        tables=facts,
        files=_digests(candidate, {}),
        releases_in_use=work.releases_in_use,
        hash_function=function,
        views=[table.name for table in work.tables if table.is_view],
    )


def _digests(candidate: Path, known: dict[str, str]) -> dict[str, str]:
    """The hash of every file but the manifest, by its path in the candidate; known ones are not computed again."""
    paths = {path.relative_to(candidate).as_posix(): path for path in sorted(candidate.rglob("*")) if path.is_file()}
    paths.pop("manifest.json", None)
    return {name: known.get(name) or file_digest(path) for name, path in paths.items()}


def _write_manifest(candidate: Path, manifest: Manifest) -> None:
    text = json.dumps({**asdict(manifest), "content": manifest.content}, indent=1, sort_keys=True)
    (candidate / "manifest.json").write_text(text, encoding="utf-8")


def read_manifest(release: Path) -> Manifest:
    """The manifest of a release folder."""
    raw: dict[str, Any] = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    raw["tables"] = [TableFacts(**table) for table in raw["tables"]]
    # releases of other versions of the product may say more
    return Manifest(**{name: value for name, value in raw.items() if name in Manifest.__dataclass_fields__})


def _forget_old(folder: DataFolder, keep: int, before: str) -> None:
    """Remove all but the last releases. The one published until now stays, however old: a reader may be opening it."""
    current = os.path.basename(os.readlink(folder.published))
    for release_id in release_ids(folder)[:-keep]:
        if release_id not in (current, before):
            # it leaves the list in one step: a kill while its files go must not leave half of it under its name
            old = folder.releases / f".old-{release_id}"
            os.rename(folder.releases / release_id, old)
            shutil.rmtree(old, ignore_errors=True)


def _remove_leftovers(folder: DataFolder) -> None:
    if folder.releases.exists():
        for path in [*folder.releases.glob(".candidate-*"), *folder.releases.glob(".old-*")]:
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


def _content(facts: list[TableFacts]) -> str:
    return hashlib.sha256("\n".join(f"{t.name} {t.rows} {t.content_hash}" for t in facts).encode()).hexdigest()
