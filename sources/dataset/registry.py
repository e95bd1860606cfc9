"""Which reader stands behind each form of file, and which form a file has.

Here: the list of forms, and choosing among what the publishers say of a file. Not here: any parsing. A new publisher
adds its forms and its recogniser here and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sources.dataset.recognition import Recogniser, Sighting, Specimen
from sources.errors import SourceError
from sources.faults import told_as_fault
from sources.fhi import reader as fhi
from sources.imdi import reader as imdi
from sources.imdi.settlement import reader as settlement
from sources.klass import reader as klass
from sources.klass.answers import (
    raw_changes,
    raw_codes,
    raw_correspondences,
    read_changes,
    read_codes,
    read_correspondences,
)
from sources.microdata import reader as microdata
from sources.municipal import reader as municipal
from sources.nav import reader as nav
from sources.ports import ObservationReader, RawCells, TableReader
from sources.published import reader as published
from sources.raw import sheet_cells, text_lines
from sources.ssb import harmonised
from sources.ssb import reader as ssb


@dataclass(frozen=True)
class Form:
    """A form of file: who publishes it, the reader that turns it into rows, and the one that shows a cell as it stands."""

    name: str
    source: str
    read: ObservationReader | TableReader
    raw: RawCells
    dataset_ids: tuple[str, ...] = ()


def forms() -> dict[str, Form]:
    """Every known form by name."""
    known = [
        *[Form(name, "imdi", read, text_lines) for name, read in imdi.READERS.items()],
        Form(settlement.PAGE, "imdi", settlement.read_page, settlement.raw_cells, ("imdi_bosettingstall",)),
        Form(settlement.LINES, "imdi", settlement.read_lines, settlement.raw_cells, ("imdi_bosettingstall",)),
        *[Form(name, "ssb", read, ssb.raw_cells) for name, read in ssb.READERS.items() if name != harmonised.FORM],
        Form(harmonised.FORM, "ssb", harmonised.read, text_lines, ("ssb_07459_harmonised",)),
        *[
            Form(name, "nav", read, sheet_cells, () if name == "nav_workbook" else (name,))
            for name, read in nav.READERS.items()
        ],
        Form(fhi.FORM, "fhi", fhi.read, ssb.raw_cells, ("fhi_vedvarende_lavinntekt",)),
        Form(municipal.FORM, "municipal", municipal.read_template, municipal.raw_cells),
        Form(microdata.FORM, "microdata", microdata.read_export, microdata.raw_cells, (microdata.DATASET,)),
        Form("published_csv", "published", published.read_table, text_lines),
        Form("kostra_aggregate_csv", "kostra", published.read_table, text_lines),
        Form("klass_version", "klass", klass.read_version, klass.raw_version, ("klass_municipalities",)),
        Form("klass_codes", "klass", read_codes, raw_codes),
        Form("klass_changes", "klass", read_changes, raw_changes, ("klass_municipality_changes",)),
        Form("klass_correspondence", "klass", read_correspondences, raw_correspondences, ("klass_kostra_groups",)),
        Form(
            "klass_bundled_municipalities", "klass", klass.read_bundled_periods, text_lines, ("klass_municipalities",)
        ),
        Form("klass_bundled_counties", "klass", klass.read_bundled_periods, text_lines, ("klass_counties",)),
        Form(
            "klass_bundled_changes",
            "klass",
            klass.read_bundled_changes,
            klass.raw_bundled_changes,
            ("klass_municipality_changes",),
        ),
    ]
    return {form.name: form for form in known}


def recognisers() -> dict[str, Recogniser]:
    """One recogniser per publisher. Their order says nothing: each says how sure it is."""
    return {
        "microdata": microdata.recognise,
        "municipal": municipal.recognise,
        "imdi": lambda specimen: settlement.recognise(specimen) or imdi.recognise(specimen),
        "klass": klass.recognise,
        "ssb": lambda specimen: None if fhi.recognise(specimen) else ssb.recognise(specimen),
        "fhi": fhi.recognise,
        "nav": nav.recognise,
    }


def sightings(specimen: Specimen, asked: Iterable[str] | None = None) -> list[Sighting]:
    """What the publishers (or those asked) say of a file, the surest first.

    A recogniser that fails has seen nothing: the others still may, and the reader of a named file tells what is wrong.
    """
    known, found = recognisers(), []
    for source in known if asked is None else [source for source in asked if source in known]:
        try:
            with told_as_fault(source, specimen.name):
                sighting = known[source](specimen)
        except SourceError:
            continue
        found += [sighting] if sighting else []
    return sorted(found, key=lambda one: (-one.sureness, one.form or ""))


def form_of(path: Path) -> str | None:
    """The form of a file as the surest publisher sees it; None when no one knows it, or two are equally sure."""
    found = sightings(Specimen(path))
    is_tie = len(found) > 1 and found[0].sureness == found[1].sureness
    return None if not found or is_tie else found[0].form
