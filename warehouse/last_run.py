"""What a data folder was last run with, so that real figures are never replaced by invented ones unasked.

Here: the record in the folder and the question whether it holds real figures. Not here: what a source is (settings.py), or
which release of a dataset counts in which kind of run (sources/landing/predecessor.py).
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sources.files import write_whole
from warehouse.paths import DataFolder
from warehouse.release.publish import read_manifest

INVENTED = "demo"
"""The one source whose figures are invented; all others are real."""


class LastRun(BaseModel):
    """The source of a folder's last run, with the folder of extracts it read, if any."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    source: str
    extracts_dir: Path | None = None

    @property
    def is_real(self) -> bool:
        return self.source != INVENTED


def last_run(folder: DataFolder) -> LastRun | None:
    """The record of the last run; None for a folder that was never run (or only before there were records)."""
    try:
        return LastRun.model_validate_json(folder.last_run.read_bytes())
    except (OSError, ValidationError):
        return None


def remember_run(folder: DataFolder, source: str, extracts_dir: Path | None) -> None:
    """Record what a run is made with, before it changes anything."""
    now = LastRun(source=source, extracts_dir=None if source == INVENTED else extracts_dir)
    if last_run(folder) != now:
        write_whole(folder.last_run, now.model_dump_json(indent=1))


def holds_real(folder: DataFolder) -> bool:
    """Whether the folder holds real figures: it was last run with some, or shows some to readers."""
    known = last_run(folder)
    if known is not None:
        return known.is_real
    return (folder.published / "manifest.json").exists() and not read_manifest(folder.published).is_demo
