"""Writing a file whole or not at all, and hashing one.

Here: the one way in which a file that a later run trusts comes into being. Not here: what any file holds.
The warehouse writes its records by this too; it is the only module of `sources` that it may use.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A temporary name beside ``path`` to write under; once it is on disk it takes the place of ``path`` in one step.

    A crash at any moment leaves the old file or the new one, never a part. What fails leaves nothing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield partial
        with open(partial, "rb") as handle:
            os.fsync(handle.fileno())
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a small file whole or not at all; text as UTF-8."""
    with written_whole(path) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)


def fsync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut (and the content of a file, where one is named)."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_digest(file: Path) -> str:
    """SHA-256 of a file as hex."""
    with open(file, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
