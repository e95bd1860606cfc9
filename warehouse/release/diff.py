"""What differs between two published releases.

Here: a comparison of their tables, rows and content. Not here: revisions of one dataset (mart fct_revision).
"""

from collections.abc import Iterator

import duckdb

from warehouse.opening import refused
from warehouse.paths import DATABASE, DataFolder
from warehouse.quoting import literal
from warehouse.release.content import columns_of
from warehouse.release.publish import Manifest, read_manifest
from warehouse.release.releases import find_release

NUMBERS = frozenset({"series_number", "release_number"})
"""Columns that mean something within one release only."""


def diff_releases(folder: DataFolder, first: str, second: str) -> Iterator[str]:
    """One line per table or view that differs: rows only in one, rows in both. Raises NoRelease for an unknown id."""
    paths = {name: find_release(folder, name) for name in (first, second)}
    manifests = {name: read_manifest(path) for name, path in paths.items()}
    yield f"{first} -> {second}"
    before, after = (_comparable(manifests[name]) for name in (first, second))
    same = 0
    one_function = manifests[first].hash_function == manifests[second].hash_function
    with duckdb.connect() as connection:
        for alias, name in (("a", first), ("b", second)):
            file = paths[name] / DATABASE
            try:
                connection.execute(f"attach {literal(file)} as {alias} (read_only)")
            except duckdb.IOException as problem:
                raise refused(file, problem) from problem
        for table in sorted(set(before) | set(after)):
            if table not in before or table not in after:
                yield f"{table}: {'new table' if table in after else 'table gone'}"
            elif one_function and before[table] == after[table]:
                same += 1
            elif line := _changed(connection, table):
                yield line
            else:
                same += 1
    yield f"{same} tables are equal"


def _comparable(manifest: Manifest) -> dict[str, str]:
    """Name -> content of the tables and views that mean the same in every release.

    A table with numbers is compared as the views show it: a new series gives many others another number.
    """
    numbered = [table for table in manifest.tables if NUMBERS & set(table.columns)]
    views = dict.fromkeys(manifest.views, " ".join(table.content_hash for table in numbered))
    return {table.name: table.content_hash for table in manifest.tables if table not in numbered} | views


def _changed(connection: duckdb.DuckDBPyConnection, table: str) -> str | None:
    """The line of a table whose rows differ; None where they are the same. Rows are held against each other by their hash."""
    columns = {alias: [name for name, _ in columns_of(connection, "marts", table, alias)] for alias in ("a", "b")}
    listed = ", ".join(f'"{name}"' for name in columns["a"] if name in columns["b"])
    rows = {
        alias: connection.execute(f'select count(*) from {alias}.marts."{table}"').fetchone()[0] for alias in columns
    }
    counts = [
        connection.execute(
            f'select count(*) from (select hash({listed}) from {one}.marts."{table}" '
            f'except all select hash({listed}) from {other}.marts."{table}")'
        ).fetchone()[0]
        for one, other in (("a", "b"), ("b", "a"))
    ]
    if columns["a"] == columns["b"] and not any(counts):
        return None
    return f"{table}: {rows['a']} -> {rows['b']} rows; {counts[0]} rows only before, {counts[1]} only after"
