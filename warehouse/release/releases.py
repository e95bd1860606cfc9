"""Published releases on disk: going back to an earlier one.

Here: finding a release and moving the pointer. Not here: making releases (publish.py).
"""

from pathlib import Path

from sources.files import file_digest
from warehouse.errors import NoRelease, VerificationFailed
from warehouse.paths import DataFolder
from warehouse.release.publish import point_to, read_manifest, release_ids


def find_release(folder: DataFolder, release_id: str) -> Path:
    """The folder of a release. Raises NoRelease naming those there are."""
    if release_id not in release_ids(folder):
        raise NoRelease(
            expected=f"one of {', '.join(release_ids(folder)) or 'no releases yet'}",
            found=release_id,
            where="the releases folder",
            next_step="integrering releases list",
        )
    return folder.releases / release_id


def release_named(folder: DataFolder, name: str) -> str:
    """The id that a person means: an id, its number (``4``, ``000004``), ``current``, or ``previous`` (the one before it).

    Raises NoRelease naming those there are.
    """
    ids = release_ids(folder)
    current = folder.published.resolve().name
    if name in ("current", "previous") and current in ids:
        place = ids.index(current) - (name == "previous")
        if place < 0:
            raise NoRelease(
                expected="a release before the published one",
                found=f"{current} alone",
                where="the releases folder",
                next_step="nothing: the next run that finds something new makes a second",
            )
        return ids[place]
    elif name not in ids:
        found = [i for i in ids if name.isdecimal() and int(i[:6]) == int(name)] or [
            i for i in ids if i.startswith(name)
        ]
        if len(found) == 1:
            return found[0]
    return find_release(folder, name).name


def roll_back(folder: DataFolder, release_id: str) -> None:
    """Let the published path point to an earlier release, after checking that its files are whole.

    Readers that have a release open keep it. The next run that finds something new publishes again.
    """
    release = find_release(folder, release_id)
    for name, digest in read_manifest(release).files.items():
        if file_digest(release / name) != digest:
            raise VerificationFailed(
                expected=f"{name} as it was published",
                found="other bytes",
                where=f"release {release_id}",
                next_step="choose another release, or rebuild with integrering run --full",
            )
    point_to(folder, release_id)
