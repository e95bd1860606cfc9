"""Which published releases hold a year of the municipality's own figures, and taking them away.

Here: asking and removing whole releases; a published folder is never rewritten. Not here: landing (sources/kostra/purge.py).
"""

import shutil
from pathlib import Path

import duckdb

from warehouse.paths import DATABASE, DataFolder
from warehouse.release.publish import release_ids

PRIVATE_TABLES = {
    "social_assistance_by_group": "true",
    "programme_by_group": "true",
    "private_file_receipt": "attachment <> 'regnskap'",
}
"""Tables with figures about persons, and which of their rows are."""


def releases_with(folder: DataFolder, municipality: str, year: int) -> list[str]:
    """Ids of the releases on disk, oldest first, in which any private table holds the municipality's year."""
    return [name for name in release_ids(folder) if _holds(folder.releases / name / DATABASE, municipality, year)]


def remove_releases(folder: DataFolder, municipality: str, year: int) -> tuple[list[str], str | None]:
    """Remove the releases that hold the year; returns their ids, and the published one when it holds the year and stays.

    The published release is what readers have open: a run replaces it, and a second call removes it.
    """
    published = folder.published.resolve().name if folder.published.exists() else None
    holding = releases_with(folder, municipality, year)
    gone = [name for name in holding if name != published]
    for name in gone:
        shutil.rmtree(folder.releases / name)
    return gone, published if published in holding else None


def _holds(database: Path, municipality: str, year: int) -> bool:
    if not database.exists():
        return False
    with duckdb.connect(str(database), read_only=True) as connection:
        there = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
        there |= {name for (name,) in connection.execute("select view_name from duckdb_views()").fetchall()}
        return any(
            connection.execute(
                f"select 1 from marts.{table} where municipality_code = ? and year = ? and {of_persons} limit 1",
                [municipality, year],
            ).fetchone()
            for table, of_persons in PRIVATE_TABLES.items()
            if table in there
        )
