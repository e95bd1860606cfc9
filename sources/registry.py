"""Which reader stands behind each form of file.

Here: the list of forms. Not here: any parsing. A new publisher adds its forms here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sources.imdi import reader as imdi
from sources.klass import reader as klass
from sources.ports import ObservationReader, TableReader
from sources.published import reader as published

HEAD_BYTES = 65_536
"""How much of a file a recogniser may look at."""

Recogniser = Callable[[str, bytes], str | None]


@dataclass(frozen=True)
class Form:
    """A form of file: who publishes it, and the reader that turns it into rows."""

    name: str
    source: str
    read: ObservationReader | TableReader
    dataset_ids: tuple[str, ...] = ()


def forms() -> dict[str, Form]:
    """Every known form by name."""
    known = [
        *[Form(name, "imdi", read) for name, read in imdi.READERS.items()],
        Form("published_csv", "published", published.read_table),
        Form("kostra_aggregate_csv", "kostra", published.read_table),
        Form("klass_version", "klass", klass.read_version, ("klass_municipalities",)),
        Form("klass_changes", "klass", klass.read_changes, ("klass_municipality_changes",)),
        Form("klass_bundled_municipalities", "klass", klass.read_bundled_municipalities, ("klass_municipalities",)),
        Form("klass_bundled_changes", "klass", klass.read_bundled_changes, ("klass_municipality_changes",)),
        Form("klass_bundled_counties", "klass", klass.read_bundled_counties, ("klass_counties",)),
    ]
    return {form.name: form for form in known}


def recognisers() -> dict[str, Recogniser]:
    """One recogniser per publisher."""
    return {"imdi": imdi.recognise, "klass": klass.recognise}


def recognise(path: Path, source: str | None = None) -> str | None:
    """The form of a file, asked of one publisher or of all; None when no one knows it."""
    with open(path, "rb") as handle:
        head = handle.read(HEAD_BYTES)
    asked = [source] if source else list(recognisers())
    for publisher in asked:
        recogniser = recognisers().get(publisher)
        form = recogniser(path.name, head) if recogniser else None
        if form:
            return form
    return None
