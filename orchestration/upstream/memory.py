"""What is remembered of the publishers between two ticks: the last answer, what waits to be read, what they listed as updated.

Here: the records in `<data>/upstream/` and reading them back. Not here: asking anybody (live.py). They may be thrown away at any
time: without its record the stamp and date of a dataset's last fetch are those of the newest receipt in landing.
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from sources.files import write_whole
from sources.landing.predecessor import FETCHED
from sources.landing.store import Landing, release_id_of
from sources.ports import Fetched


class Memory(BaseModel):
    """What is known of a dataset's upstream between two ticks.

    ``stamp_in_use`` and ``fetched_at`` belong to the last whole fetch; ``stamp`` to the last answer. ``bodies`` lie in landing
    but are not read yet, and ``after`` is the release they follow: a content that upstream goes back to is news again.
    ``retry_at`` keeps a failing dataset from being asked at every tick; ``failing_since`` is when the first of the failures
    in a row came, ``no_answer`` whether the publisher did not answer (rather than something wrong with this dataset).
    """

    dataset_id: str
    asked_at: datetime | None = None
    state: str = "available"
    note: str = ""
    note_nb: str = ""
    stamp: str | None = None
    stamp_in_use: str | None = None
    fetched_at: datetime | None = None
    is_due: bool = False
    bodies: list[Fetched] = []
    after: str = ""
    failures: int = 0
    retry_at: datetime | None = None
    failing_since: datetime | None = None
    no_answer: bool = False

    @property
    def release_name(self) -> str:
        """What upstream's new release is called in run keys and tags: its stamp, or the hash of its content."""
        content = "+".join(release_id_of([blob.sha256 for blob in body.blobs]) for body in self.bodies)
        return f"{content} after {self.after}" if content else self.stamp or f"since {self.fetched_at}"

    def but(self, **changed: Any) -> Memory:
        """The same with other values of some fields."""
        return self.model_copy(update=changed)

    def well(self, **changed: Any) -> Memory:
        """The same of a dataset whose publisher answers."""
        return self.but(failing_since=None, no_answer=False, **changed)


class Heard(BaseModel):
    """What a publisher listed as updated lately: upstream id -> stamp."""

    at: datetime
    stamps: dict[str, str] = {}


class Memories:
    """The records of one data folder."""

    def __init__(self, root: Path, landing: Landing) -> None:
        self._folder, self._landing = root / "upstream", landing

    def of(self, dataset_id: str) -> Memory:
        """What is remembered of a dataset; made from the release log when there is no (whole) record."""
        path = self._folder / f"{dataset_id}.json"
        if path.exists():
            with contextlib.suppress(ValidationError):
                return Memory.model_validate_json(path.read_bytes())
        receipts = [r for r in self._landing.receipts(dataset_id) if r.date_basis == FETCHED]
        if not receipts:
            return Memory(dataset_id=dataset_id)
        newest = max(receipts, key=lambda r: r.order)
        return Memory(dataset_id=dataset_id, stamp_in_use=newest.stamp, fetched_at=newest.retrieved_at)

    def keep(self, memory: Memory) -> None:
        write_whole(self._folder / f"{memory.dataset_id}.json", memory.model_dump_json(indent=1))

    def heard(self, source: str) -> Heard | None:
        """What a publisher last listed; None when it was never asked, or its record is not whole."""
        with contextlib.suppress(OSError, ValidationError):
            return Heard.model_validate_json((self._folder / f"announced_{source}.json").read_bytes())
        return None

    def keep_heard(self, source: str, heard: Heard) -> None:
        write_whole(self._folder / f"announced_{source}.json", heard.model_dump_json(indent=1))
