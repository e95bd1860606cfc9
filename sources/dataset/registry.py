"""Which reader stands behind each form of file.

Here: the list of forms. Not here: any parsing. A new publisher adds its forms here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sources.imdi import reader as imdi
from sources.klass import reader as klass
from sources.klass.answers import read_changes, read_codes, read_correspondences
from sources.municipal import reader as municipal
from sources.nav import reader as nav
from sources.ports import ObservationReader, TableReader
from sources.published import reader as published
from sources.ssb import reader as ssb

HEAD_BYTES = 65_536
"""How much of a file a recogniser may look at."""

Recogniser = Callable[[Path], str | None]


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
        *[Form(name, "ssb", read) for name, read in ssb.READERS.items()],
        *[Form(name, "nav", read, () if name == "nav_workbook" else (name,)) for name, read in nav.READERS.items()],
        Form(municipal.FORM, "municipal", municipal.read_template),
        Form("published_csv", "published", published.read_table),
        Form("kostra_aggregate_csv", "kostra", published.read_table),
        Form("klass_version", "klass", klass.read_version, ("klass_municipalities",)),
        Form("klass_codes", "klass", read_codes),
        Form("klass_changes", "klass", read_changes, ("klass_municipality_changes",)),
        Form("klass_correspondence", "klass", read_correspondences, ("klass_kostra_groups",)),
        Form("klass_bundled_municipalities", "klass", klass.read_bundled_municipalities, ("klass_municipalities",)),
        Form("klass_bundled_changes", "klass", klass.read_bundled_changes, ("klass_municipality_changes",)),
        Form("klass_bundled_counties", "klass", klass.read_bundled_counties, ("klass_counties",)),
    ]
    return {form.name: form for form in known}


def _by_head(recogniser: Callable[[str, bytes], str | None]) -> Recogniser:
    """A recogniser that is content with the name and the first bytes."""

    def recognise_file(path: Path) -> str | None:
        with open(path, "rb") as handle:
            return recogniser(path.name, handle.read(HEAD_BYTES))

    return recognise_file


def recognisers() -> dict[str, Recogniser]:
    """One recogniser per publisher, in the order they are asked: templates go by name, so they are asked first."""
    return {
        "municipal": _by_head(municipal.recognise),
        "imdi": _by_head(imdi.recognise),
        "klass": _by_head(klass.recognise),
        "ssb": ssb.recognise,
        "nav": nav.recognise,
    }


def recognise(path: Path, source: str | None = None) -> str | None:
    """The form of a file, asked of one publisher or of all; None when no one knows it."""
    asked = [recognisers()[source]] if source in recognisers() else [] if source else list(recognisers().values())
    return next((form for form in (recogniser(path) for recogniser in asked) if form), None)
