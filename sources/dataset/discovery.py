"""Finding datasets in a folder of extracts that people downloaded or received.

Here: which file is which dataset in which form, from when. Not here: reading the figures. Nothing is moved or changed.
An optional ``extracts.csv`` (path, source, dataset, form, level, retrieved_on) settles what names cannot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from sources.dataset.extracts_list import LIST_NAME, Listed, read_list
from sources.dataset.registry import forms, recognise
from sources.dataset.spec import DatasetSpec
from sources.kostra.recognise import REASON as PRIVATE_REASON
from sources.kostra.recognise import looks_private

_DATE_IN_NAME = re.compile(r"(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")
_NOT_DATA = {".md", ".txt", ".yml", ".yaml", ".pdf", ".part", ".tmp"}


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


@dataclass
class Discovery:
    """What a folder holds: files that specs know, and the rest with the reason they are left."""

    candidates: list[Candidate] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)


def discover(folder: Path, specs: dict[str, DatasetSpec]) -> Discovery:
    """Look through a folder, subfolders included, in order of path.

    Raises SpecError naming the lines of ``extracts.csv`` that are wrong.
    """
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    listed = read_list(folder, paths)
    found = Discovery()
    for relative, path in paths.items():
        if path.name == LIST_NAME or "/." in f"/{relative}":
            continue
        entry = listed.get(relative)
        candidate, reason = _classify(path, relative, entry, specs)
        if candidate:
            found.candidates.append(candidate)
        elif entry or path.suffix.lower() not in _NOT_DATA:
            found.unknown.append((relative, reason))
    return found


def _classify(
    path: Path, relative: str, entry: Listed | None, specs: dict[str, DatasetSpec]
) -> tuple[Candidate | None, str]:
    if looks_private(path):
        return None, PRIVATE_REASON
    source = entry.source if entry else None
    form = recognise(path, source)
    spec = _spec_of(relative, entry, form, specs)
    if spec is None:
        return None, "no dataset spec knows this file" if form is None else f"form {form}, but no dataset spec fits"
    if spec.options.get("private"):
        return None, PRIVATE_REASON
    if form is None and not (entry or _is_named_exactly(relative, spec)):
        return None, f"named like {spec.dataset_id}, but not in a form of {spec.source}"
    retrieved_at, basis = _date_of(path, relative, entry)
    return Candidate(path, relative, spec.dataset_id, form, retrieved_at, basis, bool(entry and entry.is_demo)), ""


def _spec_of(
    relative: str, entry: Listed | None, form: str | None, specs: dict[str, DatasetSpec]
) -> DatasetSpec | None:
    bound = forms()[form].dataset_ids if form else ()
    if bound:
        return next((specs[i] for i in bound if i in specs), None)
    if entry:
        return specs.get(entry.dataset_id)
    wanted = forms()[form].source if form else None
    fitting = [s for s in specs.values() if (wanted is None or s.source == wanted) and name_fits(relative, s)]
    return max(fitting, key=lambda s: len(s.upstream_id), default=None)


def name_fits(relative: str, spec: DatasetSpec) -> bool:
    """Whether a path looks like a file of this dataset: by its own patterns, else by the publisher's habit.

    IMDi: ``<table>…`` with an optional ``k_``/``f_`` before it. Others: the upstream id as a word of the file name.
    """
    lower = relative.lower()
    if spec.file_patterns:
        return any(fnmatch(lower, f"*{p.lower()}") or fnmatch(lower, p.lower()) for p in spec.file_patterns)
    stem = PurePosixPath(lower).stem
    wanted = spec.upstream_id.lower()
    if spec.source == "imdi":
        stem = re.sub(r"^[kfbn]_", "", stem)
        return stem == wanted or stem.startswith(wanted + "_")
    if spec.source in ("ssb", "nav"):
        return bool(re.search(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])", stem.replace("_", " ")))
    return False


def _is_named_exactly(relative: str, spec: DatasetSpec) -> bool:
    """Whether the name alone says "this is that table" (``imdi/k/<table>.csv``), so that bad content is an error."""
    path = PurePosixPath(relative.lower())
    return path.stem == spec.upstream_id.lower() and path.suffix in (".csv", ".json", ".xlsx")


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
