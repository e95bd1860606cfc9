"""One writer at a time, by a lock of the operating system.

Here: taking and naming the lock. Not here: what is done under it. A crashed owner's lock is free by itself: staleness is
the lock's own, never a guess from a file's age.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from warehouse.errors import NoLocks, WriterBusy

_held: dict[Path, tuple[IO[str], int]] = {}


@contextmanager
def writer_lock(path: Path) -> Iterator[None]:
    """Hold the writer's lock. Entering it again in the same process is free.

    Raises WriterBusy with owner and start time when another process holds it.
    """
    path = path.resolve()
    if path in _held:
        handle, depth = _held[path]
        _held[path] = (handle, depth + 1)
    else:
        _held[path] = (_take(path), 1)
    try:
        yield
    finally:
        handle, depth = _held[path]
        if depth > 1:
            _held[path] = (handle, depth - 1)
        else:
            del _held[path]
            handle.close()


def lock_file(handle: IO[str], where: Path, *, wait: bool = True) -> None:
    """Lock an open file for this process; it is given back when the file is closed.

    Raises BlockingIOError when another has it and we do not wait, NoLocks where the file system knows no locks.
    """
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError as problem:
        handle.close()
        raise NoLocks(
            expected="a disk that can lock a file",
            found=f"a share that cannot ({problem.strerror})",
            where=str(where),
            next_step="put the data folder (INTEGRERING_DATA_DIR) on a local disk; readers may have a copy on the share",
        ) from problem


def _take(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = open(path, "a+", encoding="utf-8")  # noqa: SIM115 - held until the lock is given back
    try:
        lock_file(handle, path, wait=False)
    except BlockingIOError:
        handle.seek(0)
        owner = handle.read().strip() or "another process"
        handle.close()
        raise WriterBusy(
            expected="no other run",
            found=f"one in progress ({owner})",
            where="the writer's lock",
            next_step="wait until it has ended; a crashed run frees the lock by itself",
        ) from None
    handle.truncate(0)
    handle.write(f"process {os.getpid()}, started {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n")
    handle.flush()
    return handle
