"""Finding datasets in a folder of extracts that people downloaded or received.

Here: which file is which dataset in which form, from when. Not here: reading the figures. Nothing is moved or changed.
An optional ``extracts.csv`` (path, source, dataset, form, level, retrieved_on) settles what names cannot.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from difflib import get_close_matches
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path, PurePosixPath

from sources.dataset.extracts_list import LIST_NAME, Listed, read_list
from sources.dataset.recognition import Sighting, Specimen, other_kind
from sources.dataset.registry import forms, sightings
from sources.dataset.spec import DatasetSpec
from sources.files import file_digest
from sources.imdi.reexport import FORM as SAVED_AGAIN
from sources.kostra.recognise import ACCOUNTS_REASON, looks_like_accounts, looks_private
from sources.kostra.recognise import REASON as PRIVATE_REASON
from sources.kostra.refusal import without_numbers

_DATE_IN_NAME = re.compile(r"(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")
_COPY_WORDS = frozenset({"k", "f", "kopi", "copy", "av", "of", "csv", "json", "xlsx"})
"""What stands around a table's name in the name of a copy, beside a number of one or two digits."""
_NOT_DATA = {".md", ".txt", ".yml", ".yaml", ".pdf", ".part", ".tmp"}


class Doubt(str):
    """Why nobody can tell whose a file is that is some dataset's."""


@dataclass(frozen=True)
class Candidate:
    """A file that a spec knows. ``form`` is None when its content is not of any form of its publisher."""

    path: Path
    relative: str
    dataset_id: str
    form: str | None
    retrieved_at: datetime
    date_basis: str
    is_demo: bool = False

    @cached_property
    def digest(self) -> str:
        """The hash of the bytes as they were when first asked for: what is planned in a run is what lands in it."""
        return file_digest(self.path)


@dataclass
class Discovery:
    """What a folder holds: files that specs know, and the rest with the reason they are left, in Norwegian: who put them there
    reads it."""

    candidates: list[Candidate] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)

    @property
    def unplaced(self) -> list[tuple[str, str]]:
        """The unknown files that are some dataset's, and nobody can tell whose: somebody has to say so."""
        return [(name, reason) for name, reason in self.unknown if isinstance(reason, Doubt)]


def discover(folder: Path, specs: dict[str, DatasetSpec]) -> Discovery:
    """Look through a folder, subfolders included, in order of path.

    Raises SpecError naming the lines of ``extracts.csv`` that are wrong.
    """
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    listed = read_list(folder, paths)
    found = Discovery()
    for relative, path in paths.items():
        if path.name == LIST_NAME or "/." in f"/{relative}" or _is_part_of_page(path):
            continue
        entry = listed.get(relative)
        try:
            candidate, reason = _classify(path, relative, entry, specs)
        except OSError as problem:
            candidate, reason = None, f"kan ikke åpnes ({problem.strerror})"
        if candidate:
            found.candidates.append(candidate)
        elif entry or path.suffix.lower() not in _NOT_DATA or reason == ACCOUNTS_REASON:
            found.unknown.append((without_numbers(relative), reason))
    _prefer_the_publishers_own(found, listed)
    return found


def _prefer_the_publishers_own(found: Discovery, listed: dict[str, Listed]) -> None:
    """A table that somebody has saved again is left out where the publisher's own file of it lies beside it."""
    again = [c for c in found.candidates if c.form == SAVED_AGAIN and c.relative not in listed]
    for copy in again:
        own = next((c for c in found.candidates if c.dataset_id == copy.dataset_id and c.form != SAVED_AGAIN), None)
        if own is not None:
            found.candidates.remove(copy)
            reason = f"{copy.dataset_id} lagret på nytt av et annet program, og {own.relative} er utgiverens egen"
            found.unknown.append((copy.relative, f"{reason}: skriv den i {LIST_NAME} hvis den skal brukes"))


def _is_part_of_page(path: Path) -> bool:
    """Whether a browser put the file beside a page it saved whole: in «<name>_filer» or «<name>_files» next to it."""
    folder = path.parent
    for ending in ("_filer", "_files"):
        if folder.name.endswith(ending):
            stem = folder.name.removesuffix(ending)
            return any((folder.parent / f"{stem}{suffix}").exists() for suffix in (".html", ".htm"))
    return False


def _classify(
    path: Path, relative: str, entry: Listed | None, specs: dict[str, DatasetSpec]
) -> tuple[Candidate | None, str]:
    if looks_private(path):
        return None, PRIVATE_REASON
    if looks_like_accounts(path):
        return None, ACCOUNTS_REASON
    specimen = Specimen(path)
    found = sightings(specimen, [entry.source] if entry else None)
    if len(found) > 1 and found[0].sureness == found[1].sureness:
        named = " som ".join(str(sighting.form) for sighting in found[:2])
        return None, Doubt(f"like mye {named}: skriv i {LIST_NAME} hva den er")
    sighting = found[0] if found else Sighting(None, 0.0, hint=other_kind(specimen.head))
    spec, reason = _spec_of(relative, entry, sighting, specs)
    is_claimed = spec is not None and (entry is not None or _is_named_exactly(relative, spec))
    if not found and not is_claimed and specimen.problem and path.suffix.lower() == ".xlsx":
        return None, Doubt(f"et regneark som ikke kan åpnes: last det ned på nytt. Feilmelding: {specimen.problem}")
    if spec is None:
        return None, reason
    if spec.is_private:
        return None, PRIVATE_REASON
    if sighting.lacks and not (entry and f"{entry.source}_{entry.form}".lower() == sighting.form):
        return None, f"{spec.dataset_id}: {sighting.lacks}"
    if sighting.form is None and not is_claimed:
        return None, _with(
            f"heter som {spec.dataset_id}, men ser ikke slik ut som {spec.source} gir den ut", sighting.hint
        )
    retrieved_at, basis = _date_of(path, relative, entry)
    is_demo = bool(entry and entry.is_demo)
    return Candidate(path, relative, spec.dataset_id, sighting.form, retrieved_at, basis, is_demo), ""


def _spec_of(
    relative: str, entry: Listed | None, sighting: Sighting, specs: dict[str, DatasetSpec]
) -> tuple[DatasetSpec | None, str]:
    """The dataset of a file, or why there is none. What the list and the content say goes before the name.

    Where the content allows several datasets the name decides among them; where a name says what the content does not
    allow, the named dataset's own reader tells what is wrong: nothing is guessed between the two.
    """
    form = forms()[sighting.form] if sighting.form else None
    if form and form.dataset_ids:
        return next((specs[i] for i in form.dataset_ids if i in specs), None), _no_dataset(form.dataset_ids[0])
    if entry:
        near = get_close_matches(entry.dataset_id, specs, n=3)
        return specs.get(entry.dataset_id), f"{_no_dataset(entry.dataset_id)}; ligner: {', '.join(near) or 'ingen'}"
    if sighting.table:
        by_table = [s for s in specs.values() if form and s.source == form.source and s.upstream_id == sighting.table]
        unknown = f"tabell {sighting.table}, som ikke er satt opp her (docs/datasets.md sier hvordan)"
        return (by_table[0], "") if by_table else (None, f"{unknown}: {sighting.form}")
    named = [s for s in specs.values() if (form is None or s.source == form.source) and name_fits(relative, s)]
    if named:
        return max(named, key=lambda s: (s.dataset_id in sighting.dataset_ids, len(s.upstream_id))), ""
    if len(sighting.dataset_ids) == 1:
        return specs.get(sighting.dataset_ids[0]), _no_dataset(sighting.dataset_ids[0])
    if sighting.dataset_ids:
        several = ", ".join(sighting.dataset_ids[:6])
        return None, Doubt(f"kan være {several}: skriv tabellens navn i filnavnet, eller skriv den i {LIST_NAME}")
    if sighting.lacks or form is None:
        return None, sighting.lacks or _with("ingen datasett kjenner fila", sighting.hint)
    return None, _with(f"ser ut som {form.name}, men hører til ingen datasett", sighting.hint)


def _no_dataset(dataset_id: str) -> str:
    return f"datasettet {dataset_id} finnes ikke her"


def _with(reason: str, hint: str) -> str:
    return f"{reason}: {hint}" if hint else reason


def name_fits(relative: str, spec: DatasetSpec) -> bool:
    """Whether a path looks like a file of this dataset: by its own patterns, else by the upstream id in the file name, unless
    that is one of our own (a reference table).

    The id's words stand there one after the other, whatever browsers, Windows and people put around and between them
    (``k_``, `` (1)``, `` - Kopi``, a year, a second ``.csv``).
    """
    lower = unicodedata.normalize("NFC", relative).lower()
    if spec.file_patterns:
        return any(fnmatch(lower, f"*{p.lower()}") or fnmatch(lower, p.lower()) for p in spec.file_patterns)
    if spec.shape == "table":
        return False
    words = re.findall(r"[^\W_]+", PurePosixPath(lower).stem)
    wanted = re.findall(r"[^\W_]+", spec.upstream_id.lower())
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


def _is_named_exactly(relative: str, spec: DatasetSpec) -> bool:
    """Whether the name says nothing but "this is that table" (``imdi/k/<table> (1).csv``), so that bad content is an error."""
    path = PurePosixPath(unicodedata.normalize("NFC", relative).lower())
    wanted = re.findall(r"[^\W_]+", spec.upstream_id.lower())
    words = re.findall(r"[^\W_]+", path.stem)
    others = [word for word in words if word not in wanted]
    is_copy = all(word in _COPY_WORDS or re.fullmatch(r"\d{1,2}", word) for word in others)
    return name_fits(relative, spec) and is_copy and path.suffix in (".csv", ".json", ".xlsx")


def _date_of(path: Path, relative: str, entry: Listed | None) -> tuple[datetime, str]:
    if entry and entry.retrieved_on:
        return datetime.combine(entry.retrieved_on, time(12), UTC), "extracts.csv"
    in_name = _DATE_IN_NAME.search(PurePosixPath(relative).name)
    if in_name:
        year, month, day_of_month = (int(part) for part in in_name.groups())
        try:
            return datetime(year, month, day_of_month, 12, tzinfo=UTC), "file name"
        except ValueError:
            pass
    return datetime.fromtimestamp(int(path.stat().st_mtime), UTC), "file date"
