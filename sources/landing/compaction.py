"""Old releases take little room: their bodies as deltas from the next one, their rows made again when they are asked for.

Here: what is stored small, and when. Not here: the coding (body_delta.py), or which release is in use (current.py). Not a
byte is lost: a delta is checked by giving back the body, hash for hash, before the whole body goes.
"""

import contextlib
import time
from collections.abc import Iterable

from sources.dataset.spec import DatasetSpec
from sources.files import write_whole
from sources.landing import body_delta
from sources.landing.store import LEFTOVER_AGE_SECONDS, Landing, Receipt

LARGEST_BODY = 64_000_000
"""Larger bodies stay whole: coding them would take more memory than a run may have."""

LONGEST_CHAIN = 24
"""So many deltas in a row, then a whole body: an old release is given back in seconds, and one bad file spoils few."""

WORTH = 0.5
"""A delta larger than this share of the body is not worth its chain."""


def compact(landing: Landing, specs: dict[str, DatasetSpec], in_use: Iterable[tuple[str, str]]) -> int:
    """Store every release that is neither in use nor waiting for a decision small; returns the bytes freed.

    ``in_use`` are (dataset, release) pairs. Safe to stop at any moment: a whole body goes only after its delta is on disk.
    """
    kept, freed = set(in_use), 0
    for spec in specs.values():
        receipts = landing.receipts(spec.dataset_id)
        for number, receipt in enumerate(receipts):
            decision = landing.decision(spec.dataset_id, receipt.release_id)
            settled = decision is not None and decision.state != "held"
            if (spec.dataset_id, receipt.release_id) in kept or not settled:
                continue
            freed += _drop_rows(landing, spec, receipt)
            following = [r for r in receipts[number + 1 :] if r.form == receipt.form and r.is_demo == receipt.is_demo]
            if following and len(following[0].blobs) == len(receipt.blobs):
                freed += sum(
                    _shrink(landing, old.sha256, new.sha256)
                    for old, new in zip(receipt.blobs, following[0].blobs, strict=True)
                )
    return freed + _drop_leftovers(landing)


def _drop_leftovers(landing: Landing) -> int:
    """Remove files that a killed run was writing; what it was to write is made again under a name of its own."""
    freed = 0
    for file in (*landing.folder.glob("datasets/*/*/.*.part"), *landing.folder.glob("blobs/*/.*.part")):
        with contextlib.suppress(FileNotFoundError):
            found = file.stat()
            if time.time() - found.st_mtime > LEFTOVER_AGE_SECONDS:
                file.unlink()
                freed += found.st_size
    return freed


def _drop_rows(landing: Landing, spec: DatasetSpec, receipt: Receipt) -> int:
    """Remove the rows of a release; `sources.landing.intake.ensure_rows` makes them again from the bytes."""
    if spec.shape != "observation":
        return 0
    path = landing.data_path(spec.dataset_id, receipt.release_id, spec.shape)
    freed = 0
    for file in (path, path.with_name("series.parquet")):
        with contextlib.suppress(FileNotFoundError):
            freed += file.stat().st_size
            file.unlink()
    return freed


def _shrink(landing: Landing, old: str, new: str) -> int:
    """Turn one body into a delta from another; returns the bytes freed, 0 where it stays whole."""
    path = landing.blob_path(old)
    if old == new or not path.exists() or path.stat().st_size > LARGEST_BODY or _chain(landing, new) >= LONGEST_CHAIN:
        return 0
    if not landing.has_body(new) or _depends_on(landing, new, old):
        return 0
    base, body = landing.body(new).read_bytes(), path.read_bytes()
    delta = body_delta.encode(base, body)
    if len(delta) > WORTH * len(body) or body_delta.apply(base, delta) != body:
        return 0
    write_whole(landing.delta_path(old), delta)
    path.unlink()
    return len(body) - len(delta)


def _chain(landing: Landing, digest: str) -> int:
    """How many deltas stand between a body and a whole one."""
    length = 0
    while not landing.blob_path(digest).exists():
        digest = body_delta.base_of(landing.delta_path(digest).read_bytes())
        length += 1
    return length


def _depends_on(landing: Landing, digest: str, other: str) -> bool:
    """Whether a body is (perhaps over others) a delta from another: a ring would lose both."""
    while not landing.blob_path(digest).exists():
        digest = body_delta.base_of(landing.delta_path(digest).read_bytes())
        if digest == other:
            return True
    return False
