"""What lies in landing or in the folder and does not serve, as the board tells it.

Here: releases that cover less than what is in use, files that could not be read, datasets whose indicators get nothing. Not
here: releases that wait for a person (status.py), deciding (settle.py), printing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.runs.settle import Outcome, covers_less
from orchestration.workspace import Workspace
from sources.dataset.dimensions import units
from sources.files import write_whole
from sources.landing.current import select_current
from sources.landing.predecessor import accepted, serving, unused


@dataclass(frozen=True)
class Aside:
    """A release that was accepted and is not in use, since it covers less than what is. Regions are counted."""

    dataset_id: str
    release_id: str
    file_name: str
    came: datetime
    slice: str
    regions: int
    regions_in_use: int
    why_nb: str


@dataclass(frozen=True)
class NotRead:
    """A file that could not be read when the folder was last looked at. ``dataset_id`` is empty where nobody can tell whose
    it is."""

    dataset_id: str
    file_name: str
    message: str


@dataclass(frozen=True)
class Unserved:
    """A dataset in use of which some indicators get no figure, and the labels that nobody knows yet."""

    dataset_id: str
    indicators: tuple[str, ...]
    names_nb: tuple[str, ...]
    new_labels: tuple[str, ...]


def asides(workspace: Workspace, dataset_ids: Iterable[str] | None = None) -> list[Aside]:
    """The accepted releases (of all datasets, or some), newer than what is in use, that cover less than it; oldest first."""
    landing, found = workspace.landing, []
    for dataset_id in workspace.specs if dataset_ids is None else dataset_ids:
        releases = accepted(landing, dataset_id, demo=workspace.is_demo)
        servers = serving(releases)
        for one in releases:
            for lost in unused(one, servers):
                if lost.reason != "covers_less":
                    continue
                regions = (one.facts.slices[lost.slice].regions, lost.server.facts.slices[lost.slice].regions)
                receipt = one.receipt
                (why,) = covers_less(one.facts, [lost])
                name = receipt.blobs[0].name
                found.append(Aside(dataset_id, one.release_id, name, receipt.order[0], lost.slice, *regions, why.nb))
    return sorted(found, key=lambda aside: aside.came)


def unserved_datasets(workspace: Workspace, dataset_ids: Iterable[str] | None = None) -> list[Unserved]:
    """The datasets in use (all, or some) of which an indicator gets nothing from any release, in order of dataset."""
    landing, missing, labels = workspace.landing, {}, {}
    chosen = set(workspace.specs if dataset_ids is None else dataset_ids)
    specs = {dataset_id: spec for dataset_id, spec in workspace.specs.items() if dataset_id in chosen}
    for use in select_current(landing, specs, demo=workspace.is_demo):
        decision, facts = (
            landing.decision(use.dataset_id, use.release_id),
            landing.reading(use.dataset_id, use.release_id),
        )
        lacking = set(decision.unserved if decision else ())
        missing[use.dataset_id] = missing.get(use.dataset_id, lacking) & lacking
        for new in (facts.new_labels if facts else {}).values():
            labels.setdefault(use.dataset_id, set()).update(new)
    names = {one.indicator_id: f"{one.name_nb} ({units()[one.unit].name_nb})" for one in workspace.indicators}
    return [
        Unserved(dataset_id, ids, tuple(names.get(one, one) for one in ids), tuple(sorted(labels.get(dataset_id, ()))))
        for dataset_id, lacking in sorted(missing.items())
        if (ids := tuple(sorted(lacking)))
    ]


def remember_not_read(
    workspace: Workspace, looked_at: Iterable[str], outcomes: Mapping[str, Sequence[Outcome]]
) -> None:
    """Keep which files of the datasets that were looked at could not be read; the others stay as they were."""
    _remember(
        workspace,
        {
            dataset_id: [
                [o.name, o.message_nb or o.message] for o in outcomes.get(dataset_id, ()) if o.state == "failed"
            ]
            for dataset_id in looked_at
        },
    )


def remember_unplaced(workspace: Workspace) -> None:
    """Keep which files of the input folder are some dataset's that nobody can name; without a folder all stays as it was."""
    if workspace.input_folder() is not None:
        _remember(workspace, {"": [[name, reason] for name, reason in workspace.discovery().unplaced]})


def _remember(workspace: Workspace, seen: dict[str, list[list[str]]]) -> None:
    """Replace the notes of these datasets in the file, which is written only when that changes it."""
    before: dict[str, list[list[str]]] = {}
    for row in not_read(workspace):
        before.setdefault(row.dataset_id, []).append([row.file_name, row.message])
    kept = {name: rows for name, rows in {**before, **seen}.items() if rows}
    if kept != before:
        write_whole(_path(workspace), json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True))


def not_read(workspace: Workspace) -> list[NotRead]:
    """The files that could not be read in the last look at their dataset; none when the note is gone or damaged."""
    try:
        kept = json.loads(_path(workspace).read_text(encoding="utf-8"))
        return [NotRead(dataset, name, text) for dataset, rows in sorted(kept.items()) for name, text in rows]
    except (OSError, ValueError):
        return []


def _path(workspace: Workspace) -> Path:
    return workspace.folder.root / "upstream" / "not_read.json"
