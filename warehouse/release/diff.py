"""What differs between two published releases.

Here: a comparison of their tables, rows and content. Not here: revisions of one dataset (mart fct_revision).
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from warehouse.opening import refused
from warehouse.paths import DATABASE, DataFolder
from warehouse.release.publish import Manifest, TableFacts, read_manifest
from warehouse.release.releases import find_release


def diff_releases(folder: DataFolder, first: str, second: str) -> Iterator[str]:
    """One line per table that differs: rows only in one, rows in both. Raises NoRelease for an unknown id."""
    paths = {name: find_release(folder, name) for name in (first, second)}
    manifests = {name: read_manifest(path) for name, path in paths.items()}
    yield f"{first} -> {second}"
    before, after = (_by_name(manifests[name]) for name in (first, second))
    same = 0
    one_function = manifests[first].hash_function == manifests[second].hash_function
    with duckdb.connect() as connection:
        for alias, name in (("a", first), ("b", second)):
            file = paths[name] / DATABASE
            try:
                connection.execute(f"attach '{str(file).replace(chr(39), chr(39) * 2)}' as {alias} (read_only)")
            except duckdb.IOException as problem:
                raise refused(file, problem) from problem
        for table in sorted(set(before) | set(after)):
            if table not in before or table not in after:
                yield f"{table}: {'new table' if table in after else 'table gone'}"
            elif one_function and before[table].content_hash == after[table].content_hash:
                same += 1
            elif line := _changed(connection, before[table], after[table]):
                yield line
            else:
                same += 1
    yield f"{same} tables are equal"


def _by_name(manifest: Manifest) -> dict[str, TableFacts]:
    return {table.name: table for table in manifest.tables}


def _changed(connection: duckdb.DuckDBPyConnection, before: TableFacts, after: TableFacts) -> str | None:
    """The line of a table whose rows differ; None where they are the same (releases of two engines hash differently)."""
    common = [column for column in before.columns if column in after.columns]
    listed = ", ".join(f'"{column}"' for column in common)
    counts = [
        connection.execute(
            f'select count(*) from (select {listed} from {one}.marts."{after.name}" '
            f'except all select {listed} from {other}.marts."{after.name}")'
        ).fetchone()[0]
        for one, other in (("a", "b"), ("b", "a"))
    ]
    if before.columns == after.columns and not any(counts):
        return None
    return f"{after.name}: {before.rows} -> {after.rows} rows; {counts[0]} rows only before, {counts[1]} only after"
