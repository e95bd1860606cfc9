"""Landing: the upstream bytes as received, each content once, with a receipt of how it came.

Here: storing and finding releases of a dataset. Not here: parsing the bytes, or choosing which release a mart uses.

Layout under the landing folder (all names are made here, none from upstream):
    blobs/<first two hex>/<sha256>              the bytes (of an old release: <sha256>.delta, see compaction.py)
    datasets/<dataset_id>/<release_id>/receipt.json
    datasets/<dataset_id>/<release_id>/observations.parquet   (or table.parquet) and series.parquet
    datasets/<dataset_id>/<release_id>/reading.json           what was read from the bytes, under which spec
    datasets/<dataset_id>/<release_id>/decision.json          held, accepted or rejected, with the reason
    datasets/<dataset_id>/<release_id>/seen_again.json        when upstream went back to this content
A release of a dataset is one distinct content: ``release_id`` is the first 16 hex digits of its hash.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from sources.dataset.spec import ID_PATTERN
from sources.errors import SourceError
from sources.files import file_digest, write_whole, written_whole
from sources.landing import body_delta
from sources.landing.reasons import Reason

if TYPE_CHECKING:
    from sources.http.client import Answer

_RELEASE_PATTERN = re.compile(r"^[0-9a-f]{16}$")
SEEN_AGAIN = "seen_again.json"
_DATASET_PATTERN = re.compile(ID_PATTERN)
LEFTOVER_AGE_SECONDS = 86_400.0
"""After a day nobody goes on writing what a killed run began: clocks and time zones of two machines may differ by hours."""


class Blob(BaseModel):
    """One received body. ``name`` is what upstream called it (file name or request), for people only."""

    model_config = ConfigDict(frozen=True)
    sha256: str
    bytes: int
    name: str
    url: str | None = None
    http_status: int | None = None
    content_type: str | None = None


class Receipt(BaseModel):
    """How a release came in: facts of the arrival, written once. Holds no machine path."""

    model_config = ConfigDict(frozen=True)
    dataset_id: str
    release_id: str
    retrieved_at: datetime
    upstream_updated_at: datetime | None = None
    stamp: str | None = None
    date_basis: str = "fetched"
    blobs: list[Blob]
    form: str
    spec_version: str
    is_demo: bool = False
    publication_status: Literal["final", "preliminary", "unknown"] = "unknown"
    seen_again_at: datetime | None = Field(default=None, exclude=True)

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """Releases of a dataset in the order upstream made them, as far as it is known."""
        return self.order_as_of(None)

    def order_as_of(self, moment: datetime | None) -> tuple[datetime, datetime, str]:
        """The same as it was known at a moment. A content that upstream went back to counts from then on as the newest."""
        again = self.seen_again_at
        if again is not None and (moment is None or again <= moment):
            return (again, again, self.release_id)
        return (self.retrieved_at, self.upstream_updated_at or self.retrieved_at, self.release_id)


class SliceCoverage(BaseModel):
    """What a release holds of one slice (a region level, or ``all``): a partial one never replaces a full one."""

    model_config = ConfigDict(frozen=True)
    regions: int = 0
    is_full: bool = True


class ReadingFacts(BaseModel):
    """What was read from the bytes under one version of the spec; made anew when the spec changes."""

    model_config = ConfigDict(frozen=True)
    spec_version: str
    rows: int
    years: list[int] = []
    slices: dict[str, SliceCoverage] = {}
    notes: dict[str, int] = {}
    new_labels: dict[str, list[str]] = {}
    updated_at: datetime | None = None


class Decision(BaseModel):
    """Why a release is in use or not: what the gate or a person decided, and what was decided of it before.

    ``decided_by``: ``gate``; ``folder``, for what the files that lay beside it said (at_hand.py); ``person``.
    ``unserved`` are the indicators that take from the dataset and get no figure of this release.
    """

    model_config = ConfigDict(frozen=True)
    state: Literal["accepted", "held", "rejected"]
    reasons: list[Reason] = []
    notices: list[Reason] = []
    unserved: list[str] = []
    decided_at: datetime
    decided_by: str = "gate"
    earlier: list[Decision] = []


class Landing:
    """The landing folder. Nothing in it is ever overwritten or deleted by a refresh (decisions excepted)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put_bytes(self, body: bytes) -> str:
        """Store a body under its hash and return the hash. Storing the same body again changes nothing."""
        digest = hashlib.sha256(body).hexdigest()
        path = self.blob_path(digest)
        if not self.has_body(digest):
            write_whole(path, body)
        return digest

    def put_file(self, file: Path, digest: str | None = None) -> str:
        """Store a file's bytes under their hash (``digest``, where it has been taken), in bounded memory, and return it."""
        digest = digest or file_digest(file)
        path = self.blob_path(digest)
        if not self.has_body(digest):
            with written_whole(path) as partial:
                shutil.copyfile(file, partial)
                if file_digest(partial) != digest:
                    raise SourceError(
                        expected="a file that does not change while it is read",
                        found="other bytes at the end than at the start",
                        where=file.name,
                        next_step="wait until the file is written to the end, then run again",
                    )
        return digest

    def blob_path(self, sha256: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise ValueError("a blob is named by the 64 hex digits of its SHA-256")
        return self.folder / "blobs" / sha256[:2] / sha256

    def delta_path(self, sha256: str) -> Path:
        """Where a body lies that is stored as the difference from another (sources/landing/compaction.py)."""
        path = self.blob_path(sha256)
        return path.with_name(f"{path.name}.delta")

    def has_body(self, sha256: str) -> bool:
        """Whether the bytes are here, whole or as a delta."""
        return self.blob_path(sha256).exists() or self.delta_path(sha256).exists()

    def body(self, sha256: str) -> Path:
        """A file with the bytes: the stored one, or one given back from its delta beside landing's own files.

        Raises SourceError when the bytes cannot be given back exactly.
        """
        path = self.blob_path(sha256)
        if path.exists() or not self.delta_path(sha256).exists():
            return path
        restored = self.folder / "incoming" / "restored" / sha256
        if not restored.exists() or file_digest(restored) != sha256:
            delta = self.delta_path(sha256).read_bytes()
            try:
                whole = body_delta.apply(self.body(body_delta.base_of(delta)).read_bytes(), delta)
            except (ValueError, OSError) as problem:
                raise SourceError(
                    expected=f"the body {sha256[:16]} of an old release",
                    found=str(problem),
                    where="landing",
                    next_step="restore landing from its backup; the release in use is not affected",
                ) from problem
            write_whole(restored, whole)
        return restored

    @contextlib.contextmanager
    def incoming(self) -> Iterator[Path]:
        """A private folder for bodies on their way in; it and leftovers of killed runs are removed."""
        parent = self.folder / "incoming"
        parent.mkdir(parents=True, exist_ok=True)
        for leftover in parent.iterdir():
            with contextlib.suppress(OSError):
                if leftover.is_dir() and time.time() - leftover.stat().st_mtime > LEFTOVER_AGE_SECONDS:
                    shutil.rmtree(leftover)
        with tempfile.TemporaryDirectory(dir=parent, prefix=f"{os.getpid()}_") as folder:
            yield Path(folder)

    def received(self, file: Path, name: str, answer: Answer) -> Blob:
        """Store a whole body that a client has fetched into a file, with the address and kind it came under."""
        kept = {"sha256": self.put_file(file), "bytes": file.stat().st_size, "name": name}
        return Blob(**kept, url=answer.url, http_status=answer.status, content_type=answer.content_type)

    def release_folder(self, dataset_id: str, release_id: str) -> Path:
        if not _DATASET_PATTERN.fullmatch(dataset_id) or not _RELEASE_PATTERN.fullmatch(release_id):
            raise ValueError(f"not a dataset and release id: {dataset_id!r} {release_id!r}")
        return self.folder / "datasets" / dataset_id / release_id

    def put_receipt(self, receipt: Receipt) -> None:
        """Write the receipt last: a release counts from the moment its receipt is whole."""
        path = self.release_folder(receipt.dataset_id, receipt.release_id) / "receipt.json"
        if not path.exists():
            write_whole(path, receipt.model_dump_json(indent=1).encode())

    def receipt(self, dataset_id: str, release_id: str) -> Receipt | None:
        path = self.release_folder(dataset_id, release_id) / "receipt.json"
        return _read_receipt(path) if path.exists() else None

    def receipts(self, dataset_id: str | None = None) -> list[Receipt]:
        """All releases (of one dataset), oldest first."""
        pattern = f"{dataset_id or '*'}/*/receipt.json"
        found = [_read_receipt(p) for p in (self.folder / "datasets").glob(pattern)]
        return sorted(found, key=lambda r: (r.dataset_id, *r.order))

    def see_again(self, dataset_id: str, release_id: str, moment: datetime) -> None:
        """Record that upstream went back to a content it had before; the receipt itself stays as it is."""
        path = self.release_folder(dataset_id, release_id) / SEEN_AGAIN
        write_whole(path, json.dumps({"seen_again_at": utc(moment).isoformat()}).encode())

    def put_reading(self, dataset_id: str, release_id: str, facts: ReadingFacts) -> None:
        """Record what was read. May be written again: it can always be derived from the bytes."""
        path = self.release_folder(dataset_id, release_id) / "reading.json"
        write_whole(path, facts.model_dump_json(indent=1).encode())

    def reading(self, dataset_id: str, release_id: str) -> ReadingFacts | None:
        path = self.release_folder(dataset_id, release_id) / "reading.json"
        return ReadingFacts.model_validate_json(path.read_bytes()) if path.exists() else None

    def decide(self, dataset_id: str, release_id: str, decision: Decision) -> None:
        """Record that a release is accepted, held or rejected; a later decision counts before an earlier one, which is
        kept with it, so that what was in use on a day can be told."""
        path = self.release_folder(dataset_id, release_id) / "decision.json"
        if before := self.decision(dataset_id, release_id):
            earlier = [*before.earlier, before.model_copy(update={"earlier": []})]
            decision = decision.model_copy(update={"earlier": earlier})
        write_whole(path, decision.model_dump_json(indent=1).encode())

    def decision(self, dataset_id: str, release_id: str) -> Decision | None:
        path = self.release_folder(dataset_id, release_id) / "decision.json"
        return Decision.model_validate_json(path.read_bytes()) if path.exists() else None

    def data_path(self, dataset_id: str, release_id: str, shape: str) -> Path:
        """Where the parsed rows of a release lie: ``observations.parquet`` or ``table.parquet``."""
        name = "observations.parquet" if shape == "observation" else "table.parquet"
        return self.release_folder(dataset_id, release_id) / name


def _read_receipt(path: Path) -> Receipt:
    receipt = Receipt.model_validate_json(path.read_bytes())
    again = path.with_name(SEEN_AGAIN)
    if not again.exists():
        return receipt
    moment = datetime.fromisoformat(json.loads(again.read_bytes())["seen_again_at"])
    return receipt.model_copy(update={"seen_again_at": moment})


def release_id_of(digests: list[str]) -> str:
    """The release id of one or more bodies: their hash, or the hash of their hashes in order."""
    whole = digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()
    return whole[:16]


def utc(moment: datetime) -> datetime:
    """A zone-aware moment in UTC; a naive one is refused, since a clock without zone is a guess."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)
