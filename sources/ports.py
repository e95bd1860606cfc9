"""The two doors every publisher's folder implements: reading bytes and fetching bytes.

Here: the shapes of those doors. Not here: any publisher. `sources/dataset/registry.py` lists who stands behind each form.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa

from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError
from sources.landing.observation import Reading
from sources.landing.store import Blob, Landing


@dataclass(frozen=True)
class Document:
    """One body to read: where its bytes lie and what upstream called it (for messages and for dates in names)."""

    path: Path
    name: str


def only(documents: list[Document], spec: DatasetSpec) -> Document:
    """The one body of a release whose form has one. Raises LayoutError for several, or none."""
    if len(documents) != 1:
        raise LayoutError(
            expected="one file in a release",
            found=f"{len(documents)} files",
            where=spec.dataset_id,
            next_step="give each file as a release of its own",
        )
    return documents[0]


ObservationReader = Callable[[DatasetSpec, list[Document]], Reading]
"""Bytes of one release -> observations. Raises a SourceError that names line or cell; never returns part of a file."""

UPDATED_AT = b"upstream_updated_at"
"""Schema metadata key under which a table reader may state when upstream made the content (ISO date-time)."""

NOTES = b"notes"
"""Schema metadata key under which a table reader may tell whoever put the file there something of it (JSON list of sentences)."""

TableReader = Callable[[DatasetSpec, list[Document]], pa.Table]
"""Bytes of one release -> a reference table with ``source_row`` and the spec's table_columns, typed."""


Place = tuple[int, int | None]
"""``source_row`` and ``source_column`` of a row, as its reader counted them."""

RawCells = Callable[[DatasetSpec, list[Document], Sequence[Place]], list[str]]
"""What stands at places of the bytes of one release, a text for each: file, place, the printed cell, its codes and labels."""


@dataclass(frozen=True)
class Probe:
    """What a cheap question to upstream answered.

    ``stamp`` identifies the upstream release as upstream itself names it (SSB ``updated``, a validator, a file link);
    None = upstream offers nothing cheap and the content must be fetched to know. ``state`` ``closed`` is no failure.
    """

    state: Literal["available", "closed", "withdrawn", "discontinued"]
    stamp: str | None = None
    updated_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Fetched:
    """A whole body (or ordered bodies) that has reached landing, with what is needed for the receipt."""

    blobs: list[Blob]
    form: str
    retrieved_at: datetime
    stamp: str | None = None
    updated_at: datetime | None = None
    publication_status: Literal["final", "preliminary", "unknown"] = "unknown"
    notes: dict[str, int] = field(default_factory=dict)


class Client(Protocol):
    """A publisher's live side. Both calls raise a SourceError; neither leaves part of a body in landing.

    ``fetch`` gives one Fetched per release: IMDi's table is one file and release per level letter, others give one.
    ``planned_call`` says in a line what a fetch would call, without calling; SpecError when the settings are not valid.
    """

    @staticmethod
    def planned_call(spec: DatasetSpec) -> str: ...

    def probe(self, spec: DatasetSpec) -> Probe: ...

    def fetch(self, spec: DatasetSpec, landing: Landing) -> list[Fetched]: ...
