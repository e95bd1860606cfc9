"""A copy of landing and of the published releases in an object store, and the way back.

Here: what is copied in which order, and how a copy is checked. Not here: any store's protocol (fsspec), or credentials,
which a store's client takes from its own usual places and never from the address.

Layout: `landing/objects/<sha256>` (each content once), `landing/index.json` (path -> sha256, written after all objects),
`releases/<id>/…` (as published, manifest last), `published.json` (written last of all). So a copy that breaks off leaves
the one before it whole.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sources.files import file_digest
from warehouse.errors import NoRelease, VerificationFailed, WarehouseError, WrongSetting
from warehouse.paths import DataFolder
from warehouse.release.publish import point_to, release_ids

SCHEMES = ("s3", "gs", "abfs", "file", "memory")
"""Stores an address may name."""

MANIFEST = "manifest.json"


@dataclass
class Transfer:
    """What a call moved: files and bytes copied, objects and releases that are no longer wanted, the published release."""

    files: int = 0
    bytes: int = 0
    removed: int = 0
    release_id: str = ""


class Store:
    """One place in an object store: whole objects by key, as few operations as every store has."""

    def __init__(self, address: str) -> None:
        """Raises WrongSetting for an address of another kind, or one that holds a user, a password or a query."""
        parts = urlsplit(address)
        if parts.scheme not in SCHEMES or parts.username or parts.password or parts.query:
            raise WrongSetting(
                expected=f"an address of {', '.join(SCHEMES)} without user, password or query",
                found=f"one of {parts.scheme or 'no scheme'}",
                where="the address of the mirror",
                next_step="for example s3://bucket/integrering; keys belong in the environment of the store's client",
            )
        import fsspec

        try:
            self.files, root = fsspec.core.url_to_fs(address)
        except ImportError as problem:
            raise WarehouseError(
                expected=f"the client of {parts.scheme} addresses",
                found=str(problem),
                where="the address of the mirror",
                next_step="pip install 'integrering[s3]' for s3; gcsfs or adlfs for the others",
            ) from None
        self.root = root.rstrip("/")

    def sizes(self, prefix: str) -> dict[str, int]:
        """Key -> bytes of everything under a prefix."""
        self.files.invalidate_cache()
        found: dict[str, Any] = self.files.find(f"{self.root}/{prefix}", detail=True)
        start = len(self.root.lstrip("/")) + 1
        return {path.lstrip("/")[start:]: int(entry["size"]) for path, entry in found.items()}

    def put(self, source: Path, key: str) -> None:
        self.files.makedirs(f"{self.root}/{key}".rpartition("/")[0], exist_ok=True)
        self.files.put_file(str(source), f"{self.root}/{key}")

    def get(self, key: str, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        self.files.get_file(f"{self.root}/{key}", str(target))

    def write(self, key: str, value: object) -> None:
        """A small object that is there whole or not at all, also where a store writes in place."""
        path = f"{self.root}/{key}"
        self.files.makedirs(path.rpartition("/")[0], exist_ok=True)
        self.files.pipe_file(f"{path}.part", json.dumps(value, indent=1, sort_keys=True).encode())
        self.files.mv(f"{path}.part", path)

    def read(self, key: str) -> Any:
        """A small object, or None where there is none."""
        try:
            return json.loads(self.files.cat_file(f"{self.root}/{key}"))
        except FileNotFoundError:
            return None

    def remove(self, key: str) -> None:
        self.files.rm_file(f"{self.root}/{key}")


def push(folder: DataFolder, address: str) -> Transfer:
    """Copy what the store lacks. To be called under the writer's lock, so that landing stands still.

    Releases and contents that are gone here are removed there, after the new ones are in place.
    """
    store, done = Store(address), Transfer()
    index = {p.relative_to(folder.landing).as_posix(): p for p in sorted(folder.landing.rglob("*")) if p.is_file()}
    index = {path: file for path, file in index.items() if not path.startswith("incoming/")}
    hashes = {path: file_digest(file) for path, file in index.items()}
    objects = {f"landing/objects/{digest}": index[path] for path, digest in hashes.items()}
    there = store.sizes("landing/objects")
    _put_missing(store, objects, there, done)
    store.write("landing/index.json", hashes)
    releases: dict[str, Path] = {}
    for release_id in release_ids(folder):
        files = sorted(p for p in (folder.releases / release_id).rglob("*") if p.is_file())
        for file in sorted(files, key=lambda p: p.name == MANIFEST):
            releases[f"releases/{release_id}/{file.relative_to(folder.releases / release_id).as_posix()}"] = file
    kept = store.sizes("releases")
    _put_missing(store, releases, kept, done)
    if folder.published.exists():
        done.release_id = os.path.basename(os.readlink(folder.published))
        store.write("published.json", {"release_id": done.release_id})
    for key in sorted({*there, *kept} - {*objects, *releases}):
        store.remove(key)
        done.removed += 1
    return done


def pull(address: str, folder: DataFolder) -> Transfer:
    """Restore an empty data folder from the store, checking every file against its hash.

    Raises WarehouseError when the folder holds something already, NoRelease when there is no copy, VerificationFailed when
    a file is not what it was. Nothing stands under its final name until all of it has been checked.
    """
    if folder.landing.exists() or folder.releases.exists():
        raise WarehouseError(
            expected="a data folder without landing and releases",
            found="one that has them",
            where="the data folder",
            next_step="name an empty one with INTEGRERING_DATA_DIR",
        )
    store, done = Store(address), Transfer()
    index = store.read("landing/index.json")
    if index is None:
        raise NoRelease(
            expected="a copy made by `integrering mirror push`",
            found="none",
            where="the address of the mirror",
            next_step="check the address",
        )
    partial = folder.root / ".restoring"
    shutil.rmtree(partial, ignore_errors=True)
    for path, digest in index.items():
        _get_checked(store, f"landing/objects/{digest}", _inside(partial / "landing", path), digest, done)
    published = (store.read("published.json") or {}).get("release_id", "")
    for release_id in sorted({key.split("/")[1] for key in store.sizes("releases")}):
        manifest = store.read(f"releases/{release_id}/{MANIFEST}")
        target = _inside(partial / "releases", release_id)
        for name, digest in manifest["files"].items() if manifest else ():
            _get_checked(store, f"releases/{release_id}/{name}", _inside(target, name), digest, done)
        if manifest:
            store.get(f"releases/{release_id}/{MANIFEST}", target / MANIFEST)
    for name in ("landing", "releases"):
        if (partial / name).exists():
            os.rename(partial / name, folder.root / name)
    for file in folder.releases.rglob("*"):
        if file.is_file():
            os.chmod(file, 0o444)
    shutil.rmtree(partial, ignore_errors=True)
    if published in release_ids(folder):
        point_to(folder, published)
        done.release_id = published
    return done


def _put_missing(store: Store, wanted: dict[str, Path], there: dict[str, int], done: Transfer) -> None:
    """Contents never change under a key, so an object of the same size is the same one. A cut one has another size."""
    for key, file in wanted.items():
        size = file.stat().st_size
        if there.get(key) != size:
            store.put(file, key)
            done.files += 1
            done.bytes += size


def _get_checked(store: Store, key: str, target: Path, digest: str, done: Transfer) -> None:
    store.get(key, target)
    found = file_digest(target)
    if found != digest:
        raise VerificationFailed(
            expected=f"{key} with the hash that was recorded",
            found="other bytes",
            where="the mirror",
            next_step="push again from the installation it came from; the data folder here was left empty",
        )
    done.files += 1
    done.bytes += target.stat().st_size


def _inside(folder: Path, relative: str) -> Path:
    """A path under the folder. A name from the store that would leave it is refused."""
    path = folder / relative
    if relative.startswith("/") or ".." in Path(relative).parts:
        raise VerificationFailed(
            expected="names inside the data folder",
            found=relative,
            where="the index of the mirror",
            next_step="do not restore from this store",
        )
    return path
