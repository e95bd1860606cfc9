"""The note beside a file in the drop folder that was not taken in.

Here: writing and removing the note, in Norwegian: whoever put the file there reads no logs. Not here: why files are refused.
Only the drop folder of a live installation gets notes; a folder given with --extracts is read in place and never changed.
"""

import contextlib
from pathlib import Path

from orchestration.runs.held import deciding_nb
from orchestration.runs.settle import OBJECTIONS, Outcome
from orchestration.workspace import Workspace
from sources.dataset.discovery import Candidate
from sources.landing.bundled import BundledFile

SUFFIX = ".avvist.txt"
"""Added to the file's own name; text files are no data to the drop folder."""


_WHAT = {
    "failed": "kunne ikke leses og er ikke tatt inn",
    "held": "er lest, men holdes tilbake",
    "not_used": "er lest, men ikke i bruk: den dekker mindre enn det som er i bruk",
}


def note_of(path: Path) -> Path:
    """Where the note about a file lies."""
    return path.with_name(path.name + SUFFIX)


def note_refusal(workspace: Workspace, file: Candidate | BundledFile, outcome: Outcome) -> None:
    """Say beside a dropped file why it was refused or is held; take the note away once the file is taken in."""
    if workspace.settings.source != "live" or isinstance(file, BundledFile):
        return
    note = note_of(file.path)
    # the folder may be read-only for us; the run's own output says the same
    with contextlib.suppress(OSError):
        if outcome.state in OBJECTIONS:
            note.write_text(_text(workspace, file, outcome), encoding="utf-8")
        else:
            note.unlink(missing_ok=True)


def _text(workspace: Workspace, file: Candidate, outcome: Outcome) -> str:
    why = outcome.message_nb or outcome.message
    if outcome.state == "held":
        why += f".\n\n{deciding_nb(outcome.dataset_id, outcome.release_id)}"
    return (
        f"{file.path.name} {_WHAT[outcome.state]} ({workspace.clock():%d.%m.%Y}).\n\n{why}\n\n"
        "Filen er verken flyttet eller endret, og det som alt er publisert, står som før. "
        "Legg inn en rettet fil med samme navn, så prøves den ved neste kjøring.\n"
    )
